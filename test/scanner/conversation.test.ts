import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import type { Reply } from '../../src/model/reply.ts';
import { held } from './audits.ts';
import { collect, portOf, type Setting } from './collect.ts';
import { accepted, FakeWire, fault, refused } from './fakes.ts';

describe('a conversation', () => {
  const talk = { limits: { totalMs: 1, idleMs: 1, maxBytes: 1 }, exchange: async () => {} };
  const talking = [
    {
      name: 'endpoint-mapper',
      ports: () => [{ port: 135, why: 'required' }],
      observe: (endpoint, dial) => dial(endpoint, talk),
    },
  ] satisfies Setting['probes'];
  const seen: Reply = { kind: 'accepted', rttMs: 3, ttl: 126 };
  const askWith = async (
    connects: readonly (Reply | 'silence')[],
    seesTtl = true,
    changes: Partial<Plan> = {},
  ) => {
    let connected = 0;
    const wire = new FakeWire(({ talk: wanted }) => (wanted ? (connects[connected++] ?? 'silence') : seen), {
      seesTtl,
      talksApart: seesTtl,
    });
    const { evidence } = await collect(held.clock, wire, {
      probes: talking,
      plan: { retries: 1, ...changes },
    });
    return { one: portOf(evidence[0], 135), connected };
  };

  it('is held at once on a wire that connects', async () => {
    const { one, connected } = await askWith([accepted], false);
    expect(one).toMatchObject({ reply: { kind: 'accepted' } });
    expect(connected).toBe(1);
  });

  it.each([
    ['comes through', [{ kind: 'accepted', rttMs: 9 }], { kind: 'accepted', ttl: 126 }],
    [
      'comes through when it is sent again',
      ['silence', { kind: 'accepted', rttMs: 9 }],
      { kind: 'accepted', ttl: 126 },
    ],
    ['never comes through: an accept that was seen is no filtered port', [], { kind: 'accepted', ttl: 126 }],
    [
      'meets trouble of this machine, which says nothing about the peer',
      [fault('no-route', 'E')],
      { kind: 'unknown' },
    ],
    ['is refused by now', [refused], { kind: 'refused' }],
  ] as const)('gets a connection of its own where TTLs are seen, and it %s', async (_, connects, reply) => {
    const { one } = await askWith([...connects]);
    expect(one?.reply).toMatchObject(reply);
  });
});

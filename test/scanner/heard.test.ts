import { describe, expect, it } from 'vitest';
import { withHeard } from '../../src/engine/heard.ts';
import type { Dial } from '../../src/model/probe.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { Talk } from '../../src/model/wire.ts';

const endpoint = { address: '192.0.2.1', family: 4, port: 135 } as const;
const talk: Talk = { limits: { totalMs: 1, idleMs: 1, maxBytes: 1 }, hold: async () => {} };
const seen: Reply = { kind: 'accepted', rttMs: 3, ttl: 126 };
const silent: Reply = { kind: 'silent', waitedMs: 300, attempts: 3 };
const refused: Reply = { kind: 'refused', rttMs: 3, by: 'unknown' };

/** A dial that gives these replies one after the other. */
const giving = (replies: Reply[]) => {
  let dialled = 0;
  const dial: Dial = async () => {
    const reply = replies[dialled++] ?? refused;
    return { reply, attempts: reply.kind === 'silent' ? reply.attempts : 1 };
  };
  return { dial, count: () => dialled };
};

describe('what a sweep heard', () => {
  it('is told once, without a question', async () => {
    const { dial, count } = giving([]);
    const heard = withHeard(new Map([[135, { reply: refused, attempts: 2 }]]), dial);
    expect(await heard(endpoint, talk)).toEqual({ reply: refused, attempts: 2 });
    expect(count()).toBe(0);
    await heard(endpoint, talk);
    expect(count()).toBe(1);
  });

  it.each([
    ['the connect comes through', [{ kind: 'accepted', rttMs: 9 }], 'accepted', 1],
    ['it comes through when it is begun anew', [silent, { kind: 'accepted', rttMs: 9 }], 'accepted', 4],
    ['it never comes through: an accept that was seen is no filtered port', [silent, silent], 'accepted', 6],
    ['it is refused by now', [refused], 'refused', 1],
  ] as const)(
    'is connected to where a conversation is wanted, and %s',
    async (_, replies, kind, attempts) => {
      const { dial, count } = giving([...replies]);
      const heard = withHeard(new Map([[135, { reply: seen, attempts: 1 }]]), dial);
      const known = await heard(endpoint, talk);
      expect(known).toMatchObject({ reply: { kind }, attempts });
      expect('ttl' in known.reply && known.reply.ttl).toBe(kind === 'accepted' && 126);
      expect(count()).toBe(replies.length);
    },
  );

  it('is enough by itself where nothing is to be said', async () => {
    const { dial, count } = giving([]);
    const heard = withHeard(new Map([[135, { reply: seen, attempts: 1 }]]), dial);
    expect(await heard(endpoint)).toEqual({ reply: seen, attempts: 1 });
    expect(count()).toBe(0);
  });
});

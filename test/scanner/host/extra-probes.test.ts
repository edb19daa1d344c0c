import { describe, expect, it } from 'vitest';
import type { ExtraAnswer, ExtraProbe } from '../../../src/model/probe.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { type Conversation, ConversationError, type Talk } from '../../../src/model/wire.ts';
import { EXTRA_LIMITS, probeExtras } from '../../../src/scanner/host/extra-probes.ts';
import type { HostProber, RetryPlan } from '../../../src/scanner/host/host-prober.ts';
import { fakeClock } from '../clock.ts';
import { accepted, refused } from '../fakes.ts';

const held = fakeClock();
const IO: Conversation = { send: async () => {}, read: async (size) => new Uint8Array(size) };

/** Runs one probe on ports 445 and 446 of a host of which each port gives these replies; a conversation is held where one accepts. */
const runWith = async (probe: Partial<ExtraProbe>, replies: readonly Reply[] = [accepted, accepted]) => {
  const asked: { port: number; attempts: number; talk: Talk | undefined }[] = [];
  const prober = {
    patiently: (retries: number) => ({ attempts: retries + 1, waitMs: () => 1 }),
    probeUntilAnswered: async (port: number, { attempts }: RetryPlan, talk?: Talk) => {
      const reply = replies[asked.filter((one) => one.port === port).length] ?? refused;
      asked.push({ port, attempts, talk });
      if (reply.kind === 'accepted') await talk?.exchange(IO);
      return { reply, attempts: 2, lost: 0 };
    },
  } as unknown as HostProber;
  const work = probeExtras(prober, [{ name: 'own', ports: [445], ...probe }], 3);
  const seen = await held.clock.run(work);
  return { seen: seen ?? [], asked, limits: asked.at(-1)?.talk?.limits };
};

const answering = (answer: unknown): Partial<ExtraProbe> => ({ converse: async () => answer as ExtraAnswer });

describe('a probe of a user', () => {
  it('asks its ports as patiently as the plan, and then once more for its conversation', async () => {
    const { seen, asked } = await runWith({
      ports: [445, 446],
      ...answering({ service: 'smb', detail: '3' }),
    });
    const one = { probe: 'own', reply: accepted, attempts: 2, service: 'smb', detail: '3' };
    expect(seen).toEqual([
      { port: 445, ...one },
      { port: 446, ...one },
    ]);
    expect(asked.map(({ port, attempts, talk }) => [port, attempts, talk !== undefined])).toEqual([
      [445, 4, false],
      [446, 4, false],
      [445, 4, true],
      [446, 4, true],
    ]);
  });

  it('has its conversation told which port it is on', async () => {
    const { seen } = await runWith({ converse: async (io, port) => ({ detail: `${port} ${io === IO}` }) });
    expect(seen[0]?.detail).toBe('445 true');
  });

  it.each<[string, Partial<ExtraProbe>, readonly Reply[]]>([
    ['without a conversation', {}, [accepted]],
    ['where the port refuses', answering({ detail: 'never' }), [refused]],
  ])('only connects %s', async (_, probe, replies) => {
    const { seen, asked } = await runWith(probe, replies);
    expect(seen).toEqual([{ probe: 'own', port: 445, reply: replies[0], attempts: 2 }]);
    expect(asked).toHaveLength(1);
  });

  it('says that the port accepted no second connection', async () => {
    const { seen } = await runWith(answering({ detail: 'never' }), [accepted, refused]);
    expect(seen[0]).toMatchObject({
      reply: accepted,
      detail: 'no second connection for the conversation was accepted',
    });
  });

  it.each<[string, unknown, ExtraAnswer]>([
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['no texts', { service: 7, detail: { toString: 1 } }, {}],
    ['one of two', { service: 'smb' }, { service: 'smb' }],
    ['the other', { detail: '3' }, { detail: '3' }],
    ['empty texts', { service: '', detail: '' }, { service: '', detail: '' }],
  ])('has the texts of its answer and nothing else: %s', async (_, answer, texts) => {
    const { seen } = await runWith(answering(answer));
    expect(seen).toStrictEqual([{ probe: 'own', port: 445, reply: accepted, attempts: 2, ...texts }]);
  });

  it.each<[unknown, string]>([
    [new ConversationError('closed', new Uint8Array()), 'the connection was closed'],
    [new ConversationError('reset', new Uint8Array()), 'the connection was reset'],
    [new ConversationError('mute', new Uint8Array()), 'nothing was answered'],
    [new ConversationError('too-slow', new Uint8Array()), 'the answer took too long'],
    [new ConversationError('too-much', new Uint8Array()), 'more was sent than the probe allows'],
    [new TypeError('bad'), 'the probe failed: bad'],
  ])('has what it throws as its result: %s', async (error, detail) => {
    const later = await runWith({ converse: () => Promise.reject(error) });
    expect(later.seen[0]?.detail).toBe(detail);
    const atOnce = await runWith({
      converse: () => {
        throw error;
      },
    });
    expect(atOnce.seen[0]?.detail).toBe(detail);
    expect(held.clock.pending).toBe(0);
  });

  it('is ended a second after its conversation must have ended', async () => {
    const { seen } = await runWith({ converse: () => new Promise(() => {}), limits: { totalMs: 50 } });
    expect(seen[0]?.detail).toBe('the probe did not end in time');
    expect(held.clock.now).toBe(1050);
  });

  it('leaves no timer when it ends in time', async () => {
    await runWith(answering({}));
    expect(held.clock.now).toBe(0);
    expect(held.clock.pending).toBe(0);
  });
});

describe('the limits of a conversation', () => {
  it.each<[string, ExtraProbe['limits'], Partial<typeof EXTRA_LIMITS>]>([
    ['are ours', undefined, {}],
    [
      'are the probe’s where those are tighter',
      { totalMs: 1, idleMs: 2, maxBytes: 3 },
      { totalMs: 1, idleMs: 2, maxBytes: 3 },
    ],
    ['are the probe’s one by one', { maxBytes: 3 }, { maxBytes: 3 }],
    ['are never wider than ours', { totalMs: 1e9, idleMs: 1e9, maxBytes: 1e9 }, {}],
  ])('%s', async (_, limits, ours) => {
    const probe = { ...answering({}), ...(limits && { limits }) };
    expect((await runWith(probe)).limits).toEqual({ ...EXTRA_LIMITS, ...ours });
  });
});

import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import type { Talk } from '../../../src/model/wire.ts';
import type { RetryPlan } from '../../../src/scanner/host/host-prober.ts';
import { accepted, refused } from '../fakes.ts';
import { type Observe, once, REQUIRED, scanOf, silentFor, TALK, thrice } from './port-scans.ts';

describe('a conversation over a connection of its own', () => {
  /** A probe that speaks so many times. */
  const speaking =
    (talks: readonly (Talk | undefined)[]): Observe =>
    async (endpoint, dial) => {
      let seen = await dial(endpoint, talks[0]);
      for (const talk of talks.slice(1)) seen = await dial(endpoint, talk);
      return seen;
    };
  const spoken = async (
    replies: (turn: number) => Reply,
    talks: readonly (Talk | undefined)[],
    asking: RetryPlan = once,
  ) => {
    const { scan, probeAll, calls } = scanOf({
      ports: () => REQUIRED,
      replies: (_, turn) => replies(turn),
      observe: speaking(talks),
      talksApart: true,
    });
    await probeAll(asking);
    return { seen: scan.observations[0], calls };
  };

  it('is tried twice where the port was seen to accept, which stands', async () => {
    const { seen, calls } = await spoken((turn) => (turn === 0 ? accepted : silentFor(1)), [TALK]);
    expect(seen).toMatchObject({ reply: accepted, attempts: 3 });
    expect(calls.map(({ how, talk }) => [how, talk])).toEqual([
      ['send 70', undefined],
      ['ask', TALK],
      ['ask', TALK],
    ]);
  });

  it('is all that is needed when it comes through, or is answered in another way', async () => {
    const through = await spoken((turn) => ({ kind: 'accepted', rttMs: 1 + turn }), [TALK], {
      ...once,
      earlier: 5,
    });
    expect(through.seen).toMatchObject({ reply: accepted, attempts: 2 });
    // A new connection is no repetition.
    expect(through.calls[1]).toMatchObject({ asking: { earlier: 0 } });
    const other = await spoken((turn) => (turn === 0 ? accepted : refused), [TALK]);
    expect(other.seen).toMatchObject({ reply: refused, attempts: 2 });
  });

  it('is not where the probe only wants to know that the port accepts', async () => {
    const { seen, calls } = await spoken(() => accepted, [undefined]);
    expect([seen?.reply, calls.length]).toEqual([accepted, 1]);
  });

  it('is a new one each further time', async () => {
    const { calls } = await spoken(() => accepted, [TALK, TALK, undefined]);
    expect(calls.map(({ talk }) => talk)).toEqual([undefined, TALK, TALK, undefined]);
  });

  it('is held where the port is asked more often, too, and not where it does not accept', async () => {
    const { calls, seen } = await spoken(() => accepted, [TALK], thrice);
    expect([calls.map(({ how }) => how), seen?.attempts]).toEqual([['ask', 'ask'], 2]);
    const refusing = await spoken(() => refused, [TALK], thrice);
    expect([refusing.calls.length, refusing.seen?.reply]).toEqual([1, refused]);
  });
});

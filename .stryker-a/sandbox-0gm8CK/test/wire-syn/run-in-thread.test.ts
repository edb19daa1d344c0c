import { expect, it } from 'vitest';
import type { WireProbe } from '../../src/model/wire.ts';
import { SynThread } from '../../src/wire/syn/run-in-thread.ts';
import type { SourcePorts } from '../../src/wire/syn/source-ports.ts';

const PROBES = 5000;

it('lets timers and signals have their turn, however fast the thread answers', async () => {
  const thread = new SynThread(new URL('./echo-thread.mjs', import.meta.url));
  function* probes(): Generator<WireProbe> {
    for (let port = 1; port <= PROBES; port++)
      yield { address: '192.0.2.1', family: 4, port, timeoutMs: 1000, attempt: 0 } as WireProbe;
  }
  let told = 0;
  let sinceTurn = 0;
  let most = 0;
  const turns = setInterval(() => {
    sinceTurn = 0;
  }, 1);
  const end = await thread.run({ ports: null } as unknown as SourcePorts, probes(), {
    signal: new AbortController().signal,
    perSecond: 1000,
    onReplies: (replies) => {
      told += replies.length;
      most = Math.max(most, ++sinceTurn);
      // Meanwhile the thread answers what was given to it before.
      for (const until = performance.now() + 0.2; performance.now() < until; );
    },
  });
  clearInterval(turns);
  await thread.close();
  expect(told).toBe(PROBES);
  expect(end).toMatchObject({ isStopped: false, probes: PROBES });
  // As many as are given ahead, and not the thousand that one message port hands over.
  expect(most).toBeLessThan(600);
});

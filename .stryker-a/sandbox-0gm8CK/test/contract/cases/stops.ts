import { getEventListeners } from 'node:events';
import { expect } from 'vitest';
import { spread } from '../peers.ts';
import { type Case, said, talkTo } from '../stand.ts';

const after = (ms: number): AbortSignal => AbortSignal.timeout(ms);

/** The abort signal. */
export const stops: readonly Case[] = [
  {
    name: 'asks nothing once it is stopped',
    run: async ({ ask, peers }) => {
      let connections = 0;
      const at = await peers.serve(() => connections++);
      expect(said(await ask(at, { signal: AbortSignal.abort() }))).toBe('unknown: aborted');
      expect(connections).toBe(0);
    },
  },
  {
    name: 'stops waiting for an answer at once',
    run: async ({ ask, peers }) => {
      const at = await peers.silent();
      const started = performance.now();
      expect(said(await ask(at, { signal: after(60), timeoutMs: 10_000 }))).toBe('unknown: aborted');
      expect(performance.now() - started).toBeLessThan(5000);
    },
  },
  {
    name: 'stops all of a thousand at once',
    run: async ({ askAll, peers }) => {
      const silent = spread(await peers.silent('0.0.0.0'), 1000);
      const replies = await askAll(silent, { signal: after(200), timeoutMs: 10_000 });
      expect(new Set(replies.map(said))).toEqual(new Set(['unknown: aborted']));
    },
  },
  {
    name: 'stops a talk at once; that is our doing and no word about the target',
    run: async (stand) => {
      const at = await stand.peers.serve(() => {});
      const limits = { totalMs: 10_000, idleMs: 10_000 };
      const heard = await talkTo(stand, at, async (io) => void (await io.read(1)), limits, after(60));
      expect(said(heard.reply)).toBe('unknown: aborted');
      expect(heard.end).toBe('closed');
      expect(heard.ms).toBeLessThan(5000);
    },
  },
  {
    name: 'keeps nothing hanging on the signal',
    run: async (stand) => {
      const { signal } = new AbortController();
      const { ask, peers } = stand;
      const accepting = await peers.serve((socket) => void socket.end('x'));
      await ask(accepting, { signal });
      await talkTo(stand, accepting, async (io) => void (await io.read(1)), {}, signal);
      await ask(await peers.refusing(), { signal });
      await ask(await peers.silent(), { signal, timeoutMs: 20 });
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    },
  },
];

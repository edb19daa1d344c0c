import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import { type Case, type Stand, said, talkTo } from '../stand.ts';

const descriptors = (): number => readdirSync('/proc/self/fd').length;
const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

/** A connect of each fate. */
const fates = async ({ peers }: Stand) => {
  const [accepting, refusing, silent] = await Promise.all([
    peers.serve((socket) => void socket.resume()),
    peers.refusing(),
    peers.silent(),
  ]);
  return { accepting, refusing, silent };
};

/** Descriptors, timers, and many at a time. */
export const resources: readonly Case[] = [
  {
    name: 'has closed its socket by the time it answers',
    run: async (stand) => {
      const { accepting, refusing, silent } = await fates(stand);
      const { ask } = stand;
      // What a wire opens once for all connects is not counted.
      await ask(refusing);
      // On loopback an accept opens a descriptor here too, so the peer's end is counted out: it stays while ours goes.
      const before = descriptors();
      await ask(refusing);
      expect(descriptors()).toBe(before);
      await ask(silent, { timeoutMs: 20 });
      expect(descriptors()).toBe(before);
      await ask(silent, { timeoutMs: 1000, signal: AbortSignal.timeout(20) });
      expect(descriptors()).toBe(before);
      await ask(accepting);
      await talkTo(stand, accepting, (io) => io.send(Buffer.from('x')));
      await expect.poll(descriptors).toBe(before);
    },
  },
  {
    name: 'leaves no descriptor and no timer behind after four thousand connects in a row',
    run: async (stand) => {
      const { accepting, refusing, silent } = await fates(stand);
      const { ask } = stand;
      await ask(refusing);
      const before = [descriptors(), timers()];
      const limits = { totalMs: 60_000, idleMs: 60_000 };
      await talkTo(stand, accepting, (io) => io.send(Buffer.from('x')), limits);
      for (let i = 0; i < 1000; i++) {
        expect(said(await ask(refusing))).toBe('refused by target');
        expect(said(await ask(refusing))).toBe('refused by target');
        expect(said(await ask(accepting))).toBe('accepted');
        expect(said(await ask(silent, { timeoutMs: 1 }))).toBe('silent');
      }
      await expect.poll(() => [descriptors(), timers()]).toEqual(before);
    },
  },
  {
    name: 'keeps a thousand at a time apart',
    run: async (stand) => {
      const { accepting, refusing, silent } = await fates(stand);
      const kinds = [
        [accepting, 'accepted'],
        [refusing, 'refused by target'],
        [silent, 'silent'],
      ] as const;
      const asked = Array.from({ length: 999 }, (_, i) => {
        const [at, expected] = kinds[i % 3] ?? kinds[0];
        // A few silences wait long, most answers come at once.
        return {
          ...at,
          expected,
          timeoutMs: expected === 'silent' ? 300 : 10_000,
          flow: { sourcePort: null },
        };
      });
      const replies = await stand.askAll(asked);
      const words = replies.map((reply, i) =>
        said(reply) === asked[i]?.expected ? 'right' : `${said(reply)} instead of ${asked[i]?.expected}`,
      );
      expect(new Set(words)).toEqual(new Set(['right']));
    },
  },
  {
    name: 'can be closed twice, and before it was ever used',
    run: async ({ wire, ask, peers }) => {
      await wire.close();
      await wire.close();
      expect(said(await ask(await peers.refusing()))).toBe('refused by target');
      await wire.close();
    },
  },
];

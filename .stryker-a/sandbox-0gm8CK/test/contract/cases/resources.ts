import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import { spread } from '../peers.ts';
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
      // What a wire opens once for all connects, and the sockets that it keeps for further ones, are not counted.
      await ask(refusing);
      // On loopback an accept opens a descriptor here too, so the peer's end is counted out: it stays while ours goes.
      const before = descriptors();
      await ask(refusing);
      expect(descriptors()).toBeLessThanOrEqual(before);
      await ask(silent, { timeoutMs: 20 });
      expect(descriptors()).toBeLessThanOrEqual(before);
      await ask(silent, { timeoutMs: 1000, signal: AbortSignal.timeout(20) });
      expect(descriptors()).toBeLessThanOrEqual(before);
      await ask(accepting);
      await talkTo(stand, accepting, (io) => io.send(Buffer.from('x')));
      await expect.poll(descriptors).toBeLessThanOrEqual(before);
    },
  },
  {
    name: 'leaves no descriptor and no timer behind after a thousand connects in a row',
    run: async (stand) => {
      const { accepting, refusing, silent } = await fates(stand);
      const { ask } = stand;
      await ask(refusing);
      const [descriptorsBefore, timersBefore] = [descriptors(), timers()];
      const limits = { totalMs: 60_000, idleMs: 60_000 };
      await talkTo(stand, accepting, (io) => io.send(Buffer.from('x')), limits);
      for (let i = 0; i < 250; i++) {
        expect(said(await ask(refusing))).toBe('refused by target');
        expect(said(await ask(refusing))).toBe('refused by target');
        expect(said(await ask(accepting))).toBe('accepted');
        expect(said(await ask(silent, { timeoutMs: 1 }))).toBe('silent');
      }
      await expect.poll(descriptors).toBeLessThanOrEqual(descriptorsBefore);
      await expect.poll(timers).toBe(timersBefore);
    },
  },
  {
    name: 'keeps a thousand at a time apart',
    run: async (stand) => {
      const { peers } = stand;
      const [accepting, refusing, silent] = await Promise.all([
        peers.serve((socket) => void socket.resume(), '0.0.0.0'),
        peers.refusing('0.0.0.0'),
        peers.silent('0.0.0.0'),
      ]);
      const asked = [
        ...spread(accepting, 333).map((at) => ({ ...at, expected: 'accepted', timeoutMs: 10_000 })),
        ...spread(refusing, 333).map((at) => ({ ...at, expected: 'refused by target', timeoutMs: 10_000 })),
        ...spread(silent, 333).map((at, i) => ({ ...at, expected: 'silent', timeoutMs: 200 + (i % 100) })),
      ];
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

import { expect } from 'vitest';
import { type Case, said } from '../stand.ts';

const LOOPBACKS = ['127.0.0.1', '::1'] as const;

/** How much later than asked silence may be called silence, milliseconds: the machine is shared. */
const LATE_MS = 5000;

const perLoopback = (name: string, run: (address: (typeof LOOPBACKS)[number]) => Case['run']): Case[] =>
  LOOPBACKS.map((address) => ({ name: `${name} ${address}`, run: run(address) }));

/** The replies themselves. */
export const answers: readonly Case[] = [
  ...perLoopback('is accepted at', (address) => async ({ ask, peers }) => {
    const reply = await ask(await peers.serve(() => {}, address));
    expect(said(reply)).toBe('accepted');
    expect(reply).toHaveProperty('rttMs', expect.any(Number));
  }),
  ...perLoopback('is refused, which only the target can have done, at', (address) => async (stand) => {
    const reply = await stand.ask(await stand.peers.refusing(address));
    expect(said(reply)).toBe('refused by target');
  }),
  ...perLoopback('calls silence silence, when it was told to, at', (address) => async ({ ask, peers }) => {
    const reply = await ask(await peers.silent(address), { timeoutMs: 250 });
    if (reply.kind !== 'silent') throw new Error(`said ${said(reply)}`);
    expect(reply.attempts).toBe(1);
    expect(reply.waitedMs).toBeGreaterThanOrEqual(249);
    expect(reply.waitedMs).toBeLessThan(250 + LATE_MS);
  }),
  {
    name: 'measures a round trip in milliseconds',
    run: async ({ ask, peers }) => {
      const at = await peers.serve(() => {});
      await ask(at);
      const started = performance.now();
      const reply = await ask(at);
      const elapsed = performance.now() - started;
      if (reply.kind !== 'accepted') throw new Error(`said ${said(reply)}`);
      expect(reply.rttMs).toBeGreaterThan(0);
      expect(reply.rttMs).toBeLessThanOrEqual(elapsed);
    },
  },
  {
    name: 'takes a connection that is reset at once for accepted',
    run: async ({ ask, peers }) => {
      const at = await peers.serve((socket) => socket.resetAndDestroy());
      for (let i = 0; i < 50; i++) expect(said(await ask(at))).toBe('accepted');
    },
  },
  {
    name: 'counts an answer that came in time, though the event loop was late',
    run: async ({ ask, peers }) => {
      const asked = ask(await peers.refusing(), { timeoutMs: 40 });
      // Past the sending, which comes with the first turn, and not yet at the answer's reading.
      await new Promise((resolve) => setImmediate(resolve));
      const until = performance.now() + 80;
      while (performance.now() < until);
      expect(said(await asked)).toBe('refused by target');
    },
  },
  {
    name: 'says what it can see, and limits the TTL where it says so',
    run: async ({ wire, ask, peers }) => {
      const { icmp, ttl, minTtl, seesTtl, talksApart, minTimeoutMs } = wire.capabilities;
      expect({ icmp, ttl, minTtl, seesTtl, talksApart }).toEqual({
        ...{ icmp: wire.name !== 'node', ttl: wire.name !== 'node' },
        ...{ minTtl: wire.name === 'linux', seesTtl: wire.name === 'syn', talksApart: wire.name === 'syn' },
      });
      expect(minTimeoutMs).toBe(process.platform === 'win32' ? 3500 : 0);
      if (ttl) expect(said(await ask(await peers.serve(() => {}), { ttl: 1 }))).toBe('accepted');
    },
  },
];

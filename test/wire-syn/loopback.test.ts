import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Wire, WireOptions } from '../../src/model/wire.ts';
import { loadLibc } from '../../src/wire/linux/libc.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { leaseSourcePorts } from '../../src/wire/syn/source-port-lease.ts';
import { synWire, whyNoRaw } from '../../src/wire/syn-engine.ts';
import { askOne } from '../contract/ask.ts';
import { Peers } from '../contract/peers.ts';
import { said } from './asking.ts';
import { closed, differing, sweepWith } from './sweeping.ts';

const why = await whyNoRaw(process.platform);

describe.skipIf(why !== null)(`the syn wire on loopback${why === null ? '' : ` (${why})`}`, () => {
  let wire: Wire;
  let peers: Peers;
  beforeEach(async () => {
    peers = new Peers();
    wire = await synWire('linux', process.arch, await linuxWire('linux', process.arch));
  });
  afterEach(async () => {
    await wire.close();
    await peers.close();
  });

  test.each(['127.0.0.1', '::1'] as const)('sees the time to live of answers from %s', async (address) => {
    expect(said(await askOne(wire, await peers.serve(() => {}, address)))).toBe('accepted, ttl 64');
    expect(said(await askOne(wire, await peers.refusing(address)))).toBe('refused by target, ttl 64');
  });

  test('opens no connection: whoever listens never hears of it', async () => {
    let connections = 0;
    const at = await peers.serve(() => connections++);
    for (let i = 0; i < 20; i++) await askOne(wire, at);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(connections).toBe(0);
  });

  test('reaches this machine by its unspecified address, as a connect does', async () => {
    const { port } = await peers.serve(() => {});
    const reply = await askOne(wire, { address: '0.0.0.0', family: 4, port });
    expect(reply.kind).toBe('accepted');
  });

  test('sends nothing to a group of hosts', async () => {
    for (const endpoint of [
      { address: '224.0.0.1', family: 4, port: 9 },
      { address: 'ff02::1%lo', family: 6, port: 9 },
    ] as const) {
      const reply = await askOne(wire, endpoint);
      expect(reply).toMatchObject({ kind: 'unknown', fault: { kind: 'no-route' } });
    }
  });

  test('keeps to its pace', async () => {
    const started = performance.now();
    const { replies } = await sweepWith(await loadLibc(), closed(500), { perSecond: 1000 });
    const elapsed = performance.now() - started;
    expect(replies).toHaveLength(500);
    expect(elapsed).toBeGreaterThan(450);
    expect(elapsed).toBeLessThan(5000);
  });

  test('sends nothing in a pause', async () => {
    let perSecond = 1000;
    let pausedAt = 0;
    let isFirst = true;
    const replied: number[] = [];
    const options: WireOptions = {
      signal: new AbortController().signal,
      get perSecond() {
        return perSecond;
      },
      onReplies: (replies) => {
        const now = performance.now();
        for (const _ of replies) replied.push(now);
        if (!isFirst) return;
        isFirst = false;
        perSecond = 0;
        pausedAt = now;
        setTimeout(() => {
          perSecond = 1000;
        }, 400);
      },
    };
    const end = await wire.run(closed(200), options);
    expect([end.probes, replied.length]).toEqual([200, 200]);
    // What was taken ahead of its time may still leave in the first moments of the pause.
    expect(replied.filter((at) => at > pausedAt + 200 && at < pausedAt + 390)).toEqual([]);
  });

  test('two runs at once get their own answers', async () => {
    const libc = await loadLibc();
    const [one, other] = await Promise.all([
      sweepWith(libc, closed(5000), { perSecond: 20_000 }),
      sweepWith(libc, closed(5000), { perSecond: 20_000 }),
    ]);
    for (const { replies, end } of [one, other]) {
      expect(differing(replies, 'refused by target, ttl 64')).toEqual([]);
      expect(end).toMatchObject({ probes: 5000, packets: 5000, ignored: 0, overruns: 0 });
    }
  });

  test('sends from ports that nobody listens at and the kernel gives to nobody', async () => {
    const libc = await loadLibc();
    const [one, other] = [leaseSourcePorts(libc), leaseSourcePorts(libc)];
    try {
      if (!one || !other) throw new Error('no ports are left');
      expect(one.ports.last < other.ports.first || other.ports.last < one.ports.first).toBe(true);
      const server = createServer();
      await new Promise<void>((resolve) =>
        server.listen({ port: one.ports.first + 5, host: '127.0.0.1' }, resolve),
      );
      one.release();
      const third = leaseSourcePorts(libc);
      third?.release();
      await new Promise((resolve) => server.close(resolve));
      expect(third?.ports).not.toEqual(one.ports);
      const again = leaseSourcePorts(libc);
      again?.release();
      expect(again?.ports).toEqual(one.ports);
    } finally {
      other?.release();
    }
  });
});

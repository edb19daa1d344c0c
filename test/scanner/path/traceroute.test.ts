import { expect, test } from 'vitest';
import { type TraceOptions, tracePort } from '../../src/engine/trace.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint } from '../../src/model/target.ts';
import type { Wire } from '../../src/model/wire.ts';
import { accepted, fault } from './fakes.ts';

const ENDPOINT: Endpoint = { address: '10.0.9.9', family: 4, port: 3389 };

/** Time limit of the fake world, milliseconds; everything that answers does so much sooner. */
const TIMEOUT_MS = 40;

const router = (n: number): string => `10.0.${n}.1`;

const exceeded = (from: string): Reply => ({
  kind: 'rejected',
  rttMs: 1,
  cause: { icmp: { version: 4, type: 11, code: 0 }, from },
});
const exceeded6 = (from: string): Reply => ({
  kind: 'rejected',
  rttMs: 1,
  cause: { icmp: { version: 6, type: 3, code: 0 }, from },
});
const prohibited = (from: string): Reply => ({
  kind: 'rejected',
  rttMs: 1,
  cause: { icmp: { version: 4, type: 3, code: 13 }, from },
});
const refused: Reply = { kind: 'refused', rttMs: 1, by: 'unknown' };

/** A path as a function of TTL and of how often that TTL was asked; null says nothing. */
type Path = (ttl: number, turn: number) => Reply | null;

const wireOf = (path: Path, delayMs: (ttl: number) => number = () => 1) => {
  const asked: number[] = [];
  let inFlight = 0;
  const seen = { peak: 0 };
  const wire: Wire = {
    name: 'linux',
    capabilities: { icmp: true, ttl: true, minTimeoutMs: 0 },
    close: async () => {},
    connect: async (endpoint, { ttl = 0, timeoutMs, signal }) => {
      expect(endpoint).toBe(ENDPOINT);
      if (signal.aborted) return { kind: 'unknown', fault: { kind: 'aborted', code: 'ABORT', text: '' } };
      const reply = path(ttl, asked.filter((one) => one === ttl).length);
      asked.push(ttl);
      inFlight++;
      seen.peak = Math.max(seen.peak, inFlight);
      await new Promise((resolve) => setTimeout(resolve, reply ? delayMs(ttl) : timeoutMs));
      inFlight--;
      return reply ?? { kind: 'silent', waitedMs: timeoutMs, attempts: 1 };
    },
  };
  return { wire, asked, seen };
};

const trace = (path: Path, options: Partial<TraceOptions> = {}, delayMs?: (ttl: number) => number) => {
  const world = wireOf(path, delayMs);
  const done = tracePort(world.wire, ENDPOINT, {
    signal: new AbortController().signal,
    maxTtl: 30,
    timeoutMs: TIMEOUT_MS,
    knownHops: 0,
    quietEnd: 6,
    ...options,
  });
  return { ...world, done };
};

const addresses = (hops: readonly { address: string | null }[]) => hops.map(({ address }) => address);

/** Routers 1 to `distance - 1`, then whatever `end` says. */
const straight =
  (distance: number, end: Reply | null): Path =>
  (ttl) =>
    ttl < distance ? exceeded(router(ttl)) : end;

test('names every hop, ends at the smallest TTL that the target answers, and asks them at once', async () => {
  const { done, asked, seen } = trace(straight(4, accepted));
  expect(await done).toEqual({
    port: 3389,
    hops: [1, 2, 3].map((ttl) => ({ ttl, address: router(ttl), rttMs: 1 })),
    end: accepted,
    endTtl: 4,
  });
  expect(asked).toEqual([1, 2, 3, 4, 5, 6]);
  expect(seen.peak).toBe(6);
});

test('a way longer than one batch is followed to its end', async () => {
  const { done } = trace(straight(15, refused));
  expect(await done).toMatchObject({ endTtl: 15, end: refused });
  expect((await done).hops).toHaveLength(14);
});

test('a target next door has no hops', async () => {
  expect(await trace(straight(1, accepted)).done).toMatchObject({ hops: [], endTtl: 1, end: accepted });
});

test('IPv6 hops are hops', async () => {
  const { done } = trace((ttl) => (ttl < 3 ? exceeded6(`fd00:${ttl}::1`) : accepted));
  expect(await done).toMatchObject({ endTtl: 3, hops: [{ address: 'fd00:1::1' }, { address: 'fd00:2::1' }] });
});

test('a hop whose answer was lost is asked again, one that answered is not', async () => {
  const { done, asked } = trace((ttl, turn) =>
    ttl === 2 && turn === 0 ? null : straight(4, accepted)(ttl, turn),
  );
  expect(addresses((await done).hops)).toEqual([router(1), router(2), router(3)]);
  expect(asked.toSorted()).toEqual([1, 2, 2, 3, 4, 5, 6]);
});

test('a router that never speaks is a gap, not an end', async () => {
  const { done } = trace((ttl) => (ttl === 2 ? null : straight(4, accepted)(ttl, 0)));
  expect(await done).toMatchObject({
    endTtl: 4,
    hops: [{ address: router(1) }, { address: null, rttMs: null }, {}],
  });
});

test('an answer of the target that was lost at its own distance is found by asking again', async () => {
  const { done } = trace((ttl, turn) => (ttl === 4 && turn === 0 ? null : straight(4, accepted)(ttl, turn)));
  expect(await done).toMatchObject({ endTtl: 4 });
});

test('a port dropped on the way goes quiet after the last router that passed it', async () => {
  const { done, asked } = trace(straight(3, null));
  const { hops, end, endTtl } = await done;
  expect(endTtl).toBeNull();
  expect(end).toMatchObject({ kind: 'silent' });
  expect(addresses(hops).filter(Boolean)).toEqual([router(1), router(2)]);
  expect(Math.max(...asked)).toBeLessThanOrEqual(12);
});

test('the hop behind the last that spoke is asked twice: its silence must not be a lost packet', async () => {
  const { done, asked } = trace((ttl, turn) =>
    ttl === 3 ? (turn === 0 ? null : exceeded(router(3))) : straight(3, null)(ttl, turn),
  );
  expect(addresses((await done).hops).filter(Boolean)).toEqual([router(1), router(2), router(3)]);
  expect(asked.filter((ttl) => ttl === 3)).toHaveLength(2);
});

test('hops known from another port are asked twice before they are called silent', async () => {
  const { asked, done } = trace(straight(2, null), { knownHops: 4 });
  await done;
  expect(asked.toSorted((a, b) => a - b).slice(0, 8)).toEqual([1, 2, 2, 3, 3, 4, 4, 5]);
});

test('nobody speaks at all: it gives up after as many hops as it was told', async () => {
  const { done, asked } = trace(() => null, { quietEnd: 6 });
  expect(await done).toMatchObject({ endTtl: null, end: { kind: 'silent' } });
  expect(new Set(asked).size).toBe(6);
});

test('it goes no farther than it may', async () => {
  const { done, asked } = trace((ttl) => exceeded(router(ttl)), { maxTtl: 8, quietEnd: 30 });
  expect(await done).toMatchObject({ endTtl: null, end: { kind: 'silent' } });
  expect(Math.max(...asked)).toBe(8);
  expect((await done).hops).toHaveLength(8);
});

test('a reset from a middlebox ends it at the TTL that met the middlebox', async () => {
  const { done } = trace((ttl) => (ttl < 2 ? exceeded(router(1)) : refused));
  expect(await done).toEqual({
    port: 3389,
    hops: [{ ttl: 1, address: router(1), rttMs: 1 }],
    end: refused,
    endTtl: 2,
  });
});

test('a rejection by a filter ends it, with who sent it', async () => {
  const { done } = trace((ttl) => (ttl < 3 ? exceeded(router(ttl)) : prohibited(router(2))));
  expect(await done).toMatchObject({ endTtl: 3, end: prohibited(router(2)), hops: [{}, {}] });
});

test('ways that differ in length or share a router are told as they were seen', async () => {
  const { done } = trace(
    (ttl) => [exceeded(router(1)), exceeded(router(7)), exceeded(router(7))][ttl - 1] ?? accepted,
  );
  expect(addresses((await done).hops)).toEqual([router(1), router(7), router(7)]);
});

test('a hop that speaks later than the target is still one', async () => {
  const { done } = trace(straight(3, accepted), {}, (ttl) => (ttl === 2 ? 30 : 1));
  expect(addresses((await done).hops)).toEqual([router(1), router(2)]);
});

test('an abort ends it without another question', async () => {
  const stop = new AbortController();
  const { done, asked } = trace(() => null, { signal: stop.signal });
  stop.abort();
  expect((await done).endTtl).toBeNull();
  expect(asked).toHaveLength(6);
});

test('trouble on this machine is no hop and no end', async () => {
  const { done } = trace((ttl) =>
    ttl === 2 ? fault('descriptors', 'EMFILE') : straight(4, accepted)(ttl, 0),
  );
  expect(await done).toMatchObject({ endTtl: 4, hops: [{ address: router(1) }, { address: null }, {}] });
  const local = fault('no-route', 'ENETUNREACH');
  expect(await trace(() => local).done).toMatchObject({ endTtl: null, end: local });
});

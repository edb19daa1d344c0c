import { expect, test } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import { type TraceOptions, tracePort } from '../../../src/scanner/path/traceroute.ts';
import { accepted, exceeded, fault, refused, unreachable } from '../fakes.ts';
import { proberOf, router, silent } from './routers.ts';

/** A path as a function of TTL and of how often that TTL was asked; null says nothing. */
type Path = (ttl: number, turn: number) => Reply | null;

const trace = (path: Path, options: Partial<TraceOptions> = {}) => {
  const net = proberOf((_, ttl, turn) => path(ttl, turn) ?? silent);
  const done = tracePort(3389, net.prober, { maxTtl: 30, knownHops: 0, quietEnd: 4, ...options });
  return { ...net, ttls: () => net.asked.map(({ ttl }) => ttl), done };
};

const addresses = (hops: readonly { address: string | null }[]) => hops.map(({ address }) => address);

/** Routers 1 to `distance - 1`, then whatever `end` says. */
const straight =
  (distance: number, end: Reply | null): Path =>
  (ttl) =>
    ttl < distance ? exceeded(router(ttl)) : end;

test('names every hop, ends at the smallest TTL that the target answers, one after the other on one flow', async () => {
  const { done, ttls, asked, state } = trace(straight(4, accepted));
  expect(await done).toEqual({
    port: 3389,
    hops: [1, 2, 3].map((ttl) => ({ ttl, address: router(ttl), rttMs: 1 })),
    end: accepted,
    endTtl: 4,
  });
  expect(ttls()).toEqual([1, 2, 3, 4]);
  expect(state.peak).toBe(1);
  expect(new Set(asked.map(({ flow }) => flow)).size).toBe(1);
  expect(asked[0]?.flow).toBeDefined();
});

test('goes over the flow that it is given', async () => {
  const flow = { sourcePort: 40_000 };
  const { done, asked } = trace(straight(3, accepted), { flow });
  await done;
  expect(asked.every((one) => one.flow === flow)).toBe(true);
});

test('a target next door has no hops', async () => {
  expect(await trace(straight(1, accepted)).done).toMatchObject({ hops: [], endTtl: 1, end: accepted });
});

test('IPv6 hops are hops', async () => {
  const exceeded6 = (from: string): Reply => ({
    kind: 'rejected',
    rttMs: 1,
    cause: { icmp: { version: 6, type: 3, code: 0 }, from },
  });
  const { done } = trace((ttl) => (ttl < 3 ? exceeded6(`fd00:${ttl}::1`) : accepted));
  expect(await done).toMatchObject({ endTtl: 3, hops: [{ address: 'fd00:1::1' }, { address: 'fd00:2::1' }] });
});

test('a hop whose answer was lost is asked again, one that answered is not', async () => {
  const { done, ttls } = trace((ttl, turn) =>
    ttl === 2 && turn === 0 ? null : straight(4, accepted)(ttl, turn),
  );
  expect(addresses((await done).hops)).toEqual([router(1), router(2), router(3)]);
  expect(ttls()).toEqual([1, 2, 3, 4, 2]);
});

test('a router that never speaks is a gap, not an end', async () => {
  const { done } = trace((ttl) => (ttl === 2 ? null : straight(4, accepted)(ttl, 0)));
  expect(await done).toMatchObject({
    endTtl: 4,
    hops: [{ address: router(1) }, { address: null, rttMs: null }, {}],
  });
});

test('the hop before the end is asked most often: it decides whether an answer came from farther', async () => {
  const { done } = trace((ttl, turn) => (ttl === 3 && turn < 5 ? null : straight(4, refused)(ttl, turn)));
  expect(addresses((await done).hops)).toEqual([router(1), router(2), router(3)]);
});

test('an answer of the target that was lost at its own distance: the trace goes on, and the end is found by asking again', async () => {
  const { done } = trace((ttl, turn) => (ttl === 4 && turn === 0 ? null : straight(4, accepted)(ttl, turn)));
  expect(await done).toMatchObject({ endTtl: 4 });
});

test('a port dropped on the way goes quiet after the last router that passed it', async () => {
  const { done, ttls } = trace(straight(3, null));
  const { hops, end, endTtl } = await done;
  expect(endTtl).toBeNull();
  expect(end).toMatchObject({ kind: 'silent' });
  expect(addresses(hops).filter(Boolean)).toEqual([router(1), router(2)]);
  expect(Math.max(...ttls())).toBe(6);
});

test('the hop behind the last that spoke is asked twice: its silence must not be a lost packet', async () => {
  const { done, ttls } = trace((ttl, turn) =>
    ttl === 3 ? (turn === 0 ? null : exceeded(router(3))) : straight(3, null)(ttl, turn),
  );
  expect(addresses((await done).hops).filter(Boolean)).toEqual([router(1), router(2), router(3)]);
  expect(ttls().filter((ttl) => ttl === 3)).toHaveLength(2);
});

test('hops known from another port are asked twice before they are called silent', async () => {
  const { ttls, done } = trace(straight(2, null), { maxTtl: 5, knownHops: 4 });
  await done;
  expect(ttls()).toEqual([1, 2, 3, 4, 5, 2, 3, 4]);
});

test('nobody speaks at all: it gives up after as many hops as it was told', async () => {
  const { done, ttls } = trace(() => null, { quietEnd: 6 });
  expect(await done).toMatchObject({ endTtl: null, end: { kind: 'silent' } });
  expect(new Set(ttls()).size).toBe(6);
});

test('it goes no farther than it may', async () => {
  const { done, ttls } = trace((ttl) => exceeded(router(ttl)), { maxTtl: 8, quietEnd: 30 });
  expect(await done).toMatchObject({ endTtl: null, end: { kind: 'silent' } });
  expect(Math.max(...ttls())).toBe(8);
  expect((await done).hops).toHaveLength(8);
});

test('a reset from a middlebox ends it at the TTL that met the middlebox', async () => {
  const { done } = trace((ttl) => (ttl < 2 ? exceeded(router(1)) : refused));
  expect(await done).toMatchObject({ hops: [{ address: router(1) }], end: refused, endTtl: 2 });
});

test('a rejection by a filter ends it, with who sent it', async () => {
  const prohibited = unreachable(13, router(2));
  const { done } = trace((ttl) => (ttl < 3 ? exceeded(router(ttl)) : prohibited));
  expect(await done).toMatchObject({ endTtl: 3, end: prohibited, hops: [{}, {}] });
});

test('an abort ends it without another packet, and it is no trace that fell silent', async () => {
  const net = trace((ttl) => {
    if (ttl === 2) net.state.isStopped = true;
    return ttl === 2
      ? { kind: 'unknown', fault: { kind: 'aborted', code: 'ABORT', text: '' } }
      : exceeded(router(ttl));
  });
  expect(await net.done).toMatchObject({ endTtl: null, end: { kind: 'unknown' } });
  expect(net.ttls()).toEqual([1, 2]);
});

test('trouble on this machine is no hop and no end', async () => {
  const { done } = trace((ttl) =>
    ttl === 2 ? fault('descriptors', 'EMFILE') : straight(4, accepted)(ttl, 0),
  );
  expect(await done).toMatchObject({ endTtl: 4, hops: [{ address: router(1) }, { address: null }, {}] });
  const local = fault('no-route', 'ENETUNREACH');
  expect(await trace(() => local).done).toMatchObject({ endTtl: null, end: local });
});

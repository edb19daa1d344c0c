import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SubnetPaths } from '../../../src/scanner/path/subnet-paths.ts';
import { NEIGHBOUR_WAIT } from '../../../src/scanner/retry/policy.ts';

const SUBNET = '10.64.3.0/24';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What `ttlSoon` has given so far: `undefined` while it waits. */
const waitingIn = (paths: SubnetPaths, signal = new AbortController().signal) => {
  const seen: { ttl: number | null | undefined } = { ttl: undefined };
  void paths.ttlSoon(SUBNET, signal).then((ttl) => {
    seen.ttl = ttl;
  });
  return seen;
};

test('a host that accepts nothing waits only so long where no neighbour accepts', async () => {
  const seen = waitingIn(new SubnetPaths());
  await vi.advanceTimersByTimeAsync(NEIGHBOUR_WAIT.firstMs - 1);
  expect(seen.ttl).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(seen.ttl).toBeNull();
});

test('it waits longer while a neighbour that accepts is still being looked at, on a slow path or a busy machine', async () => {
  const paths = new SubnetPaths();
  paths.expectTtl(SUBNET);
  const seen = waitingIn(paths);
  await vi.advanceTimersByTimeAsync(3 * NEIGHBOUR_WAIT.firstMs);
  expect(seen.ttl).toBeUndefined();
  paths.noteTtl(SUBNET, 126);
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.ttl).toBe(126);
  expect(vi.getTimerCount()).toBe(0);
});

test('but not for ever, and no longer than for the last such neighbour', async () => {
  const paths = new SubnetPaths();
  const settled = [paths.expectTtl(SUBNET), paths.expectTtl(SUBNET)];
  const [some, most] = [waitingIn(paths), waitingIn(paths)];
  await vi.advanceTimersByTimeAsync(NEIGHBOUR_WAIT.rounds * NEIGHBOUR_WAIT.firstMs);
  expect(most.ttl).toBeNull();
  expect(some.ttl).toBeNull();
  const later = waitingIn(paths);
  await vi.advanceTimersByTimeAsync(NEIGHBOUR_WAIT.firstMs);
  settled[0]?.();
  await vi.advanceTimersByTimeAsync(NEIGHBOUR_WAIT.firstMs);
  expect(later.ttl).toBeUndefined();
  settled[1]?.();
  await vi.advanceTimersByTimeAsync(NEIGHBOUR_WAIT.firstMs);
  expect(later.ttl).toBeNull();
});

test('an abort ends the wait at once', async () => {
  const paths = new SubnetPaths();
  paths.expectTtl(SUBNET);
  const stop = new AbortController();
  const seen = waitingIn(paths, stop.signal);
  stop.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.ttl).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});

import { describe, expect, it } from 'vitest';
import { SubnetPaths } from '../../../src/scanner/path/subnet-paths.ts';
import { NEIGHBOUR_WAIT } from '../../../src/scanner/retry/policy.ts';
import { fakeClock } from '../clock.ts';

const held = fakeClock();
const SUBNET = '10.64.3.0/24';
const OTHER = '10.64.4.0/24';

/** What `ttlSoon` has given so far: `undefined` while it waits. */
const waitingIn = (paths: SubnetPaths, signal = new AbortController().signal) => {
  const seen: { ttl: number | null | undefined } = { ttl: undefined };
  void paths.ttlSoon(SUBNET, signal).then((ttl) => {
    seen.ttl = ttl;
  });
  return seen;
};

describe('the TTL of a neighbour’s accepts', () => {
  it('is waited for only so long where no neighbour accepts', async () => {
    const seen = waitingIn(new SubnetPaths());
    await held.clock.pass(NEIGHBOUR_WAIT.firstMs - 1);
    expect(seen.ttl).toBeUndefined();
    await held.clock.pass(1);
    expect(seen.ttl).toBeNull();
  });

  it('is waited for longer while a neighbour that accepts is still being looked at', async () => {
    const paths = new SubnetPaths();
    paths.expectTtl(SUBNET);
    const seen = [waitingIn(paths), waitingIn(paths)];
    await held.clock.pass(3 * NEIGHBOUR_WAIT.firstMs);
    expect(seen).toEqual([{ ttl: undefined }, { ttl: undefined }]);
    paths.noteTtl(OTHER, 125);
    await held.clock.pass(0);
    expect(seen).toEqual([{ ttl: undefined }, { ttl: undefined }]);
    paths.noteTtl(SUBNET, 126);
    await held.clock.pass(0);
    expect(seen).toEqual([{ ttl: 126 }, { ttl: 126 }]);
    expect(held.clock.pending).toBe(0);
  });

  it('is not waited for once it is known', async () => {
    const paths = new SubnetPaths();
    expect(paths.ttlOf(SUBNET)).toBeNull();
    paths.noteTtl(SUBNET, 126);
    paths.noteTtl(SUBNET, 125);
    expect(paths.ttlOf(SUBNET)).toBe(125);
    expect(paths.ttlOf(OTHER)).toBeNull();
    const seen = waitingIn(paths);
    await held.clock.pass(0);
    expect(seen.ttl).toBe(125);
    expect(held.clock.pending).toBe(0);
  });

  it('is not waited for for ever, and no longer than for the last such neighbour', async () => {
    const paths = new SubnetPaths();
    const settled = [paths.expectTtl(SUBNET), paths.expectTtl(SUBNET)];
    const [some, most] = [waitingIn(paths), waitingIn(paths)];
    await held.clock.pass(NEIGHBOUR_WAIT.rounds * NEIGHBOUR_WAIT.firstMs - 1);
    expect(most.ttl).toBeUndefined();
    await held.clock.pass(1);
    expect(most.ttl).toBeNull();
    expect(some.ttl).toBeNull();
    const later = waitingIn(paths);
    await held.clock.pass(NEIGHBOUR_WAIT.firstMs);
    settled[0]?.();
    await held.clock.pass(NEIGHBOUR_WAIT.firstMs);
    expect(later.ttl).toBeUndefined();
    settled[1]?.();
    await held.clock.pass(NEIGHBOUR_WAIT.firstMs);
    expect(later.ttl).toBeNull();
  });

  it('is not waited for after an abort', async () => {
    const paths = new SubnetPaths();
    paths.expectTtl(SUBNET);
    const stop = new AbortController();
    const seen = waitingIn(paths, stop.signal);
    await held.clock.pass(1);
    stop.abort();
    await held.clock.pass(0);
    expect(seen.ttl).toBeNull();
    const late = waitingIn(paths, stop.signal);
    await held.clock.pass(0);
    expect(late.ttl).toBeNull();
    expect(held.clock.pending).toBe(0);
  });

  it('is still waited for by one host when another has given up', async () => {
    const paths = new SubnetPaths();
    const first = waitingIn(paths);
    await held.clock.pass(500);
    const second = waitingIn(paths);
    await held.clock.pass(NEIGHBOUR_WAIT.firstMs - 500);
    expect([first.ttl, second.ttl]).toEqual([null, undefined]);
    paths.noteTtl(SUBNET, 126);
    await held.clock.pass(0);
    expect(second.ttl).toBe(126);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    const [added, removed]: unknown[][] = [[], []];
    const counting = Object.assign(signal, {
      addEventListener: (type: string, run: unknown) => added?.push([type, run]),
      removeEventListener: (type: string, run: unknown) => removed?.push([type, run]),
    });
    waitingIn(new SubnetPaths(), counting as unknown as AbortSignal);
    await held.clock.pass(NEIGHBOUR_WAIT.firstMs);
    expect(added).toHaveLength(1);
    expect(removed).toEqual(added);
  });

  it('is forgotten, as those of all others are, past 65,536 subnets', () => {
    const paths = new SubnetPaths();
    for (let i = 0; i < 65_536; i++) paths.noteTtl(`${i}`, 64);
    expect([paths.ttlOf('0'), paths.ttlOf('65535')]).toEqual([64, 64]);
    paths.noteTtl('65536', 64);
    expect([paths.ttlOf('0'), paths.ttlOf('65536')]).toEqual([null, null]);
  });
});

import { farTwin, HOSTS, hostBlock, nearTwin, TWIN_WAY, TWINS, type Twin, wayBlock } from './layout.ts';
import { FAMILIES, forBoth, route, turned, up } from './links.ts';

/**
 * Two routers side by side between r1 and r2. r1 shares the flows between them by addresses and ports, as core routers do;
 * what comes back takes b.
 */
const backOver: Twin = 'b';

/** The cables of the two routers; `cable` writes the line that lays one. */
export const twinCables = (
  cable: (a: string, deviceA: string, b: string, deviceB: string) => string,
): string[] =>
  TWINS.flatMap((twin) => [
    cable('r1', nearTwin(twin).device, twin, nearTwin(twin).device),
    cable('r2', farTwin(twin).device, twin, farTwin(twin).device),
  ]);

/**
 * The hash of a flow is made of its addresses, protocol and ports, and of nothing else. By default Linux takes the hash that the sender's
 * socket has drawn where a packet still has it, as it does over virtual cables: that changes with each repeated SYN, as on no real router.
 */
const byAddressesAndPorts = ['ipv4', 'ipv6']
  .map((ip) => `net.${ip}.fib_multipath_hash_policy=3 net.${ip}.fib_multipath_hash_fields=0x37`)
  .join(' ');

/** What r1 needs for them. */
export const twinAtRouter1 = (): string =>
  [
    `sysctl -q -w ${byAddressesAndPorts}`,
    ...TWINS.map((twin) => up(nearTwin(twin))),
    ...HOSTS.map((_, host) =>
      forBoth((f) => {
        const hops = TWINS.map(
          (twin) => `nexthop via ${nearTwin(twin).theirs[f]} dev ${nearTwin(twin).device}`,
        );
        return route(f, `${wayBlock(host, TWIN_WAY)[f]} ${hops.join(' ')}`);
      }),
    ),
  ].join('\n');

/** What r2 needs for them. */
export const twinAtRouter2 = (): string =>
  [
    ...TWINS.map((twin) => up(farTwin(twin))),
    forBoth((f) => route(f, `default via ${farTwin(backOver).theirs[f]} table ${100 + TWIN_WAY}`)),
    ...HOSTS.map((_, host) =>
      forBoth((f) => `ip -${f} rule add from ${wayBlock(host, TWIN_WAY)[f]} lookup ${100 + TWIN_WAY}`),
    ),
  ].join('\n');

/** One of the two routers. */
export const twinScript = (twin: Twin): string =>
  [
    up(turned(nearTwin(twin))),
    up(turned(farTwin(twin))),
    ...FAMILIES.flatMap((f) => [
      route(f, `default via ${nearTwin(twin).ours[f]}`),
      ...HOSTS.map((_, host) => route(f, `${hostBlock(host)[f]} via ${farTwin(twin).ours[f]}`)),
    ]),
  ].join('\n');

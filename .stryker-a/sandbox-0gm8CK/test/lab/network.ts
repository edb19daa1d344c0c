import {
  expertLink,
  farEnd,
  GHOST,
  GHOST_BLOCK,
  HOSTS,
  hostBlock,
  hostEnd,
  nearEnd,
  TWINS,
  WAYS,
  wayBlock,
} from './layout.ts';
import { forBoth, neighbour, route, turned, up } from './links.ts';
import type { Namespaces } from './namespaces.ts';
import { run } from './shell.ts';
import { twinAtRouter1, twinAtRouter2, twinCables, twinScript } from './twins.ts';

/**
 * ICMP errors are never held back: with Linux's limits a scan sees its own speed, not the filter. Duplicate address
 * detection finds nothing here and would delay the first packets by a second. Devices exist by now, so it is not enough
 * to set the defaults of devices to come.
 */
const PLAIN_SPEAKING = `
sysctl -q -w net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=1000000 net.ipv4.icmp_msgs_burst=1000000
sysctl -q -w net.ipv6.icmp.ratelimit=0
cd /proc/sys/net/ipv6/conf
for device in *; do echo 0 >$device/accept_dad; echo 0 >$device/dad_transmits; echo 0 >$device/accept_ra; done
cd /proc/sys/net/ipv4/conf
for device in *; do echo 0 >$device/rp_filter; done
ip link set lo up
`;

/** A SYN proxy counts on connections that conntrack did not see begin being invalid; kernels without conntrack have no such key. */
const FORWARDING = `
sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
sysctl -q -e -w net.netfilter.nf_conntrack_tcp_loose=0
`;

/** Windows sends with a TTL of 128. Listeners bind to addresses of a block that no interface has. */
const LIKE_WINDOWS = `
sysctl -q -w net.ipv4.ip_default_ttl=128 net.ipv6.ip_nonlocal_bind=1
for limit in /proc/sys/net/ipv6/conf/*/hop_limit; do echo 128 >$limit; done
`;

/** The group whose members may ask for echoes on the expert's machine without any privilege, as many systems let everybody. */
export const PINGERS = 65_534;

const expertScript = (): string =>
  [
    PLAIN_SPEAKING,
    `sysctl -q -w net.ipv4.ping_group_range='${PINGERS} ${PINGERS}'`,
    up(turned(expertLink)),
    forBoth((f) => route(f, `default via ${expertLink.ours[f]}`)),
  ].join('\n');

const router1Script = (): string =>
  [
    PLAIN_SPEAKING,
    FORWARDING,
    up(expertLink),
    ...WAYS.map((_, way) => up(nearEnd(way))),
    forBoth((f) => route(f, `default via ${nearEnd(0).theirs[f]}`)),
    ...HOSTS.flatMap((_, host) =>
      WAYS.map((_, way) =>
        forBoth((f) => route(f, `${wayBlock(host, way)[f]} via ${nearEnd(way).theirs[f]}`)),
      ),
    ),
    twinAtRouter1(),
  ].join('\n');

/** What comes back from a block takes the way that leads to the block, so that delay works in both directions. */
const router2Script = (): string =>
  [
    PLAIN_SPEAKING,
    FORWARDING,
    ...WAYS.map((_, way) => up(farEnd(way))),
    ...HOSTS.map((_, host) => up(hostEnd(host))),
    forBoth((f) => route(f, `${f === 4 ? '10.64.1.0/24' : 'fd64:1::/64'} via ${farEnd(0).theirs[f]}`)),
    ...HOSTS.map((_, host) =>
      forBoth((f) => route(f, `${hostBlock(host)[f]} via ${hostEnd(host).theirs[f]}`)),
    ),
    ...WAYS.flatMap((_, way) => [
      forBoth((f) => route(f, `default via ${farEnd(way).theirs[f]} table ${100 + way}`)),
      ...HOSTS.map((_, host) =>
        forBoth((f) => `ip -${f} rule add from ${wayBlock(host, way)[f]} lookup ${100 + way}`),
      ),
    ]),
    twinAtRouter2(),
    forBoth((f) => neighbour(GHOST[f], GHOST.hardware, hostEnd(0).device)),
    forBoth((f) => route(f, `${GHOST_BLOCK[f]} via ${GHOST[f]}`)),
  ].join('\n');

const hostScript = (host: number): string =>
  [
    PLAIN_SPEAKING,
    LIKE_WINDOWS,
    up(turned(hostEnd(host))),
    forBoth((f) => route(f, `default via ${hostEnd(host).ours[f]}`)),
    forBoth((f) => route(f, `local ${hostBlock(host)[f]} dev lo`)),
  ].join('\n');

/** The namespace in which a delayed way is held up. */
export const delayerOf = (way: number): string => `delay${way}`;

/** All namespaces of the network. */
export const NAMESPACES: readonly string[] = [
  'expert',
  'r1',
  'r2',
  ...TWINS,
  ...HOSTS,
  ...WAYS.flatMap(({ delayUs }, way) => (delayUs > 0 ? [delayerOf(way)] : [])),
];

/** Connects the namespaces and gives everybody addresses and routes. Delayed ways carry nothing until delayed. */
export const connect = async (spaces: Namespaces): Promise<void> => {
  const cable = (a: string, deviceA: string, b: string, deviceB: string): string =>
    `link add ${deviceA} netns ${spaces.nameOf(a)} type veth peer name ${deviceB} netns ${spaces.nameOf(b)}\n`;
  const cables = [
    cable('expert', expertLink.device, 'r1', expertLink.device),
    ...HOSTS.map((name, host) => cable('r2', hostEnd(host).device, name, hostEnd(host).device)),
    ...twinCables(cable),
    ...WAYS.flatMap(({ delayUs }, way) => {
      const { device } = nearEnd(way);
      if (delayUs === 0) return [cable('r1', device, 'r2', device)];
      return [cable('r1', device, delayerOf(way), 'near'), cable('r2', device, delayerOf(way), 'far')];
    }),
  ];
  await run('ip', ['-batch', '-'], cables.join(''));
  await Promise.all([
    spaces.shell('expert', expertScript()),
    spaces.shell('r1', router1Script()),
    spaces.shell('r2', router2Script()),
    ...TWINS.map((twin) => spaces.shell(twin, [PLAIN_SPEAKING, FORWARDING, twinScript(twin)].join('\n'))),
    ...HOSTS.map((name, host) => spaces.shell(name, hostScript(host))),
    ...WAYS.flatMap(({ delayUs }, way) =>
      delayUs > 0
        ? [
            spaces.shell(
              delayerOf(way),
              'sysctl -q -w net.ipv6.conf.all.disable_ipv6=1\nip link set near up\nip link set far up',
            ),
          ]
        : [],
    ),
  ]);
};

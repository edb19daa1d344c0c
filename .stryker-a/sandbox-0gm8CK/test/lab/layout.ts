/**
 * The lab's network, as data. docs/lab.md draws it.
 *
 * expert - r1 = r2 - hosts. Between r1 and r2 run several links, one for each way, and two routers side by side, the way
 * `twin`; which one a packet takes is decided by the target's address. Each host answers for whole blocks of addresses, so that every row of the matrix has an address
 * of its own with firewall rules of its own, and rows run at the same time without seeing each other.
 */
export type HostName = 'server' | 'credssp' | 'stopped' | 'plain' | 'responder';
export const HOSTS: readonly HostName[] = ['server', 'credssp', 'stopped', 'plain', 'responder'];

/** How r1 reaches a target: over a link, named by its round trip, or at equal cost over either of two routers (`twin`). */
export type Way = 'direct' | '10ms' | '150ms' | '1500ms' | '2000ms' | '2200ms' | 'twin';

/** The links between the routers. `delayUs` is one way, microseconds. */
export const WAYS: readonly { readonly name: Way; readonly delayUs: number }[] = [
  { name: 'direct', delayUs: 0 },
  { name: '10ms', delayUs: 5_000 },
  { name: '150ms', delayUs: 75_000 },
  { name: '1500ms', delayUs: 750_000 },
  { name: '2000ms', delayUs: 1_000_000 },
  { name: '2200ms', delayUs: 1_100_000 },
];

/** Number of the way over two routers, behind those that are links. */
export const TWIN_WAY = WAYS.length;

const numberOf = (way: Way): number =>
  way === 'twin' ? TWIN_WAY : WAYS.findIndex(({ name }) => name === way);

/** A router, by its namespace: `a` and `b` are the two of the way `twin`. */
export type Router = 'r1' | 'r2' | Twin;
export type Twin = 'a' | 'b';
export const TWINS: readonly Twin[] = ['a', 'b'];

/** Addresses where nobody is, by what becomes of a packet to them. */
export type Absence =
  /** r2 sends it out to a machine that is not there: nothing ever comes back. */
  | 'nobody-silent'
  /** Unused address of a network at r2: r2 asks for it in vain and reports host unreachable after about 3 s. */
  | 'nobody-arp'
  /** r2 has no route and says so, now and then: Linux sends one peer one such error a second. */
  | 'nobody-unrouted'
  /** Unused address of the expert's own network. */
  | 'nobody-on-link';

export type Family = 4 | 6;

interface Pair {
  readonly 4: string;
  readonly 6: string;
}

/** Addresses of link number `link` and of the place `place` on it. */
const on = (link: number, place: number): Pair => ({
  4: `10.64.${link}.${place}`,
  6: `fd64:${link}::${place}`,
});

const EXPERT_LINK = 1;
const wayLink = (way: number): number => 2 + way;
const hostLink = (host: number): number => 10 + host;
const twinLink = (twin: Twin, side: 'near' | 'far'): number =>
  20 + TWINS.indexOf(twin) + (side === 'near' ? 0 : TWINS.length);

export const EXPERT = on(EXPERT_LINK, 2);
/** A link of a router: its device, both ends' addresses and the blocks behind it. */
export interface Link {
  readonly device: string;
  readonly ours: Pair;
  readonly theirs: Pair;
  /** Hardware addresses, where they are fixed: asking for them over a slow way would delay the first packet twice. */
  readonly hardware?: { readonly ours: string; readonly theirs: string };
}

const hardwareOn = (way: number, place: number): string => `02:00:00:00:0${way}:0${place}`;

export const expertLink: Link = { device: 'expert', ours: on(EXPERT_LINK, 1), theirs: EXPERT };

/** r1's end of a way. */
export const nearEnd = (way: number): Link => ({
  device: `way${way}`,
  ours: on(wayLink(way), 1),
  theirs: on(wayLink(way), 2),
  hardware: { ours: hardwareOn(way, 1), theirs: hardwareOn(way, 2) },
});

/** r2's end of a way. */
export const farEnd = (way: number): Link => ({
  device: `way${way}`,
  ours: on(wayLink(way), 2),
  theirs: on(wayLink(way), 1),
  hardware: { ours: hardwareOn(way, 2), theirs: hardwareOn(way, 1) },
});

/** The link between r1 and one of the two routers, from r1's end. */
export const nearTwin = (twin: Twin): Link => ({
  device: `near-${twin}`,
  ours: on(twinLink(twin, 'near'), 1),
  theirs: on(twinLink(twin, 'near'), 2),
});

/** The link between one of the two routers and r2, from r2's end. */
export const farTwin = (twin: Twin): Link => ({
  device: `far-${twin}`,
  ours: on(twinLink(twin, 'far'), 2),
  theirs: on(twinLink(twin, 'far'), 1),
});

/**
 * The address that a router gives itself in ICMP errors about packets on a way. Linux takes the address of the link by
 * which an IPv4 error leaves, and of the one by which the offending IPv6 packet came.
 */
export const routerAddress = (router: Router, way: Way, family: Family): string => {
  if (router === 'r1') return expertLink.ours[family];
  if (router !== 'r2') return nearTwin(router).theirs[family];
  if (way === 'twin' && family === 6)
    throw new Error('r2 has two addresses there, one for each router before it');
  return farEnd(family === 4 ? 0 : numberOf(way)).ours[family];
};

/** r2's end of a host's network. */
export const hostEnd = (host: number): Link => ({
  device: `host${host}`,
  ours: on(hostLink(host), 1),
  theirs: on(hostLink(host), 2),
});

/** All addresses that a host answers for. */
export const hostBlock = (host: number): Pair => ({
  4: `10.77.${16 * host}.0/20`,
  6: `fd77:${host + 1}::/32`,
});

/** Those of them that are reached over one way. */
export const wayBlock = (host: number, way: number): Pair => ({
  4: `10.77.${16 * host + way}.0/24`,
  6: `fd77:${host + 1}:${way + 1}::/48`,
});

/** Addresses without a host, which r2 forwards all the same. */
export const GHOST_BLOCK: Pair = { 4: '10.78.0.0/24', 6: 'fd78:1::/32' };

/** The machine that is not there: r2 knows its hardware address, so it never has to ask. */
export const GHOST = { ...on(hostLink(0), 254), hardware: '02:00:00:00:00:fe' };

/** Address number `n` (1-250) at a host, over a way. */
export const hostAddress = (host: HostName, way: Way, family: Family, n: number): string => {
  const h = HOSTS.indexOf(host);
  const w = numberOf(way);
  return family === 4 ? `10.77.${16 * h + w}.${n}` : `fd77:${h + 1}:${w + 1}::${n.toString(16)}`;
};

/** Sixteen neighbours at a host, number `n` (1-127) of such blocks, over the direct way. */
export const hostNeighbours = (host: HostName, n: number): string => {
  // The upper half of a host's block belongs to no way, so routers send it where they send everything.
  const third = 16 * HOSTS.indexOf(host) + 8 + (n >> 4);
  return `10.77.${third}.${16 * (n & 15)}/28`;
};

/** Address number `n` of a block of neighbours. */
export const neighbourIn = (block: string, n: number): string => {
  const [address = ''] = block.split('/');
  const octets = address.split('.').map(Number);
  return [...octets.slice(0, 3), (octets[3] ?? 0) + n].join('.');
};

/** Address number `n` (1-200) where nobody is. */
export const absentAddress = (absence: Absence, family: Family, n: number): string => {
  const hex = n.toString(16);
  const blocks: Readonly<Record<Absence, Pair>> = {
    'nobody-silent': { 4: `10.78.0.${n}`, 6: `fd78:1::${hex}` },
    'nobody-unrouted': { 4: `10.79.0.${n}`, 6: `fd79::${hex}` },
    'nobody-arp': { 4: `10.64.10.${n + 2}`, 6: `fd64:10::a${hex}` },
    'nobody-on-link': { 4: `10.64.1.${n + 2}`, 6: `fd64:1::a${hex}` },
  };
  return blocks[absence][family];
};

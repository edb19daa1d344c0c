/**
 * The campus of this bench, as data: thousands of addresses that one namespace answers for, in blocks of 64. Each block is of
 * one kind, and the kinds take turns, so that a campus of any size is mixed alike and what each port of each address
 * must look like is known by construction.
 */
export const CAMPUS = '10.81.0.0/20';
export const SIZES = [1024, 4096] as const;
export type Size = (typeof SIZES)[number];
const MODERN = { from: 49_152, to: 65_535 } as const;
const BLOCK = 64;

/** What is between the expert and a block of addresses, or on its hosts. */
type Kind =
  | 'services'
  | 'refusing'
  | 'r1-drops-3389'
  | 'r2-prohibits-135'
  | 'r1-drops-modern'
  | 'r1-resets-135'
  | 'host-unreach-3389'
  | 'stealthy'
  | 'dead';

/** `services`: TCP 135 and 3389 listen, the rest is refused; so it is behind the filters too. `refusing`: all is refused. */
const KINDS: readonly Kind[] = [
  'services',
  'refusing',
  'services',
  'r1-drops-3389',
  'services',
  'r2-prohibits-135',
  'refusing',
  'r1-drops-modern',
  'services',
  'r1-resets-135',
  'refusing',
  'host-unreach-3389',
  'services',
  'stealthy',
  'refusing',
  'dead',
];

/** Ports that listen everywhere in the hosts' namespace. */
export const LISTENING = [135, 3389] as const;

const blockOf = (size: Size): string => `10.81.0.0/${size === 1024 ? 22 : 20}`;

/** One audit: these addresses, these ports. */
export interface Job {
  readonly size: Size;
  readonly block: string;
  /** Ascending: 135 and 3389, and the sample. */
  readonly ports: readonly number[];
}

export const jobOf = (size: Size, sample: readonly number[]): Job => ({
  size,
  block: blockOf(size),
  ports: [...LISTENING, ...sample].sort((a, b) => a - b),
});

/** Address number `n` of the campus. */
export const addressOf = (n: number): string => `10.81.${n >> 8}.${n & 255}`;

/** In nmap's words, what a port is; a reset that a router sends is a thing of its own. */
export type Truth = 'open' | 'closed' | 'filtered' | 'router-reset';

/** What a port of address number `n` is, as its builder knows. */
export const truthOf = (n: number, port: number): Truth => {
  const listens = (LISTENING as readonly number[]).includes(port) ? 'open' : 'closed';
  switch (KINDS[Math.floor(n / BLOCK) % KINDS.length]) {
    case 'services':
      return listens;
    case 'r1-drops-3389':
    case 'host-unreach-3389':
      return port === 3389 ? 'filtered' : listens;
    case 'r2-prohibits-135':
      return port === 135 ? 'filtered' : listens;
    case 'r1-drops-modern':
      return port >= MODERN.from ? 'filtered' : listens;
    case 'r1-resets-135':
      return port === 135 ? 'router-reset' : listens;
    case 'stealthy':
      return port === 135 ? 'open' : 'filtered';
    case 'dead':
      return 'filtered';
    default:
      return 'closed';
  }
};

const placesOf = (kind: Kind): string => {
  const blocks = Array.from({ length: 4096 / BLOCK }, (_, block) =>
    KINDS[block % KINDS.length] === kind ? [`${addressOf(block * BLOCK)}/26`] : [],
  );
  return `{ ${blocks.flat().join(', ')} }`;
};

const at = (kind: Kind, what: string): string => `ip daddr ${placesOf(kind)} ${what}`;

const chain = (name: string, type: string, lines: readonly string[]): string =>
  `chain ${name} { type filter hook ${type};\n${lines.join('\n')}\n}`;

/**
 * What r1 does, for nft. Loss hits what passes r1 in either direction, and what r1 says itself on the way back; the dice are
 * thrown before any filter.
 */
export const router1Rules = (lossPercent: number): string => {
  const lost = lossPercent > 0 ? `numgen random mod 100 < ${lossPercent} drop` : 'accept';
  return `table inet campus {
${chain('lossy', 'prerouting priority -300', [`ip daddr ${CAMPUS} ${lost}`, `ip saddr ${CAMPUS} ${lost}`])}
${chain('own', 'output priority 0', [`ip daddr 10.64.1.0/24 ${lost}`])}
${chain('forward', 'forward priority 0', [
  at('r1-drops-3389', 'tcp dport 3389 drop'),
  at('r1-drops-modern', `tcp dport ${MODERN.from}-${MODERN.to} drop`),
  at('r1-resets-135', 'tcp dport 135 reject with tcp reset'),
])}
}`;
};

/** What r2 does, for nft. */
export const router2Rules = (): string => `table inet campus {
${chain('forward', 'forward priority 0', [at('r2-prohibits-135', 'tcp dport 135 reject with icmp type admin-prohibited')])}
}`;

/** What the hosts do, for nft. One process listens for all addresses, so where nobody does, the firewall refuses like a host. */
export const hostRules = (): string => `table inet campus {
${chain('input', 'input priority 0', [
  at('refusing', `tcp dport { ${LISTENING.join(', ')} } reject with tcp reset`),
  at('host-unreach-3389', 'tcp dport 3389 reject with icmp type port-unreachable'),
  at('stealthy', 'tcp dport != 135 drop'),
  at('stealthy', 'meta l4proto icmp drop'),
  at('dead', 'drop'),
])}
}`;

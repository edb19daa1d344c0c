import { Lab } from '../lab.ts';
import { run } from '../shell.ts';

/**
 * A campus behind the lab's routers: sixteen subnets of 256 addresses, thousands of hosts that one namespace answers for,
 * and filters of every kind. What each address must look like is known by construction.
 */
export const CAMPUS = '10.80.0.0/20';
export const SUBNETS = 16;
/** Addresses of the campus at which Samba answers. */
export const SERVERS = { subnet: 15, first: 16, count: 16 } as const;
const MODERN = { from: 49_152, to: 65_535 } as const;

/** What is between the expert and a subnet, or on its hosts. */
export type Subnet =
  | { readonly kind: 'open' | 'dead' | 'stealthy' | 'servers' }
  | {
      readonly kind: 'filtered';
      readonly at: 'r1' | 'r2';
      readonly ports: { readonly from: number; readonly to: number };
      readonly how: 'drop' | 'admin-prohibited' | 'reset';
    };

const filtered = (
  at: 'r1' | 'r2',
  from: number,
  to: number,
  how: 'drop' | 'admin-prohibited' | 'reset',
): Subnet => ({ kind: 'filtered', at, ports: { from, to }, how });

/** By the third number of the address. */
export const subnets: readonly Subnet[] = [
  { kind: 'open' },
  filtered('r1', 3389, 3389, 'drop'),
  { kind: 'open' },
  filtered('r1', 3389, 3389, 'drop'),
  filtered('r2', 135, 135, 'admin-prohibited'),
  filtered('r2', 135, 135, 'admin-prohibited'),
  filtered('r1', MODERN.from, MODERN.to, 'drop'),
  filtered('r1', MODERN.from, MODERN.to, 'drop'),
  filtered('r1', 135, 135, 'reset'),
  { kind: 'stealthy' },
  { kind: 'dead' },
  { kind: 'dead' },
  filtered('r1', 20_000, 29_999, 'admin-prohibited'),
  { kind: 'open' },
  { kind: 'dead' },
  { kind: 'servers' },
];

const ACTIONS = {
  drop: 'drop',
  'admin-prohibited': 'reject with icmp type admin-prohibited',
  reset: 'reject with tcp reset',
};

const isServer = (address: string): boolean => {
  const [, , third, fourth] = address.split('.').map(Number);
  return (
    third === SERVERS.subnet &&
    fourth !== undefined &&
    fourth >= SERVERS.first &&
    fourth < SERVERS.first + SERVERS.count
  );
};

/** In nmap's words, what a port of an address of the campus is, as its builder knows; null where several will do. */
export const truthOf = (address: string, port: number): string | null => {
  const subnet = subnets[Number(address.split('.')[2])];
  if (!subnet) throw new Error(`${address} is not on the campus`);
  switch (subnet.kind) {
    case 'dead':
    case 'stealthy':
      return 'filtered no-response';
    case 'servers':
      // Samba listens on some dynamic ports too; which, its mapper says.
      return isServer(address)
        ? port === 135 || port === 3389
          ? 'open syn-ack'
          : null
        : 'closed conn-refused';
    case 'open':
      return 'closed conn-refused';
    case 'filtered': {
      const isHit = subnet.ports.from <= port && port <= subnet.ports.to;
      if (!isHit) return 'closed conn-refused';
      const reasons = {
        drop: 'no-response',
        'admin-prohibited': 'admin-prohibited',
        reset: 'middlebox-reset',
      };
      return `filtered ${reasons[subnet.how]}`;
    }
  }
};

const rulesAt = (router: 'r1' | 'r2', lossPercent: number): string => {
  const lines = subnets.flatMap((subnet, third) => {
    if (subnet.kind !== 'filtered' || subnet.at !== router) return [];
    const { from, to } = subnet.ports;
    return `ip daddr 10.80.${third}.0/24 tcp dport ${from}-${to} ${ACTIONS[subnet.how]}`;
  });
  const loss =
    router === 'r1' && lossPercent > 0
      ? ['daddr', 'saddr'].map((side) => `ip ${side} ${CAMPUS} numgen random mod 100 < ${lossPercent} drop`)
      : [];
  return `table inet campus { chain forward { type filter hook forward priority 0;
${[...loss, ...lines].join('\n')}
}
}`;
};

/** Stealthy hosts answer a ping and nothing else, dead ones not even that. */
const hostRules = (): string => {
  const of = (kind: Subnet['kind']): string =>
    subnets.flatMap((subnet, third) => (subnet.kind === kind ? `10.80.${third}.0/24` : [])).join(', ');
  return `table inet campus { chain input { type filter hook input priority 0;
ip daddr { ${of('dead')} } drop
ip daddr { ${of('stealthy')} } meta l4proto tcp drop
}
}`;
};

const inSpace = (lab: Lab, name: 'r1' | 'r2' | 'plain' | 'server', ...command: string[]): Promise<string> =>
  run('ip', ['netns', 'exec', lab.namespaceOf(name), ...command]);

/** Builds the campus. Everything it made is gone with the lab. */
export const openCampus = async (lossPercent = 0): Promise<Lab> => {
  const lab = await Lab.open([]);
  try {
    const servers = `10.80.${SERVERS.subnet}.${SERVERS.first}/28`;
    await inSpace(lab, 'r1', 'ip', 'route', 'add', CAMPUS, 'via', '10.64.2.2');
    // Hosts of the lab stand behind r2, each at the end of a link of its own.
    await inSpace(lab, 'r2', 'ip', 'route', 'add', CAMPUS, 'via', '10.64.13.2');
    await inSpace(lab, 'r2', 'ip', 'route', 'add', servers, 'via', '10.64.10.2');
    await inSpace(lab, 'plain', 'ip', 'route', 'add', 'local', CAMPUS, 'dev', 'lo');
    await inSpace(lab, 'server', 'ip', 'route', 'add', 'local', servers, 'dev', 'lo');
    await inSpace(lab, 'r1', 'nft', rulesAt('r1', lossPercent));
    await inSpace(lab, 'r2', 'nft', rulesAt('r2', lossPercent));
    await inSpace(lab, 'plain', 'nft', hostRules());
    return lab;
  } catch (error) {
    await lab.close();
    throw error;
  }
};

import { input, output, type Row, r1, r2 } from '../row.ts';
import { HEALTHY, over6, UNREACHABLE } from './common.ts';

/** Some of a stealthy host's ports answer; the silence of the others proves nothing. */
const { ranges: _ranges, ...healthy } = HEALTHY;

const STEALTHY = {
  ...healthy,
  byGeneration: { 'vista-or-later': 'ready' },
  ports: { ...HEALTHY.ports, rest: 'filtered no-response' },
} as const;

/** A Windows client as it comes: of all its listeners the firewall lets only 135 be reached. */
const CLIENT = {
  verdict: 'undetermined',
  generation: 'vista-or-later',
  requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': 'undetermined' },
  ports: { ...UNREACHABLE.ports, 135: 'open syn-ack', listed: 'filtered no-response' },
} as const;

const stealth: Row = {
  name: 'stealth',
  about: 'the host sends no resets (stealth mode), its endpoints answer',
  host: 'server',
  rules: [output('$from tcp flags & rst == rst drop')],
  expect: STEALTHY,
};

const client: Row = {
  name: 'host-drops-all-but-135',
  about: 'the picture of a Windows client: only 135 answers',
  host: 'server',
  rules: [input('$to tcp dport 135 accept'), input('$to meta l4proto tcp drop')],
  expect: {
    ...CLIENT,
    because: ['clear-so-far'],
    says: ['nothing was found that would block an offer', 'ra-preflight check $target --rpc-ports 50000'],
  },
};

const silent: Row = {
  name: 'nobody-silent',
  about: 'nobody at this address, and no router says so',
  host: 'nobody-silent',
  expect: UNREACHABLE,
};

const unreachable: Row = {
  name: 'nobody-unreachable',
  about: 'router 2 says host unreachable',
  host: 'nobody-silent',
  rules: [r2('$to reject with icmpx type host-unreachable')],
  expect: {
    ...UNREACHABLE,
    ports: {
      135: 'filtered host-unreach from r2',
      3389: 'filtered host-unreach from r2',
      rest: 'filtered host-unreach from r2',
    },
  },
};

/** Filters on the host itself, and hosts that are not there. */
export const hostRows: readonly Row[] = [
  stealth,
  over6(stealth),
  {
    name: 'host-drops-all-but-listeners',
    about: 'the host drops whatever is not for one of its listeners',
    host: 'server',
    rules: [input('$to tcp dport { 135, 3389, 49152-49200 } accept'), input('$to meta l4proto tcp drop')],
    expect: STEALTHY,
  },
  client,
  over6(client),
  {
    name: 'host-drops-all-but-135-as-xp',
    about: 'the same of an XP novice: Sessmgr may open 3389 on demand',
    host: 'server',
    rules: [input('$to tcp dport 135 accept'), input('$to meta l4proto tcp drop')],
    options: ['--novice', 'xp-2003'],
    expect: {
      ...CLIENT,
      generation: 'xp-2003',
      requirements: {
        'endpoint-mapper': 'pass',
        'remote-desktop': 'undetermined',
        'dynamic-rpc': 'undetermined',
      },
    },
  },
  {
    name: 'range-dropped-r1',
    about: 'router 1 drops all dynamic ports; the host would have answered',
    host: 'server',
    rules: [r1('$to tcp dport 1025-65535 drop')],
    expect: {
      ...CLIENT,
      verdict: 'blocked',
      confidence: 'proven',
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': 'fail' },
      filters: ['1025-65535 drop after r1'],
    },
    node: {
      knownLimit: 'cannot trace: a filtered range and a healthy Windows client look the same',
      verdict: 'undetermined',
      confidence: 'weak',
      requirements: CLIENT.requirements,
    },
  },
  {
    name: 'range-dropped-r2',
    about: 'router 2, the last before the host, drops all dynamic ports',
    host: 'server',
    rules: [r2('$to tcp dport 1025-65535 drop')],
    expect: {
      ...CLIENT,
      verdict: 'blocked',
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': 'fail' },
    },
    node: {
      knownLimit: 'cannot trace: a filtered range and a healthy Windows client look the same',
      verdict: 'undetermined',
      confidence: 'weak',
      requirements: CLIENT.requirements,
    },
    linux: {
      knownLimit: 'a silent last router and a silent host are the same picture',
      verdict: 'undetermined',
      confidence: 'weak',
      requirements: CLIENT.requirements,
    },
  },
  {
    name: 'host-rejects',
    about: 'the host itself rejects what is not for a listener, as Red Hat does (host prohibited)',
    host: 'server',
    rules: [
      {
        at: 'host',
        iptables: 'nft',
        rule: '-A INPUT -d $address -p tcp -m multiport --dports 135,3389,49152:49200 -j ACCEPT',
      },
      {
        at: 'host',
        iptables: 'nft',
        rule: '-A INPUT -d $address -p tcp -j REJECT --reject-with icmp-host-prohibited',
      },
    ],
    expect: {
      verdict: 'blocked',
      confidence: 'proven',
      generation: 'vista-or-later',
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': 'fail' },
      ports: { ...HEALTHY.ports, rest: 'filtered host-prohibited from target' },
    },
    node: {
      knownLimit: 'only an errno tells of the rejection, and codes 1, 10 and 13 all become EHOSTUNREACH',
      confidence: 'likely',
      ports: { rest: 'filtered host-unreach' },
    },
  },
  silent,
  over6(silent),
  unreachable,
  over6(unreachable),
  {
    name: 'nobody-unrouted',
    about: 'router 2 has no route to this address and says so, but not every time',
    host: 'nobody-unrouted',
    expect: {
      ...UNREACHABLE,
      ports: {
        135: 'filtered net-unreach|no-response',
        3389: 'filtered net-unreach|no-response',
        rest: 'filtered net-unreach|no-response',
      },
    },
  },
  {
    name: 'nobody-arp',
    about:
      'router 2 asks its own network for the host in vain, and says host unreachable after three seconds',
    host: 'nobody-arp',
    expect: {
      ...UNREACHABLE,
      ports: {
        135: 'filtered no-response|host-unreach',
        3389: 'filtered no-response|host-unreach',
        rest: 'filtered no-response|host-unreach',
      },
    },
  },
  {
    name: 'nobody-on-link',
    about: 'an unused address of the network of the expert: its own kernel gives up after three seconds',
    host: 'nobody-on-link',
    expect: {
      ...UNREACHABLE,
      ports: {
        135: 'filtered no-response|host-unreach',
        3389: 'filtered no-response|host-unreach',
        rest: 'filtered no-response|host-unreach',
      },
      says: ['ARP'],
    },
  },
];

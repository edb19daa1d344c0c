import { type Expectation, type Manner, type Mapper, type Row, type Rule, r1, r2 } from '../row.ts';
import { HEALTHY } from './common.ts';

/** What a Windows since Vista lists and serves, and what it says of itself. */
const SERVED = { 49664: 'rpc', 49665: 'rpc', 49666: 'rpc', 49667: 'rpc', 49668: 'rpc' } as const;
const itself = (...addresses: string[]): Mapper => ({ dcom: { version: [5, 7], addresses } });
const WINDOWS = { 135: itself('PC0417', '$address'), ...SERVED } as const;

/** XP serves RPC from 1025 on, says DCOM 5.7 as all since it, and speaks Remote Desktop without negotiation. */
const XP = {
  135: itself('XP0417', '$address'),
  1025: 'rpc',
  1026: 'rpc',
  1027: 'rpc',
  3389: 'old-desktop',
} as const;

/** Drops every packet that carries data: a bare SYN has 60 bytes at most over IPv4. */
const withoutData = (ports: string): Rule => r1(`$to tcp dport ${ports} meta length > 60 drop`);

/** Sends whatever comes to one listener, which stands for a proxy on the way. */
const everythingTo = (port: number): Rule => ({
  at: 'host',
  iptables: 'nft',
  rule: `-t nat -A PREROUTING -d $address -p tcp -j DNAT --to-destination $address:${port}`,
});

const PROXIED: Expectation = {
  verdict: 'undetermined',
  requirements: { 'remote-desktop': 'undetermined', 'dynamic-rpc': 'undetermined' },
  stretches: [],
};

const proxy = (name: string, about: string, manner: Manner, expect: Expectation = PROXIED): Row => ({
  name: `proxy-${name}`,
  about: `a proxy accepts every port in the name of the host and ${about}`,
  host: 'plain',
  listen: { 8001: manner },
  rules: [everythingTo(8001)],
  expect,
});

const stand = (name: string, about: string, listen: Row['listen'], expect: Expectation): Row => ({
  name,
  about,
  host: 'plain',
  ...(listen ? { listen } : {}),
  expect,
});

const READY: Expectation = {
  verdict: 'ready',
  generation: 'vista-or-later',
  requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': 'pass' },
  ports: {
    135: 'open syn-ack',
    3389: 'closed conn-refused',
    listed: 'open syn-ack',
    rest: 'closed conn-refused',
  },
  filters: [],
};

const XP_READY: Expectation = {
  verdict: 'ready',
  generation: 'xp-2003',
  byGeneration: { 'xp-2003': 'ready' },
  requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'pass', 'dynamic-rpc': 'pass' },
};

/** Networks that accept connections, which is not yet that they pass what the offer says in them. */
export const acceptRows: readonly Row[] = [
  {
    name: 'data-dynamic-r1',
    about:
      'handshakes pass and what is said to dynamic ports does not: the accepts are those of a healthy host',
    host: 'server',
    rules: [withoutData('49152-65535')],
    expect: {
      verdict: 'undetermined|blocked',
      requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'undetermined|fail' },
      ports: HEALTHY.ports ?? {},
      because: ['!dynamic-all-answered'],
    },
  },
  {
    ...stand('data-3389-xp-r1', 'handshakes pass and what is said to 3389 of an XP host does not', XP, {
      ...XP_READY,
      verdict: 'undetermined|blocked',
      byGeneration: { 'xp-2003': 'undetermined|blocked' },
      requirements: {
        'endpoint-mapper': 'pass',
        'remote-desktop': 'undetermined|fail',
        'dynamic-rpc': 'pass',
      },
    }),
    rules: [withoutData('3389')],
    options: ['--novice', 'xp-2003'],
  },
  {
    name: 'data-135-r1',
    about: 'handshakes pass and what is said to 135 does not: a hung service looks the same',
    host: 'server',
    rules: [withoutData('135')],
    expect: {
      verdict: 'undetermined',
      requirements: { 'endpoint-mapper': 'undetermined' },
      ports: { 135: 'open syn-ack', 3389: 'open syn-ack', rest: 'closed conn-refused' },
    },
  },
  {
    name: 'mtu-answers-r1',
    about:
      'answers over 1,300 bytes vanish on the way back without a word: the bind is answered, the list never comes',
    host: 'server',
    rules: [r1('$from meta length > 1300 drop')],
    expect: {
      verdict: 'undetermined',
      confidence: 'weak',
      requirements: { 'endpoint-mapper': 'undetermined' },
      filters: [],
    },
  },
  stand(
    'mute-after-bind',
    'the mapper binds and answers no request: a black hole for large packets looks the same',
    {
      ...WINDOWS,
      135: { muteAfterBind: true },
    },
    { verdict: 'undetermined', requirements: { 'endpoint-mapper': 'undetermined' } },
  ),
  stand(
    'windows-open',
    'a Windows without a firewall, with an object resolver, which no Samba has',
    WINDOWS,
    {
      ...READY,
      because: ['!address-translation'],
    },
  ),
  stand(
    'windows-long-list',
    'a Windows that lists 500 endpoints on several pages',
    {
      ...WINDOWS,
      135: { ...WINDOWS[135], times: 100 },
    },
    READY,
  ),
  stand(
    'nat-whole',
    'a host behind address translation of all ports: everything answers, but DCOM names addresses that lead nowhere',
    {
      ...WINDOWS,
      135: itself('PC0417', '192.168.56.101'),
    },
    {
      ...READY,
      verdict: 'undetermined|blocked',
      requirements: { 'endpoint-mapper': 'pass|undetermined', 'remote-desktop': 'not-needed' },
      because: ['address-translation'],
    },
  ),
  {
    ...stand(
      'nat-135',
      'a port forward of 135 only, whose device refuses the rest: listed ports that refuse cannot be listening ones',
      {
        ...WINDOWS,
        135: itself('PC0417', '192.168.56.101'),
      },
      {
        verdict: 'undetermined|blocked',
        requirements: { 'endpoint-mapper': 'pass|undetermined', 'dynamic-rpc': 'undetermined|fail' },
        ports: { 135: 'open syn-ack', rest: 'filtered middlebox-reset from r2' },
      },
    ),
    rules: [r2('$to tcp dport != 135 reject with tcp reset')],
    node: {
      knownLimit: 'cannot see the TTL of a reset',
      ports: { rest: 'closed conn-refused' },
    },
  },
  proxy('closes', 'closes at once', 'hang-up'),
  proxy('mute', 'says nothing', 'mute'),
  proxy('http', 'answers HTTP', 'web', {
    ...PROXIED,
    verdict: 'undetermined|blocked',
    requirements: {
      'endpoint-mapper': 'fail',
      'remote-desktop': 'undetermined',
      'dynamic-rpc': 'undetermined',
    },
  }),
  {
    name: 'proxy-syn',
    about:
      'a SYN proxy accepts every port and then asks the host, whose RPC servers answer through it as without it',
    host: 'server',
    rules: [
      { at: 'r1', iptables: 'nft', rule: '-t raw -A PREROUTING -d $address -p tcp --syn -j CT --notrack' },
      {
        at: 'r1',
        iptables: 'nft',
        rule: '-A FORWARD -d $address -p tcp -m state --state INVALID,UNTRACKED -j SYNPROXY --sack-perm --timestamp --wscale 7 --mss 1460',
      },
      { at: 'r1', iptables: 'nft', rule: '-A FORWARD -d $address -p tcp -m state --state INVALID -j DROP' },
    ],
    expect: {
      verdict: 'ready|undetermined',
      confidence: 'likely|weak',
      requirements: { 'endpoint-mapper': 'pass' },
      because: ['!dynamic-accepts-everything'],
      // An accept of the proxy says nothing of the ports behind it.
      // What speaks RPC or Remote Desktop through the proxy is the host.
      stretches: ['3389-3389 reachable', '49152-49154 reachable'],
    },
  },
  stand(
    'xp-open',
    'an XP without a firewall: its RPC ports tell it from what came later, its DCOM version does not',
    XP,
    XP_READY,
  ),
  {
    ...stand(
      'xp-high-drop-r1',
      'router 1 drops all ports that XP does not use, which would end an offer to any later Windows',
      XP,
      {
        ...XP_READY,
        byGeneration: { 'xp-2003': 'ready', 'vista-or-later': 'blocked' },
      },
    ),
    rules: [r1('$to tcp dport 5001-65535 drop')],
  },
  {
    ...stand(
      'xp-range-r1',
      'router 1 drops all that XP allocates: a silent host looks the same but for a trace',
      XP,
      {
        verdict: 'blocked',
        confidence: 'proven',
        requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'pass', 'dynamic-rpc': 'fail' },
        filters: ['1025-65535 drop after r1'],
      },
    ),
    rules: [r1('$to tcp dport { 1025-3388, 3390-65535 } drop')],
    options: ['--novice', 'xp-2003'],
    node: {
      knownLimit: 'cannot trace: a filtered range and a silent host look the same',
      verdict: 'undetermined',
      confidence: 'weak',
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'pass', 'dynamic-rpc': 'undetermined' },
    },
  },
];

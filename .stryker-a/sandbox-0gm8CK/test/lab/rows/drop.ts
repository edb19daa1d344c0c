import { type Row, r1, r2 } from '../row.ts';
import { HEALTHY, over6, UNREACHABLE, WITHOUT_135, WITHOUT_BLOCK } from './common.ts';

const XP = ['--novice', 'xp-2003'] as const;

/** 3389 lies in the range that KB301527 asks for. */
const WITHOUT_3389_RANGES = ['1025-3388 reachable', '3389-3389 filtered', '3390-65535 reachable'];

const drop135: Row = {
  name: 'drop-135-r1',
  about: 'router 1 drops TCP 135',
  host: 'server',
  rules: [r1('$to tcp dport 135 drop')],
  expect: { ...WITHOUT_135, confidence: 'proven', filters: ['135 drop after r1'] },
  node: {
    knownLimit: 'cannot trace: that the port is filtered follows from other ports that answer',
    confidence: 'likely',
  },
};

const dropBlock: Row = {
  name: 'drop-block-r1',
  about: 'router 1 drops a block of the dynamic range',
  host: 'server',
  rules: [r1('$to tcp dport 50000-54999 drop')],
  expect: { ...WITHOUT_BLOCK, filters: ['50000-54999 drop after r1'] },
};

const dropAll: Row = {
  name: 'drop-all',
  about: 'router 1 drops all TCP, and no echo is asked: nothing tells a filter from an empty address',
  host: 'server',
  rules: [r1('$to meta l4proto tcp drop')],
  expect: UNREACHABLE,
};

const drop135Late: Row = {
  name: 'drop-135-r2',
  about: 'router 2, the last before the host, drops TCP 135: from outside the host might do it itself',
  host: 'server',
  rules: [r2('$to tcp dport 135 drop')],
  expect: { ...WITHOUT_135, confidence: 'likely', filters: ['135 drop after r2'] },
};

/** Filters that say nothing: packets vanish. */
export const dropRows: readonly Row[] = [
  dropAll,
  over6(dropAll),
  {
    name: 'drop-all-echo',
    about: 'router 1 drops all TCP, but the host answers an ICMP echo, so it is there',
    host: 'server',
    rules: [r1('$to meta l4proto tcp drop')],
    ping: true,
    expect: {
      verdict: 'blocked',
      requirements: {
        'endpoint-mapper': 'fail',
        'remote-desktop': 'undetermined',
        'dynamic-rpc': 'undetermined',
      },
      ports: UNREACHABLE.ports,
    },
  },
  drop135,
  over6(drop135),
  {
    ...drop135,
    name: 'drop-135-r1-150ms',
    about: 'router 1 drops TCP 135, the host is 150 ms away',
    way: '150ms',
  },
  drop135Late,
  over6(drop135Late),
  {
    name: 'drop-135-before-r2',
    about: 'TCP 135 is lost between the routers: router 2 never sees it',
    host: 'server',
    rules: [{ at: 'r2', hook: 'prerouting', nft: '$to tcp dport 135 drop' }],
    expect: { ...WITHOUT_135, confidence: 'proven', filters: ['135 drop after r1'] },
    node: { knownLimit: 'cannot trace', confidence: 'likely' },
  },
  {
    name: 'drop-135-answers',
    about: 'router 1 lets the question to 135 pass and drops the answer',
    host: 'server',
    rules: [r1('$from tcp sport 135 drop')],
    expect: { ...WITHOUT_135, filters: ['135 drop after r1'] },
    linux: {
      knownLimit:
        'questions pass all routers, so a filter on the way back looks like one behind the last router',
      filters: ['135 drop after r2'],
    },
  },
  {
    name: 'drop-135-quiet-router',
    about: 'router 1 drops TCP 135 and never says that a TTL ran out',
    host: 'server',
    rules: [r1('$to tcp dport 135 drop'), { at: 'r1', hook: 'output', nft: '$exceeded drop' }],
    expect: {
      ...WITHOUT_135,
      filters: ['135 drop after nobody'],
      says: ['somewhere before $r2, the first router that answers', 'Open the filter before $r2'],
    },
  },
  {
    name: 'drop-3389-as-xp',
    about: 'router 1 drops TCP 3389, which an XP novice needs',
    host: 'server',
    rules: [r1('$to tcp dport 3389 drop')],
    options: XP,
    expect: {
      verdict: 'blocked',
      confidence: 'proven',
      generation: 'xp-2003',
      byGeneration: { 'xp-2003': 'blocked', 'vista-or-later': 'ready' },
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'fail', 'dynamic-rpc': 'pass' },
      ports: { ...HEALTHY.ports, 3389: 'filtered no-response' },
      ranges: WITHOUT_3389_RANGES,
      filters: ['3389 drop after r1'],
    },
    node: {
      knownLimit: 'cannot trace: the filter follows from other ports that answer',
      confidence: 'likely',
    },
  },
  {
    name: 'drop-3389',
    about: 'router 1 drops TCP 3389, which nobody needs since Vista',
    host: 'server',
    rules: [r1('$to tcp dport 3389 drop')],
    expect: {
      ...HEALTHY,
      byGeneration: { 'xp-2003': 'blocked', 'vista-or-later': 'ready' },
      ports: { ...HEALTHY.ports, 3389: 'filtered no-response' },
      ranges: WITHOUT_3389_RANGES,
      filters: ['3389 drop after r1'],
    },
  },
  dropBlock,
  over6(dropBlock),
  { ...dropBlock, name: 'drop-block-150ms', about: 'the same block, 150 ms away', way: '150ms' },
  {
    ...dropBlock,
    name: 'drop-two-blocks',
    about: 'each router drops a block of its own',
    rules: [r1('$to tcp dport 52000-54999 drop'), r2('$to tcp dport 58000-61999 drop')],
    expect: {
      ...WITHOUT_BLOCK,
      ports: {
        ...HEALTHY.ports,
        '52000-54999': 'filtered no-response',
        '58000-61999': 'filtered no-response',
      },
      ranges: [
        '1025-51999 reachable',
        '52000-54999 filtered',
        '55000-57999 reachable',
        '58000-61999 filtered',
        '62000-65535 reachable',
      ],
      filters: ['52000-54999 drop after r1', '58000-61999 drop after r2'],
      says: [
        'silently dropped after $r1: TCP 52000-54999. TCP 58000-61999 is silently dropped after $r2.',
        'Open the filter after $r1',
        'tcp dport { 52000-54999 } accept',
        'Open the filter after $r2',
        'tcp dport { 58000-61999 } accept',
      ],
    },
  },
  {
    ...dropBlock,
    name: 'drop-old-block-as-xp',
    about: 'router 1 drops a block where XP allocates',
    rules: [r1('$to tcp dport 1500-2999 drop')],
    options: XP,
    expect: {
      verdict: 'blocked',
      confidence: 'proven',
      generation: 'xp-2003',
      byGeneration: { 'xp-2003': 'blocked', 'vista-or-later': 'ready' },
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'pass', 'dynamic-rpc': 'fail' },
      ports: {
        135: 'open syn-ack',
        listed: 'open syn-ack',
        3389: 'open syn-ack',
        '1500-2999': 'filtered no-response',
        rest: 'closed conn-refused',
      },
      ranges: ['1025-1499 reachable', '1500-2999 filtered', '3000-65535 reachable'],
      filters: ['1500-2999 drop after r1'],
    },
  },
  {
    name: 'drop-unused-middle',
    about: 'router 1 drops a block where no Windows allocates by default: no harm since Vista',
    host: 'server',
    rules: [r1('$to tcp dport 20000-39999 drop')],
    expect: {
      ...HEALTHY,
      ports: { ...HEALTHY.ports, '20000-39999': 'filtered no-response' },
      ranges: ['1025-19999 reachable', '20000-39999 filtered', '40000-65535 reachable'],
      filters: ['20000-39999 drop after r1'],
    },
  },
  {
    name: 'pass-narrow-range',
    about: 'router 2 passes 135, 3389 and 4096 dynamic ports',
    host: 'server',
    rules: [r2('$to tcp dport != { 135, 3389, 49152-53247 } drop')],
    expect: {
      ...WITHOUT_BLOCK,
      ports: {
        135: 'open syn-ack',
        3389: 'open syn-ack',
        listed: 'open syn-ack',
        '49152-53247': 'closed conn-refused',
        rest: 'filtered no-response',
      },
      ranges: [
        '1025-3388 filtered',
        '3389-3389 reachable',
        '3390-49151 filtered',
        '49152-53247 reachable',
        '53248-65535 filtered',
      ],
    },
    node: {
      knownLimit:
        'cannot tell whose the refusals are, and they all lie in one block: a silent host whose filter refuses looks the same',
      verdict: 'undetermined',
      confidence: 'weak',
      byGeneration: {},
      requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'undetermined' },
      ranges: [
        'about 1025-3388 unknown',
        'about 3389-3389 reachable',
        'about 3390-49151 unknown',
        'about 49152-49154 reachable',
        'about 49155-65535 unknown',
      ],
    },
  },
  {
    name: 'pass-agreed-range',
    about: 'router 2 passes the range that the administrator agreed on (KB300083)',
    host: 'server',
    rules: [r2('$to tcp dport != { 135, 49152-49407 } drop')],
    rpcPorts: { from: 49_152, to: 49_407 },
    expect: {
      ...HEALTHY,
      byGeneration: { 'vista-or-later': 'ready' },
      ports: { ...HEALTHY.ports, 3389: 'filtered no-response' },
      ranges: ['about 49152-49407 reachable'],
      filters: ['3389 drop after r2'],
    },
  },
  {
    name: 'pass-endpoints-only',
    about: 'router 1 passes 135, 3389 and the ports that Samba listens on now',
    host: 'server',
    rules: [r1('$to tcp dport != { 135, 3389, 49152-49200 } drop')],
    expect: {
      verdict: 'blocked',
      confidence: 'proven',
      generation: 'vista-or-later',
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': 'fail' },
      ports: { ...HEALTHY.ports, rest: 'filtered no-response' },
      filters: ['1025-65535 drop after r1'],
    },
    node: {
      knownLimit:
        'cannot trace: silence beside open endpoints is also how a Windows host with its firewall on looks',
      verdict: 'ready',
      confidence: 'likely',
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': 'pass' },
    },
  },
];

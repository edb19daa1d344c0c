import { type Expectation, output, type Row, type Rule, r2 } from '../row.ts';
import { HEALTHY, over6, WITHOUT_135, WITHOUT_BLOCK } from './common.ts';

const BY_R2 = 'filtered middlebox-reset from r2';
const LOOKS_CLOSED = 'cannot see the TTL of a reset: it looks like the refusal of the host';

const resets = (ports: string): Rule => r2(`$to ${ports} reject with tcp reset`);
const STEALTH = output('$from tcp flags & rst == rst drop');

const { ranges: _ranges, ...healthy } = HEALTHY;

/** What the host would say if router 2 let it: nothing where nothing listens. */
const SILENT = { ...HEALTHY.ports, rest: 'filtered no-response' } as const;

const block: Row = {
  name: 'reset-52000-r2',
  about: 'router 2 resets a block for an open host, whose own resets differ from these in their TTL only',
  host: 'server',
  rules: [resets('tcp dport 52000-58000')],
  expect: {
    ...WITHOUT_BLOCK,
    ports: { ...HEALTHY.ports, '52000-58000': BY_R2 },
    ranges: ['1025-51999 reachable', '52000-58000 filtered', '58001-65535 reachable'],
    filters: ['52000-58000 reset after r2'],
  },
  node: { ...HEALTHY, knownLimit: LOOKS_CLOSED, ports: { '52000-58000': 'closed conn-refused' } },
};

/** Some listed ports lie inside of the block; which, Samba decides at its start. */
const inverted: Row = {
  name: 'reset-49157-r2-stealth',
  about:
    'router 2 resets 49157-57348 of a silent host: the only ports that seem to refuse are those that are filtered',
  host: 'server',
  rules: [STEALTH, resets('tcp dport 49157-57348')],
  expect: {
    verdict: 'blocked',
    requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'fail' },
    stretches: ['1025-49156 reachable', '49157-57348 filtered', '57349-65535 reachable'],
    filters: ['49157-57348 reset after r2'],
    because: ['!dynamic-selective'],
  },
  node: {
    knownLimit: `${LOOKS_CLOSED}; but listed ports that refuse contradict their list`,
    verdict: 'undetermined',
    confidence: 'weak',
    requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'undetermined' },
    stretches: ['1025-49156 reachable', '57349-65535 reachable'],
  },
};

const CLOSED = 'closed conn-refused|reset';

const everything: Row = {
  name: 'reset-all-r2',
  about:
    'router 2 resets every port: the picture of a host without a firewall and without RPC, but for the TTL',
  host: 'server',
  rules: [resets('meta l4proto tcp')],
  expect: {
    verdict: 'blocked',
    requirements: {
      'endpoint-mapper': 'fail',
      'remote-desktop': 'fail|undetermined',
      'dynamic-rpc': 'fail|undetermined',
    },
    ports: { 135: BY_R2, 3389: BY_R2, rest: BY_R2 },
    because: ['!desktop-refused', '!dynamic-all-answered'],
  },
  linux: {
    knownLimit:
      'nothing accepts, and a check has no neighbour: there is no TTL to compare those of the resets with',
    ports: { 135: CLOSED, 3389: CLOSED, rest: CLOSED },
  },
  node: {
    knownLimit: LOOKS_CLOSED,
    requirements: { 'endpoint-mapper': 'fail' },
    ports: { 135: 'closed conn-refused', 3389: 'closed conn-refused', rest: 'closed conn-refused' },
    because: [],
  },
};

const as3389: Expectation = {
  ...HEALTHY,
  ports: { ...HEALTHY.ports, 3389: BY_R2 },
  byGeneration: { 'xp-2003': 'blocked', 'vista-or-later': 'ready' },
  ranges: ['1025-3388 reachable', '3389-3389 filtered', '3390-65535 reachable'],
  filters: ['3389 reset after r2'],
};
const node3389 = {
  knownLimit: LOOKS_CLOSED,
  byGeneration: { 'xp-2003': 'ready', 'vista-or-later': 'ready' },
  ports: { 3389: 'closed conn-refused' },
} as const;

const reset135Stealth: Row = {
  name: 'reset-135-r2-stealth',
  about: 'router 2 resets 135 of a silent host: the only refusal there is is not the host',
  host: 'server',
  rules: [STEALTH, resets('tcp dport 135')],
  expect: {
    verdict: 'blocked',
    requirements: { 'endpoint-mapper': 'fail' },
    ports: { ...WITHOUT_135.ports, 135: BY_R2, rest: SILENT.rest },
    filters: ['135 reset after r2'],
  },
  node: { knownLimit: LOOKS_CLOSED, ports: { 135: 'closed conn-refused' } },
};

/** Resets in the name of the host by the last router before it, which answers to the same TTLs as the host. */
export const resetRows: readonly Row[] = [
  block,
  over6(block),
  {
    ...block,
    name: 'reset-52000-r2-stealth',
    about: 'router 2 resets a block of a silent host: there the filter refuses and the host does not',
    rules: [STEALTH, resets('tcp dport 52000-58000')],
    expect: {
      verdict: 'blocked',
      requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'fail' },
      ports: { ...SILENT, '52000-58000': BY_R2 },
      stretches: ['1025-51999 reachable', '52000-58000 filtered', '58001-65535 reachable'],
      filters: ['52000-58000 reset after r2'],
    },
    node: {
      knownLimit: `${LOOKS_CLOSED}; that all refusals lie in one block speaks against a refusing host`,
      verdict: 'ready|undetermined',
      confidence: 'likely|weak',
      requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'pass|undetermined' },
      ports: { '52000-58000': 'closed conn-refused' },
      stretches: ['1025-65535 reachable'],
    },
  },
  {
    ...block,
    name: 'reset-52000-equal-ttl',
    about: 'router 2 resets a block with the very TTL of the host: nobody can tell it from the host',
    rules: [
      resets('tcp dport 52000-58000'),
      { at: 'r2', hook: 'output', nft: '$from tcp flags & rst == rst $ttl set 127' },
    ],
    expect: {
      ...block.expect,
      ports: { ...HEALTHY.ports, '52000-58000': 'closed conn-refused' },
    },
    node: { ...HEALTHY, knownLimit: LOOKS_CLOSED },
    linux: { ...HEALTHY, knownLimit: 'a reset that comes with the TTL of the host is likely its own' },
  },
  inverted,
  over6(inverted),
  everything,
  over6(everything),
  {
    name: 'reset-3389-r2',
    about: 'router 2 resets 3389, which nobody needs since Vista: a closed port looks the same',
    host: 'server',
    rules: [resets('tcp dport 3389')],
    expect: as3389,
    node: { ...node3389, ranges: HEALTHY.ranges ?? [] },
  },
  {
    name: 'reset-3389-r2-as-xp',
    about: 'router 2 resets 3389, which XP needs: a closed one would be opened on demand',
    host: 'server',
    rules: [resets('tcp dport 3389')],
    options: ['--novice', 'xp-2003'],
    expect: {
      ...as3389,
      verdict: 'blocked',
      confidence: 'proven',
      generation: 'xp-2003',
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'fail', 'dynamic-rpc': 'pass' },
    },
    node: {
      ...node3389,
      verdict: 'ready',
      confidence: 'likely',
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'pass', 'dynamic-rpc': 'pass' },
      ranges: HEALTHY.ranges ?? [],
    },
  },
  {
    name: 'reset-3389-r2-stealth',
    about: 'router 2 resets 3389 of a silent host, which is the one refusal to be seen',
    host: 'server',
    rules: [STEALTH, resets('tcp dport 3389')],
    expect: {
      ...healthy,
      byGeneration: { 'vista-or-later': 'ready' },
      ports: { ...SILENT, 3389: BY_R2 },
      filters: ['3389 reset after r2'],
    },
    node: { knownLimit: LOOKS_CLOSED, ports: { 3389: 'closed conn-refused' } },
  },
  reset135Stealth,
  over6(reset135Stealth),
];

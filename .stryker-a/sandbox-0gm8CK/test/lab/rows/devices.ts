import { input, type Row, type Rule } from '../row.ts';
import { HEALTHY, over6, UNREACHABLE, WITHOUT_135, WITHOUT_BLOCK } from './common.ts';

const marksHighPorts: Row = {
  name: 'ttl-set-r1',
  about:
    'router 1 sets the TTL of packets to ports above 1024, so answers come at TTLs that would not reach the host',
  host: 'server',
  rules: [{ at: 'r1', hook: 'forward', nft: '$to tcp dport > 1024 $ttl set 64' }],
  expect: {
    verdict: 'ready|undetermined',
    confidence: 'likely|weak',
    requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'pass|undetermined' },
    ports: HEALTHY.ports ?? {},
    stretches: ['1025-65535 reachable'],
    filters: [],
    because: ['!dynamic-reset-on-way', '!desktop-reset-on-way'],
    noRemedyAt: 'network',
  },
};

const SEEDS = [1, 2, 3, 4];
const drop = (twin: 'a' | 'b', ports: string): Rule => ({
  at: twin,
  hook: 'forward',
  nft: `$to tcp dport ${ports} drop`,
});

const twinOpen: Row = {
  name: 'twin-open',
  about: 'two routers of equal cost share the flows, and nothing is filtered',
  host: 'server',
  way: 'twin',
  seeds: SEEDS,
  expect: { ...HEALTHY, flows: { 135: 'all' }, multipath: ['a', 'b'] },
};

const twinDrops135: Row = {
  ...twinOpen,
  name: 'twin-drop-135-a',
  about:
    'one of two equal routers drops TCP 135: every second offer fails, and asking again over a new flow hides it',
  rules: [drop('a', '135')],
  expect: {
    verdict: 'blocked',
    requirements: { 'endpoint-mapper': 'fail', 'remote-desktop': 'not-needed|pass', 'dynamic-rpc': 'pass' },
    flows: { 135: 'some' },
    multipath: ['a', 'b'],
    because: ['mapper-some-flows'],
  },
};

const SILENT_ROUTER: Rule = { at: 'a', hook: 'output', nft: '$exceeded drop' };

const muteTwin: Row = {
  ...twinOpen,
  name: 'twin-mute-stealth',
  about:
    'one of two equal routers says nothing of TTLs and the host is silent where nothing listens: both together look like a filter on the way',
  // Chance decides over which router each packet goes, so one run shows little.
  seeds: [1, 2, 3, 4, 5, 6, 7, 8],
  rules: [SILENT_ROUTER, input('$to tcp dport 135 accept'), input('$to meta l4proto tcp drop')],
  expect: {
    verdict: 'undetermined',
    confidence: 'weak',
    requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'undetermined' },
    ports: { ...UNREACHABLE.ports, 135: 'open syn-ack' },
    filters: [],
    because: ['!dynamic-dropped-on-way', '!desktop-dropped-on-way'],
  },
};

/** Devices on the way that are no filter for all, or none at all. */
export const deviceRows: readonly Row[] = [
  marksHighPorts,
  over6(marksHighPorts),
  twinOpen,
  over6(twinOpen),
  twinDrops135,
  over6(twinDrops135),
  muteTwin,
  over6(muteTwin),
  {
    ...twinOpen,
    name: 'twin-drop-dynamic-a',
    about: 'one of two equal routers drops the dynamic range: every port answers, over half of the flows',
    rules: [drop('a', '49152-65535')],
    expect: {
      verdict: 'blocked|undetermined',
      requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'fail|undetermined' },
      stretches: ['1025-49151 reachable', '49152-65535 mixed'],
      multipath: ['a', 'b'],
    },
  },
  {
    ...twinOpen,
    name: 'twin-drop-135-both',
    about: 'both of two equal routers drop TCP 135, as any single one would',
    rules: [drop('a', '135'), drop('b', '135')],
    expect: {
      ...WITHOUT_135,
      // Behind either of the two: the one that drops is the last that says that a TTL ran out.
      confidence: 'proven|likely',
    },
  },
  {
    ...twinOpen,
    name: 'twin-drop-block-both',
    about: 'both of two equal routers drop a block of the dynamic range',
    seeds: [1],
    rules: [drop('a', '50000-54999'), drop('b', '50000-54999')],
    expect: { ...WITHOUT_BLOCK, confidence: 'proven|likely' },
  },
];

import { input, type Limit, type Row, type Rule, r1, r2 } from '../row.ts';

/** The novice as a Windows client comes: of its ports only 135 answers. Its neighbours refuse what nothing listens on. */
const CLIENT: readonly Rule[] = [
  input('ip daddr $novice tcp dport 135 accept'),
  input('ip daddr $novice meta l4proto tcp drop'),
];

const RANGE = 'tcp dport 49152-65535';

/** Every second group of eight neighbours is silent clients. */
const HALF_SILENT: readonly Rule[] = ['tcp dport 135 accept', 'meta l4proto tcp drop'].map((what) =>
  input(`$to ip daddr & 0.0.0.8 == 0.0.0.8 ${what}`),
);

const NOT_TRACED: Limit = {
  knownLimit: 'cannot trace: nobody knows whether the witness lies behind the same router',
  verdict: 'undetermined',
  confidence: 'weak',
  because: ['clear-so-far'],
};

const row = (
  name: string,
  about: string,
  { rules, witnesses = 1, expect }: Pick<Row, 'expect'> & Partial<Pick<Row, 'rules' | 'witnesses'>>,
): Row => ({
  name: `witness-${name}`,
  about,
  host: 'server',
  witnesses,
  rules: [...CLIENT, ...(rules ?? [])],
  expect,
  ...(expect === OPEN ? {} : { node: NOT_TRACED }),
});

const CLEAR = { verdict: 'ready', confidence: 'likely', because: ['witness-clear'], filters: [] } as const;
const OPEN = {
  verdict: 'undetermined',
  confidence: 'weak',
  because: ['clear-so-far', '!witness-clear'],
} as const;
const BLOCKED = { verdict: 'blocked', confidence: 'proven', because: ['dynamic-dropped-on-way'] } as const;

/** A silent client with other machines of its subnet as witnesses: filters for the subnet, for single hosts, on the last router. */
export const witnessRows: readonly Row[] = [
  row('clear', 'a neighbour answers where the client is silent', {
    expect: {
      ...CLEAR,
      says: [
        "answers on 49152-65535, so the network most likely passes the range; the novice's own firewall",
      ],
    },
  }),
  row('subnet-r1', 'router 1 drops the range for the subnet: the client shows it by itself', {
    rules: [r1(`$to ${RANGE} drop`)],
    expect: { ...BLOCKED, filters: ['49152-65535 drop after r1'] },
  }),
  row(
    'subnet-r2',
    'router 2, the last, drops the range for the subnet: one witness may be filtered by itself',
    {
      rules: [r2(`$to ${RANGE} drop`)],
      expect: OPEN,
    },
  ),
  row('subnet-r2-two', 'router 2 drops the range for the subnet, and two witnesses are filtered alike', {
    rules: [r2(`$to ${RANGE} drop`)],
    witnesses: 2,
    expect: { verdict: 'blocked', confidence: 'likely', because: ['witness-filtered'] },
  }),
  row('old-range-r2', 'router 2 drops what XP uses, which this client does not', {
    rules: [r2('$to tcp dport 1025-5000 drop')],
    expect: CLEAR,
  }),
  row('novice-r1', 'router 1 drops the range for the client alone: it shows it by itself', {
    rules: [r1(`ip daddr $novice ${RANGE} drop`)],
    expect: { ...BLOCKED, filters: ['49152-65535 drop after r1'] },
  }),
  row('one-r2', 'router 2 drops the range for the witness alone', {
    rules: [r2(`ip daddr $witness ${RANGE} drop`)],
    expect: OPEN,
  }),
  row('own', 'the witness drops the range by a firewall of its own', {
    rules: [input(`ip daddr $witness ${RANGE} drop`)],
    expect: OPEN,
  }),
  row('disagree-r2', 'router 2 drops the range for one of two witnesses', {
    rules: [r2(`ip daddr $witness ${RANGE} drop`)],
    witnesses: 2,
    expect: { ...OPEN, because: ['clear-so-far', 'witness-disagree'] },
  }),
  row('reset-r2', 'router 2 resets everything in the name of the witness', {
    rules: [r2('ip daddr $witness meta l4proto tcp reject with tcp reset')],
    expect: OPEN,
  }),
  row('reset-range-r2', 'router 2 resets the range in the name of the witness', {
    rules: [r2(`ip daddr $witness ${RANGE} reject with tcp reset`)],
    expect: OPEN,
  }),
  {
    name: 'audit-witnesses',
    about: 'half of sixteen neighbours are silent clients, the others refuse: the network passes the range',
    host: 'server',
    wires: ['linux', 'syn'],
    rules: HALF_SILENT,
    audit: { groups: [] },
    expect: { verdict: 'ready', confidence: 'likely', filters: [] },
  },
  {
    name: 'audit-witnesses-filtered',
    about: 'the same behind a router, the last, that drops the range: nobody says that it passes',
    host: 'server',
    wires: ['linux', 'syn'],
    rules: [...HALF_SILENT, r2(`$to ${RANGE} drop`)],
    audit: { agree: true },
    expect: { verdict: 'blocked|undetermined', because: ['!witness-clear'] },
  },
];

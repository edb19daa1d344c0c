import { type HostReport, isClearSoFar, type PortReport, type Report } from '../../src/model/report.ts';

/** Made-up but possible reports, one of each kind. */
const port = (changes: Partial<PortReport> & Pick<PortReport, 'port' | 'requirement'>): PortReport => ({
  state: 'closed',
  reason: 'conn-refused',
  from: null,
  ttl: null,
  rttMs: 11.2,
  attempts: 1,
  flows: { asked: 1, answered: 1 },
  service: null,
  detail: null,
  ...changes,
});

const dynamic = [1100, 2200, 3300, 50_400, 53_000, 60_000].map((number) =>
  port({
    port: number,
    requirement: 'dynamic-rpc',
    ...(number === 50_400 || number === 53_000
      ? {
          state: 'filtered',
          reason: 'no-response',
          rttMs: null,
          attempts: 3,
          flows: { asked: 1, answered: 0 },
        }
      : {}),
  }),
);

export const blocked: HostReport = {
  target: 'pc0417.corp.example',
  address: '10.77.1.2',
  names: ['pc0417.corp.example'],
  verdict: 'blocked',
  confidence: 'proven',
  novice: {
    generation: 'vista-or-later',
    evidence: ['RPC servers on 49664, in the range of Vista and later'],
  },
  byGeneration: { 'xp-2003': 'ready', 'vista-or-later': 'blocked' },
  because: [
    {
      rule: 'dynamic-dropped-on-way',
      text: 'Dynamic RPC ports are silently dropped after 10.64.1.1: TCP 50000-54999. Left open: 1025-49999, 55000-65535.',
      ports: [50_400, 53_000],
    },
    { rule: 'mapper-answers', text: 'TCP 135 accepts and the RPC endpoint mapper answers.', ports: [135] },
    {
      rule: 'desktop-not-needed',
      text: 'Windows Vista and later do not use TCP 3389 for Remote Assistance.',
      ports: [3389],
    },
  ],
  requirements: [
    {
      name: 'endpoint-mapper',
      state: 'pass',
      confidence: 'proven',
      rule: 'mapper-answers',
      text: 'TCP 135 accepts.',
    },
    {
      name: 'remote-desktop',
      state: 'not-needed',
      confidence: 'proven',
      rule: 'desktop-not-needed',
      text: 'Not used.',
    },
    {
      name: 'dynamic-rpc',
      state: 'fail',
      confidence: 'proven',
      rule: 'dynamic-dropped-on-way',
      text: 'Dropped.',
    },
  ],
  ports: [
    port({
      port: 135,
      requirement: 'endpoint-mapper',
      state: 'open',
      reason: 'syn-ack',
      service: 'epmap',
      detail: 'lists 8 TCP endpoints',
    }),
    port({ port: 3389, requirement: 'remote-desktop' }),
    ...dynamic,
  ],
  ranges: [
    { from: 1025, to: 49_999, state: 'reachable', exact: true },
    { from: 50_000, to: 54_999, state: 'filtered', exact: true },
    { from: 55_000, to: 65_535, state: 'reachable', exact: true },
  ],
  coverage: { sampled: 6, population: 64_511, filtered: 2, blockGuaranteed: 20_000, upperBound95: 0.72 },
  endpoints: [{ port: 49_664, interface: '12345778-1234-abcd-ef00-0123456789ac v1.0', annotation: '' }],
  path: {
    hops: [
      { ttl: 1, address: '10.64.1.1', rttMs: 5.1 },
      { ttl: 2, address: '10.64.2.2', rttMs: 10.4 },
    ],
    filters: [{ ports: [50_400, 53_000], afterHop: '10.64.1.1', by: null, how: 'drop' }],
    multipath: [],
  },
  remedies: [
    {
      id: 'open-network-filter',
      title: 'Open the filter after 10.64.1.1',
      where: 'network',
      text: "Allow TCP 50000-54999 from the experts' network to 10.77.1.2, and return traffic. The filter is 10.64.1.1 or the next device behind it. Replace EXPERT with the experts' network.",
      commands: [
        'nft insert rule inet filter forward ip saddr EXPERT ip daddr 10.77.1.2 tcp dport { 50000-54999 } accept',
        'permit tcp EXPERT host 10.77.1.2 range 50000 54999',
        'permit tcp host 10.77.1.2 EXPERT established',
      ],
      tools: ['nftables', 'cisco', 'cisco'],
    },
  ],
};

const bare = {
  novice: { generation: 'unknown', evidence: [] },
  endpoints: [],
  path: { hops: [], filters: [], multipath: [] },
  ranges: [],
} as const;

export const ready: HostReport = {
  ...blocked,
  ...bare,
  target: '10.77.1.9',
  address: '10.77.1.9',
  names: [],
  verdict: 'ready',
  byGeneration: { 'xp-2003': 'ready', 'vista-or-later': 'ready' },
  because: [
    { rule: 'mapper-answers', text: 'TCP 135 accepts and the RPC endpoint mapper answers.', ports: [135] },
  ],
  requirements: blocked.requirements.map((one) =>
    one.state === 'fail'
      ? {
          ...one,
          state: 'pass',
          rule: 'dynamic-all-answered',
          text: 'All 32 dynamic ports probed in 1025-65535 answered.',
        }
      : one,
  ),
  ports: [
    port({ port: 135, requirement: 'endpoint-mapper', state: 'open', reason: 'syn-ack' }),
    port({ port: 1100, requirement: 'dynamic-rpc' }),
  ],
  coverage: { sampled: 32, population: 64_511, filtered: 0, blockGuaranteed: 7344, upperBound95: 0.0893 },
  ranges: [{ from: 1025, to: 65_535, state: 'reachable', exact: false }],
  remedies: [],
};

export const unreachable: HostReport = {
  ...ready,
  ...bare,
  target: '2001:db8:1234:5678:9abc:def0:1234:5678',
  address: '2001:db8:1234:5678:9abc:def0:1234:5678',
  verdict: 'unreachable',
  confidence: 'likely',
  byGeneration: { 'xp-2003': 'unreachable', 'vista-or-later': 'unreachable' },
  because: [
    {
      rule: 'no-answer',
      text: 'Nothing answered: the host is off, gone, or everything to it is silently dropped, there or back.',
      ports: [],
    },
  ],
  requirements: blocked.requirements.map((one) => ({ ...one, state: 'undetermined', confidence: 'weak' })),
  ports: [135, 3389].map((number) =>
    port({
      port: number,
      requirement: number === 135 ? 'endpoint-mapper' : 'remote-desktop',
      state: 'filtered',
      reason: 'no-response',
      rttMs: null,
      attempts: 2,
      flows: { asked: 1, answered: 0 },
    }),
  ),
  coverage: { ...ready.coverage, sampled: 0, upperBound95: 1 },
};

/** The usual Windows client: 135 answers, and the rest cannot be tested. */
export const clear: HostReport = {
  ...ready,
  target: '10.77.1.43',
  address: '10.77.1.43',
  verdict: 'undetermined',
  confidence: 'weak',
  byGeneration: { 'xp-2003': 'undetermined', 'vista-or-later': 'undetermined' },
  because: [
    {
      rule: 'clear-so-far',
      text: 'TCP 135 answers, and nothing was found that would block an offer.',
      ports: [],
    },
    { rule: 'dynamic-silent', text: 'No dynamic port probed in 1025-65535 answers.', ports: [] },
  ],
  requirements: blocked.requirements.map((one) =>
    one.state === 'fail'
      ? { ...one, state: 'undetermined', confidence: 'weak', rule: 'dynamic-silent' }
      : one,
  ),
  remedies: [
    {
      id: 'test-dynamic-port',
      title: 'Test one dynamic port by hand',
      where: 'novice',
      text: 'Listen there and check again.',
      commands: ['New-NetFirewallRule -DisplayName "x"', '$l.Start()'],
      tools: ['powershell', 'powershell'],
    },
    {
      id: 'check-on-novice',
      title: 'Check what no probe can see',
      where: 'novice',
      text: 'The policy is enabled.',
      commands: ['gpresult /r'],
      tools: ['cmd'],
    },
  ],
};

export const unnamed: HostReport = {
  ...unreachable,
  target: 'pc-unknown',
  address: null,
  names: ['pc-unknown'],
  because: [
    { rule: 'name-not-found', text: 'The name pc-unknown is unknown to the name service.', ports: [] },
  ],
  ports: [],
};

/** A host whose every text tries to steer the terminal. */
export const hostile: HostReport = {
  ...blocked,
  target: 'evil\u001b[2J\u202e.example',
  names: ['\u009b31mred'],
  because: [
    { rule: 'mapper-foreign', text: 'Something says \u001b]0;owned\u0007 on TCP 135.', ports: [135] },
  ],
  ports: [
    port({
      port: 135,
      requirement: 'endpoint-mapper',
      state: 'open',
      reason: 'syn-ack',
      detail: 'answers \r\n\u001b[1A\u0000 spoofed',
    }),
  ],
  endpoints: [{ port: 49_664, interface: '\u001b[31m', annotation: '\u202eevil' }],
  remedies: [
    {
      id: 'x',
      title: '\u001b[5mblink',
      where: 'novice',
      text: 'line\nbreak',
      commands: ['rm -rf \u001b[8m/ # hidden'],
    },
  ],
};

export const reportOf = (hosts: readonly HostReport[]): Report => ({
  schema: 'ra-preflight/report@1',
  tool: { name: 'ra-preflight', version: '0.0.0' },
  run: {
    id: '20260101T000000Z-000000',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:02.200Z',
    vantage: 'expert',
    engine: 'linux',
    engineWhy: 'test',
    novice: 'auto',
    seed: 7,
    probesSent: 197,
    durationMs: 2200,
    interrupted: false,
  },
  hosts,
  groups: [],
  summary: {
    hosts: hosts.length,
    ready: hosts.filter(({ verdict }) => verdict === 'ready').length,
    blocked: hosts.filter(({ verdict }) => verdict === 'blocked').length,
    undetermined: hosts.filter(({ verdict }) => verdict === 'undetermined').length,
    clearSoFar: hosts.filter(isClearSoFar).length,
    unreachable: hosts.filter(({ verdict }) => verdict === 'unreachable').length,
  },
});

/** All that a formatter yields. */
export const textOf = (chunks: Iterable<string>): string => [...chunks].join('');

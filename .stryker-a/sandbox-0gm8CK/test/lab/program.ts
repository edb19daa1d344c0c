import { join } from 'node:path';
import type { Report, Verdict } from '../../src/model/report.ts';
import type { Lab } from './lab.ts';
import { neighbourIn } from './layout.ts';
import { PINGERS } from './network.ts';
import type { Row, WireName } from './row.ts';

/** What the program is given for a row, its address aside. */
const argumentsOf = (lab: Lab, row: Row, wire: WireName, seed: number): string[] => [
  ...['--format', 'json', '--seed', String(seed), '--engine', wire],
  ...(row.ping ? [] : ['--no-ping']),
  ...(row.rpcPorts ? ['--rpc-ports', `${row.rpcPorts.from}-${row.rpcPorts.to}`] : []),
  ...(row.audit ? ['--db', ':memory:', '--quiet'] : []),
  ...(row.responder ? ['--responder', lab.codeOf(row)] : []),
  ...(row.responder?.dials ? ['--listen', `:${row.responder.dials}`] : []),
  ...(row.options ?? []),
];

/** Exit codes that go with verdicts (docs/output.md): the worst of all hosts decides. */
const exitFor = (verdicts: readonly Verdict[]): number => {
  if (verdicts.includes('blocked')) return 1;
  return verdicts.every((verdict) => verdict === 'ready') ? 0 : 3;
};

/** Takes every privilege from what follows, for good. */
const asNobody = (group: number): string[] => [
  'setpriv',
  ...[
    '--reuid',
    '65534',
    '--regid',
    String(group),
    '--clear-groups',
    '--bounding-set=-all',
    '--inh-caps=-all',
  ],
];

const USERS = { nobody: asNobody(PINGERS), 'nobody-without-echo': asNobody(PINGERS - 1) } as const;

/** Runs the real binary on the expert's machine against a row. Throws when it does not end in a report that fits its exit code. */
export const askRow = async (
  lab: Lab,
  row: Row,
  wire: WireName,
  { binary, seed = 1 }: { readonly binary: string; readonly seed?: number },
): Promise<Report> => {
  const block = lab.addressOf(row, wire);
  const [address, ...beside] = row.witnesses
    ? [1, 2, 3].slice(0, 1 + row.witnesses).map((n) => neighbourIn(block, n))
    : [block];
  const command = [process.execPath, binary, row.audit ? 'audit' : 'check', address ?? ''];
  // A home of its own: a config file of whoever runs the tests must not take part.
  const home = join(lab.folder, 'home');
  const { code, stdout, stderr } = await lab.asExpert(
    [
      ...(row.user ? USERS[row.user] : []),
      ...command,
      ...beside.flatMap((witness) => ['--witness', witness]),
      ...argumentsOf(lab, row, wire, seed),
    ],
    { HOME: home, XDG_CONFIG_HOME: home },
  );
  const report = ((): Report => {
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(`ended with ${code} and no report: ${stderr.trim()}`);
    }
  })();
  const asked = row.audit ? 16 : 1;
  const { length } = report.hosts;
  if (length !== asked) throw new Error(`reported ${length} hosts, asked about ${asked}`);
  const verdicts = report.hosts.map(({ verdict }) => verdict);
  if (code !== exitFor(verdicts)) throw new Error(`ended with ${code}, the hosts are ${verdicts.join(', ')}`);
  return report;
};

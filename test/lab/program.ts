import { join } from 'node:path';
import type { Report } from '../../src/model/report.ts';
import type { Lab } from './lab.ts';
import type { Row, WireName } from './row.ts';

/** Seed of every sample, so that a row asks the same ports in each run. */
const SEED = 1;

/** What the program is given for a row, its address aside. */
export const argumentsOf = (row: Row, wire: WireName): string[] => [
  ...['--format', 'json', '--seed', String(SEED), '--engine', wire],
  ...(row.ping ? [] : ['--no-ping']),
  ...(row.rpcPorts ? ['--rpc-ports', `${row.rpcPorts.from}-${row.rpcPorts.to}`] : []),
  ...(row.options ?? []),
];

/** Exit codes that go with verdicts (DESIGN: 0 ready, 1 blocked, 3 otherwise). */
const EXIT = { ready: 0, blocked: 1, undetermined: 3, unreachable: 3 } as const;

/** Runs the real binary on the expert's machine against a row. Throws when it does not end in a report of one host. */
export const checkRow = async (lab: Lab, row: Row, wire: WireName, binary: string): Promise<Report> => {
  const command = [process.execPath, binary, 'check', lab.addressOf(row), ...argumentsOf(row, wire)];
  // A home of its own: a config file of whoever runs the tests must not take part.
  const home = join(lab.folder, 'home');
  const { code, stdout, stderr } = await lab.asExpert(command, { HOME: home, XDG_CONFIG_HOME: home });
  const report = ((): Report => {
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(`ended with ${code} and no report: ${stderr.trim()}`);
    }
  })();
  const [host, ...more] = report.hosts;
  if (!host || more.length > 0) throw new Error(`reported ${report.hosts.length} hosts, asked about one`);
  if (code !== EXIT[host.verdict]) throw new Error(`ended with ${code} although the host is ${host.verdict}`);
  return report;
};

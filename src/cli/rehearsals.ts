import { UsageError } from '../model/fault.ts';
import type { HostReport, Report } from '../model/report.ts';
import { explainHresult } from '../policy/explain/explain.ts';
import { withHosts, withRehearsal } from '../verdict/rehearsal.ts';
import { powershell, type Rehearser, rehearse } from '../wire/rehearsal.ts';
import { log } from './log.ts';

/** Throws UsageError where no Windows could activate anything. */
export const refuseElsewhere = (platform: NodeJS.Platform): void => {
  if (platform !== 'win32')
    throw new UsageError(
      '--rehearse: needs Windows: it activates Remote Assistance on the novice as the signed-in expert',
    );
};

/** Hosts that answered, and were probed: what nothing is known of would only keep DCOM waiting. */
const isWorthIt = ({ address, verdict, ports }: HostReport): boolean =>
  address !== null && verdict !== 'unreachable' && ports.length > 0;

/** Rehearses the offer with each host that answered, one after the other, by the name that was typed. */
export const withRehearsals = async (
  report: Report,
  { rehearser, quiet }: { readonly rehearser?: Rehearser; readonly quiet: boolean },
): Promise<Report> => {
  const by = rehearser ?? powershell(process.env);
  const hosts: HostReport[] = [];
  for (const host of report.hosts) {
    if (report.run.interrupted || !isWorthIt(host)) {
      hosts.push(host);
      continue;
    }
    if (!quiet) log(`rehearsing the offer with ${host.target}`);
    hosts.push(withRehearsal(host, await rehearse(host.target, by), explainHresult));
  }
  return withHosts(report, hosts);
};

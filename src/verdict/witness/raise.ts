import type { HostReport, PortReport } from '../../model/report.ts';
import { askNamed, type NamedWitness } from './named-witnesses.ts';
import { settleClear, settleFiltered, settleNothing } from './settle.ts';
import { type SilentHost, silentHostOf } from './silent-host.ts';
import type { WitnessAnswer } from './subnet-witnesses.ts';
import { witnessEvidenceOf } from './witness-evidence.ts';
import { clearWords, disagreeWords, filteredWords, noneWords, portsWords } from './words.ts';

const clearBy = (
  report: HostReport,
  ports: string,
  seen: { readonly by: readonly string[]; readonly followed: boolean; readonly isSure: boolean },
): HostReport => {
  const text = clearWords(ports, seen);
  return settleClear(report, { says: 'clear', machines: seen.by, text }, seen.isSure ? 'likely' : 'weak');
};

/** A report in the light of what other hosts of its subnet, asked in the same run, say of it. */
export const settleByFound = (
  report: HostReport,
  { needs }: Pick<SilentHost, 'needs'>,
  found: WitnessAnswer,
): HostReport => {
  const ports = portsWords(report, needs);
  if (found.says === 'clear') {
    return clearBy(report, ports, found);
  }
  const text = disagreeWords(found.clear, found.against, ports);
  const machines = [...found.clear, ...found.against];
  return settleNothing(report, 'witness-disagree', { says: 'disagree', machines, text });
};

/**
 * What a named witness is, from the report on it and the one on the ports that it was asked again over when all others were done;
 * null where it was not.
 */
export const namedFrom = (report: HostReport, again: HostReport | null): NamedWitness => {
  const before = new Map(report.ports.map(({ port, state }) => [port, state]));
  const isAsBefore = ({ port, state }: PortReport): boolean =>
    [undefined, 'filtered', state].includes(before.get(port));
  return {
    name: report.address ?? report.target,
    testimony: witnessEvidenceOf(report),
    held: again?.ports.every(isAsBefore) ?? false,
  };
};

/**
 * A report in the light of the witnesses that were named: ready or blocked, likely, or undetermined with why they say nothing. Any
 * report but one that is clear so far comes back as it is, for there silence is not all that is in doubt.
 */
export const settleByNamed = (report: HostReport, named: readonly NamedWitness[]): HostReport => {
  const novice = silentHostOf(report);
  if (!novice || named.length === 0) return report;
  const ports = portsWords(report, novice.needs);
  const answer = askNamed(novice, named);
  switch (answer.says) {
    case 'clear': {
      return clearBy(report, ports, { ...answer, followed: true });
    }
    case 'filtered': {
      const text = filteredWords(answer.by, ports);
      return settleFiltered(report, { says: 'filtered', machines: answer.by, text }, novice.needs);
    }
    case 'disagree': {
      const text = disagreeWords(answer.clear, answer.against, ports);
      const machines = [...answer.clear, ...answer.against];
      return settleNothing(report, 'witness-disagree', { says: 'disagree', machines, text });
    }
    case 'none': {
      const machines = answer.why.map(({ name }) => name);
      return settleNothing(report, 'witness-none', { says: 'none', machines, text: noneWords(answer.why) });
    }
  }
};

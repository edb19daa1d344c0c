import type { RequirementName } from '../../model/evidence.ts';
import {
  CLEAR_SO_FAR,
  type Confidence,
  type HostReport,
  type Remedy,
  type WitnessReport,
} from '../../model/report.ts';
import type { PortRange } from '../../model/target.ts';
import { weakest } from '../confidence.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { networkRules } from '../remedies/network-rules.ts';
import { withRemedies } from '../remedies/silence-remedies.ts';
import type { RuleName } from '../rules.ts';
import { DESKTOP, type Zones, zonesOf } from '../zones.ts';

/** What is no way out any more once witnesses were asked, and once they showed a filter. */
const ASK: Remedy['id'] = 'ask-witness';
const REHEARSE: Remedy['id'] = 'rehearse';

/** The report with the requirements decided that were open, and why; the silence that left them open is no reason any more. */
const decided = (
  report: HostReport,
  state: 'pass' | 'fail',
  rule: RuleName,
  text: string,
  confidence: Confidence = 'likely',
): Pick<HostReport, 'because' | 'requirements'> => {
  const open = report.requirements.filter((one) => one.state === 'undetermined');
  const replaced = report.because.filter((one) => open.some((requirement) => requirement.rule === one.rule));
  return {
    because: [
      { rule, text, ports: replaced.flatMap(({ ports }) => ports) },
      ...report.because.filter((one) => !replaced.includes(one) && one.rule !== CLEAR_SO_FAR),
    ],
    requirements: report.requirements.map((one) =>
      open.includes(one) ? { ...one, state, confidence, rule, text } : one,
    ),
  };
};

const needed = ({ requirements }: HostReport): RequirementName[] =>
  requirements.filter(({ state }) => state === 'undetermined').map(({ name }) => name);

/** The host is ready as far as the network goes: likely at best, since other machines show it and not the host. */
export const settleClear = (report: HostReport, witness: WitnessReport, sure: Confidence): HostReport => {
  const settled = decided(report, 'pass', 'witness-clear', witness.text, sure);
  const { generation } = report.novice;
  const byGeneration = Object.fromEntries(
    Object.entries(report.byGeneration).map(([name, verdict]) => [
      name,
      verdict === 'undetermined' && (generation === 'unknown' || generation === name) ? 'ready' : verdict,
    ]),
  ) as HostReport['byGeneration'];
  return {
    ...report,
    ...settled,
    verdict: 'ready',
    confidence: weakest(settled.requirements.map(({ confidence }) => confidence)),
    byGeneration,
    witness,
    remedies: report.remedies.filter(({ id }) => id !== ASK),
  };
};

const opening = (address: string, ports: readonly PortRange[]): Remedy => ({
  id: 'open-network-filter',
  title: 'Open the filter on the path',
  where: 'network',
  text: `Allow TCP ${ports.map(rangeWords).join(', ')} from the experts' network to ${address}, and return traffic, as for its neighbours. Replace EXPERT with the experts' network.`,
  ...networkRules(address, ports),
});

/** The network filters what the host is silent in: likely, since other machines show it and not the host. */
export const settleFiltered = (report: HostReport, witness: WitnessReport, zones: Zones): HostReport => {
  const { generation } = report.novice;
  const ports = [
    ...(needed(report).includes('remote-desktop') && (zones & DESKTOP) !== 0
      ? [{ from: 3389, to: 3389 }]
      : []),
    ...zonesOf(report).flatMap(({ zone, range }) => ((zones & zone) === 0 ? [] : range)),
  ];
  return {
    ...report,
    ...decided(report, 'fail', 'witness-filtered', witness.text),
    verdict: 'blocked',
    confidence: 'likely',
    byGeneration:
      generation === 'unknown' ? report.byGeneration : { ...report.byGeneration, [generation]: 'blocked' },
    witness,
    remedies: [
      opening(report.address ?? '', ports),
      ...report.remedies.filter(({ where, id }) => where !== 'novice' && id !== ASK && id !== REHEARSE),
    ],
  };
};

/** What others say decides nothing: the report says so beside its own reasons, and the next step is another than to ask them. */
export const settleNothing = (report: HostReport, rule: RuleName, witness: WitnessReport): HostReport => {
  const left = report.remedies.filter(({ id }) => id !== ASK);
  const settled = withRemedies(report, left);
  return { ...settled, because: [...settled.because, { rule, text: witness.text, ports: [] }], witness };
};

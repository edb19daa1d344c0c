import type { RequirementName } from '../../model/evidence.ts';
import { CLEAR_SO_FAR, type HostReport, type Remedy } from '../../model/report.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { networkRules } from '../remedies/network-rules.ts';
import type { RuleName } from '../rules.ts';
import { type Block, silenceOf } from './block.ts';
import { type Cause, type Needs, namesIn } from './cause.ts';
import { blockWords } from './prefixes.ts';
import { placeWords, portRanges, stoppedWords } from './words.ts';

const RULE: RuleName = 'group-raised';

const sentence = (block: bigint, cause: Cause, hosts: number, needs: Needs): string =>
  `${hosts} hosts in ${blockWords(block)} prove a filter${placeWords(cause)} that stops ${stoppedWords(needs)}, and no host there gets past it. The silence of this host alone proves nothing, but it fits that filter.`;

const opening = (address: string, cause: Cause, needs: Needs, index: number): Remedy => {
  const ports = portRanges(needs, null);
  return {
    id: index === 0 ? 'open-network-filter' : `open-network-filter-${index + 1}`,
    title: `Open the filter${placeWords(cause)}`,
    where: 'network',
    text: `Allow TCP ${ports.map(rangeWords).join(', ')} from the experts' network to ${address}, and return traffic, as for its neighbours. Replace EXPERT with the experts' network.`,
    ...networkRules(address, ports),
  };
};

/**
 * The report of a host that is undetermined, or ready by a few servers, in the light of its neighbours: blocked, likely, when they prove a filter that its
 * silence fits. Any other report comes back as it is. Ports and remarks stay: they are about this host's own evidence. What it
 * advised for the host itself gives way to opening the filter.
 */
export const raiseBy = (number: bigint, block: Block, report: HostReport): HostReport => {
  const doubt = silenceOf(report);
  const likely = doubt && doubt.verdict !== 'blocked' ? block.likely(doubt) : [];
  if (!doubt || likely.length === 0) return report;
  const told = likely.map(({ cause, hosts }) => {
    const needs = cause.needs & ~doubt.spare;
    return { names: namesIn(needs), text: sentence(number, cause, hosts, needs) };
  });
  const textOn = (name: RequirementName): string | undefined =>
    told.find(({ names }) => names.includes(name))?.text;
  const settled = report.requirements.filter(({ name }) => textOn(name) !== undefined);
  const replaced = report.because.filter((one) => settled.some(({ rule }) => rule === one.rule));
  const { generation } = report.novice;
  return {
    ...report,
    verdict: 'blocked',
    confidence: 'likely',
    byGeneration:
      generation === 'unknown' ? report.byGeneration : { ...report.byGeneration, [generation]: 'blocked' },
    because: [
      {
        rule: RULE,
        text: told.map(({ text }) => text).join(' '),
        ports: replaced.flatMap(({ ports }) => ports),
      },
      ...report.because.filter((one) => !replaced.includes(one) && one.rule !== CLEAR_SO_FAR),
    ],
    remedies: [
      ...likely.map(({ cause }, index) =>
        opening(report.address ?? '', cause, cause.needs & ~doubt.spare, index),
      ),
      ...report.remedies.filter(({ where }) => where !== 'novice'),
    ],
    requirements: report.requirements.map((one) => {
      const text = textOn(one.name);
      return text === undefined ? one : { ...one, state: 'fail', confidence: 'likely', rule: RULE, text };
    }),
  };
};

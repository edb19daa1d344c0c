import type { RequirementName } from '../../model/evidence.ts';
import type { HostReport } from '../../model/report.ts';
import type { RuleName } from '../rules.ts';
import { type Block, silenceOf } from './block.ts';
import { type Cause, type Needs, namesIn } from './cause.ts';
import { blockWords } from './prefixes.ts';
import { placeWords, stoppedWords } from './words.ts';

const RULE: RuleName = 'group-raised';

const sentence = (block: bigint, cause: Cause, hosts: number, needs: Needs): string =>
  `${hosts} hosts in ${blockWords(block)} prove a filter${placeWords(cause)} that stops ${stoppedWords(needs)}, and no host there passes it. The silence of this host alone proves nothing, but it fits that filter.`;

/**
 * The report of a host that is undetermined, or ready by a few servers, in the light of its neighbours: blocked, likely, when they prove a filter that its
 * silence fits. Any other report comes back as it is. Remedies and ports stay: they are about this host's own evidence.
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
      ...report.because.filter((one) => !replaced.includes(one)),
    ],
    requirements: report.requirements.map((one) => {
      const text = textOn(one.name);
      return text === undefined ? one : { ...one, state: 'fail', confidence: 'likely', rule: RULE, text };
    }),
  };
};

import type { PolicyFinding, PolicyState } from '../../model/policy.ts';
import type { HostReport } from '../../model/report.ts';
import { cleanText } from '../../text/clean-text.ts';
import { counted } from '../../text/counts.ts';
import { wrapIndented } from '../../text/fit-text.ts';
import type { FormatOptions } from '../format.ts';
import {
  NOVICE_WORDS,
  POLICY_STATE_WORDS,
  POLICY_VERDICT_WORDS,
  rankedFindings,
  sourceWords,
} from '../policy-words.ts';
import { type Colour, paint } from './draw.ts';

/** The colour of each state of a setting. */
export const POLICY_COLOURS: Readonly<Record<PolicyState, Colour>> = {
  ok: 'green',
  wrong: 'red',
  missing: 'red',
  unknown: 'yellow',
};

/** Columns of the longest state with its indent and the blanks behind it, as the requirements have. */
const STATE = 14;
const MOST = 1000;

const findingLines = (one: PolicyFinding, options: FormatOptions): string[] => {
  const word = POLICY_STATE_WORDS[one.state];
  const source = sourceWords(one);
  const said = `${one.setting}: ${one.text}${options.verbose && source ? ` (${source})` : ''}`;
  const [first = '', ...rest] = wrapIndented(cleanText(said, MOST), options.width, ' '.repeat(STATE));
  return [
    `  ${paint(word, POLICY_COLOURS[one.state], options)}${' '.repeat(STATE - 2 - word.length)}${first.slice(STATE)}`,
    ...rest,
  ];
};

/** What the policy files say of a host: what is not as it should be, everything when `verbose`. */
export const policyLines = ({ policy }: HostReport, options: FormatOptions): string[] => {
  if (!policy) return [];
  const deciding = rankedFindings(policy).filter(({ decides }) => decides);
  const shown = options.verbose ? deciding : deciding.filter(({ state }) => state !== 'ok');
  const fine = deciding.length - shown.length;
  const title = `Policy for ${NOVICE_WORDS[policy.novice]}: ${POLICY_VERDICT_WORDS[policy.verdict]}, ${counted(deciding.length, 'setting')} checked${fine > 0 ? `, ${fine} as needed` : ''}`;
  return [...wrapIndented(title, options.width, '  '), ...shown.flatMap((one) => findingLines(one, options))];
};

import type { PolicyFinding, PolicyReport, PolicyVerdict } from '../model/policy.ts';
import { cleanText } from '../text/clean-text.ts';
import { counted } from '../text/counts.ts';
import { wrapIndented } from '../text/fit-text.ts';
import type { FormatOptions } from './format.ts';
import {
  POLICY_STATE_WORDS,
  POLICY_VERDICT_WORDS,
  rankedFindings,
  sourceWords,
  verdictSentence,
} from './policy-words.ts';
import { type Colour, paint } from './table/draw.ts';
import { POLICY_COLOURS } from './table/policy.ts';

const VERDICT_COLOURS: Readonly<Record<PolicyVerdict, Colour>> = {
  ready: 'green',
  blocked: 'red',
  undetermined: 'yellow',
};
const MOST = 1000;
const INDENT = '           ';

const detail = (label: string, text: string | null, width: number): string[] =>
  text === null || text === ''
    ? []
    : wrapIndented(`${label}${cleanText(text, MOST)}`, width, INDENT, `${INDENT}  `);

/** Everything about a finding that a person needs to mend it. What is as it should be is told in one line. */
const findingLines = (one: PolicyFinding, options: FormatOptions): string[] => {
  const { state, setting, text, code } = one;
  const { width, verbose } = options;
  const word = paint(POLICY_STATE_WORDS[state].padEnd(9), POLICY_COLOURS[state], options);
  const [first = '', ...rest] = wrapIndented(cleanText(setting, MOST), width, INDENT);
  const heading = [`  ${word}${first.slice(INDENT.length)}`, ...rest];
  const said = detail('', `${text} [${code}]`, width);
  if (state === 'ok' && !verbose && one.control === null) return [...heading, ...said];
  return [
    ...heading,
    ...said,
    ...detail('value: ', one.value, width),
    ...(state === 'ok' ? [] : detail('expected: ', one.expected, width)),
    ...detail('where: ', one.where, width),
    ...detail('from: ', sourceWords(one), width),
    ...detail('baseline: ', one.control, width),
    ...detail('remedy: ', one.remedy, width),
  ];
};

const section = (title: string, findings: readonly PolicyFinding[], options: FormatOptions): string[] =>
  findings.length === 0
    ? []
    : ['', paint(title, 'bold', options), ...findings.flatMap((one) => findingLines(one, options))];

/** A policy report for a person: the verdict, what it rests on with the worst first, and remarks. */
export const renderPolicyTable = function* (report: PolicyReport, options: FormatOptions): Iterable<string> {
  const { verdict } = report;
  const ranked = rankedFindings(report);
  const bad = ranked.filter(({ decides, state }) => decides && state !== 'ok');
  const lines = [
    paint(POLICY_VERDICT_WORDS[verdict], VERDICT_COLOURS[verdict], options),
    ...wrapIndented(verdictSentence(report), options.width, '  '),
    ...section(
      'What offers need',
      ranked.filter(({ decides }) => decides),
      options,
    ),
    ...section(
      'Remarks',
      ranked.filter(({ decides }) => !decides),
      options,
    ),
    '',
    ...wrapIndented(
      bad.length === 0
        ? 'Nothing to change.'
        : `${counted(bad.length, 'finding')} to look at. ra-preflight policy make writes the settings that are needed.`,
      options.width,
      '',
    ),
  ];
  yield `${lines.join('\n')}\n`;
};

import type { Explanation, Proof } from '../model/explanation.ts';
import { shortList } from '../text/and-list.ts';
import { cleanText } from '../text/clean-text.ts';
import { wrapIndented } from '../text/fit-text.ts';
import type { FormatOptions } from './format.ts';
import { jsonText } from './json-text.ts';
import { paint, roomOf } from './table/draw.ts';

/** Added to freely; changed only with a new number. */
const EXPLAIN_SCHEMA = 'ra-preflight/explain@1';

/** A question as it was typed, and what is known of it. */
export interface Answered {
  readonly question: string;
  readonly explanation: Explanation | null;
}

const LEAD = 9;

const block = (label: string, lines: readonly string[], options: FormatOptions): string[] =>
  lines.flatMap((line, i) =>
    wrapIndented(line, roomOf(options), (i === 0 ? `  ${label}` : '').padEnd(LEAD + 2), ' '.repeat(LEAD + 4)),
  );

/** Findings that a line names; JSON has them all. */
const MOST_CODES = 3;

const proofWords = (proof: Proof): string => {
  if (proof.by === 'check') return `check, requirement ${proof.name}: ${proof.text}`;
  if (proof.by === 'look') return `${proof.name}: ${proof.text}`;
  return `policy check, ${proof.name}: ${proof.text} [${shortList(proof.codes, MOST_CODES)}]`;
};

/** Notations of the same code that were asked about are shown; sentences are not. */
const LONGEST_NOTATION = 16;

const headOf = ({ code, name }: Explanation, questions: readonly string[]): string => {
  const others = questions.filter(
    (text) => text !== code && text !== name && text.length <= LONGEST_NOTATION,
  );
  return [
    code,
    name === code ? '' : name,
    others.length > 0 ? `(${others.map((text) => cleanText(text)).join(', ')})` : '',
  ]
    .filter(Boolean)
    .join('  ');
};

const known = (row: Explanation, questions: readonly string[], options: FormatOptions): string[] => [
  paint(headOf(row, questions), 'bold', options),
  ...block('Says', [row.says], options),
  ...block('Cause', [row.cause], options),
  ...block('Proof', row.proofs.map(proofWords), options),
  ...block('Change', row.changes, options),
  ...block('Sources', [row.sources.join('; ')], options),
];

const unknown = (question: string, options: FormatOptions): string[] => [
  paint(cleanText(question), 'bold', options),
  ...block('Unknown', ['This is not an error of offers that ra-preflight knows.'], options),
];

/**
 * Explanations for a person, a blank line between them. What has the same explanation is told once. Questions are typed text and
 * are cleaned.
 */
export const explainTable = (answers: readonly Answered[], options: FormatOptions): string => {
  const blocks = answers.flatMap(({ question, explanation }, i) => {
    if (!explanation) return [unknown(question, options)];
    const same = answers.filter((other) => other.explanation === explanation);
    return same[0] === answers[i]
      ? [
          known(
            explanation,
            same.map((one) => one.question),
            options,
          ),
        ]
      : [];
  });
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
};

/** Explanations for scripts: `{schema, codes: [{question, known, code, name, says, cause, proofs, changes, sources}]}`. */
export const explainJson = (answers: readonly Answered[]): string =>
  `${jsonText(
    {
      schema: EXPLAIN_SCHEMA,
      codes: answers.map(({ question, explanation }) => ({
        question: cleanText(question),
        known: explanation !== null,
        ...(explanation && {
          code: explanation.code,
          name: explanation.name,
          says: explanation.says,
          cause: explanation.cause,
          proofs: explanation.proofs,
          changes: explanation.changes,
          sources: explanation.sources,
        }),
      })),
    },
    2,
  )}\n`;

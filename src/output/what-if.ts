import { SHOWN_WORDS } from '../model/shown-verdict.ts';
import type { Barred, OpeningStep, WhatIf } from '../model/what-if.ts';
import { shortList } from '../text/and-list.ts';
import { cleanText } from '../text/clean-text.ts';
import { counted } from '../text/counts.ts';
import { wrapIndented } from '../text/fit-text.ts';
import { shellWord } from '../text/shell-word.ts';
import type { FormatOptions } from './format.ts';
import { minuteWords } from './report-words.ts';
import { paint } from './table/draw.ts';
import { commandLines } from './table/remedy.ts';

const BARRED_WORDS: Readonly<Record<Barred, string>> = {
  policy: 'a policy of the novice forbids offers',
  translation: 'address translation (NAT) on the way',
  'own-firewall': "the host's own firewall",
  refused: "nothing listens there, or a device refuses on the host's behalf",
  'other-service': 'something other than Remote Assistance answers',
  'no-filter': 'no filter was found that could be opened',
};

const makesWords = (step: OpeningStep, total: number): string => {
  const made =
    step.makesReady === 0 ? 'no host ready by itself' : `${counted(step.makesReady, 'host')} ready`;
  return `${made} (${step.ready} of ${total})`;
};

const heading = ({ run, blocked, openable, steps }: WhatIf, { width }: FormatOptions): string[] => {
  const { id, startedAt } = run;
  const state = run.running
    ? ' It is still running: this is about the hosts judged so far.'
    : run.interrupted
      ? ' It was interrupted: this is about the hosts judged until then.'
      : '';
  const what =
    openable === 0
      ? `${counted(blocked, 'host')} blocked, none of them by filters of the network alone.`
      : `${counted(blocked, 'host')} blocked, ${openable} of them by filters of the network alone. ${counted(steps.length, 'opening')} would make these ready:`;
  return [
    ...wrapIndented(
      `What if filters were opened: run ${cleanText(id)} (${minuteWords(startedAt)}).${state}`,
      width,
      '',
    ),
    ...wrapIndented(what, width, ''),
  ];
};

const stepLines = (whatIf: WhatIf, options: FormatOptions): string[] =>
  whatIf.steps.flatMap((step, i) =>
    wrapIndented(`${step.title}: ${makesWords(step, whatIf.openable)}`, options.width, `${i + 1}. `),
  );

const remarks = ({ order, steps, openable, untested }: WhatIf): string[] => {
  if (steps.length === 0) return [];
  const few =
    steps.length === 1
      ? []
      : [
          `None of them can be left out: each is needed by some host. ${
            order === 'exact'
              ? 'No other order makes hosts ready sooner.'
              : 'The order was searched step by step (greedy); another one may make hosts ready sooner.'
          }`,
        ];
  const unsure =
    untested === 0
      ? []
      : [
          `For ${untested} of the ${openable} this run could not test all that an offer needs; nothing that it found would block them any more.`,
        ];
  return [
    ...few,
    ...unsure,
    'A filter hides what is behind it, so probe these hosts again after the change:',
  ];
};

const ticketLines = (step: OpeningStep, number: number, options: FormatOptions): string[] => [
  '',
  ...wrapIndented(`TICKET ${number}: ${step.title}`, options.width, '').map((line) =>
    paint(line, 'bold', options),
  ),
  ...wrapIndented(step.text, options.width, '  '),
  ...(step.commands.length === 0
    ? wrapIndented('These are too many prefixes for rules to paste.', options.width, '  ')
    : commandLines(step, '  ')),
];

const barredLines = ({ barred, blocked, openable }: WhatIf, options: FormatOptions): string[] => {
  if (barred.length === 0) return [];
  const entries = barred.flatMap(({ why, hosts, examples }) => {
    const names = examples.map((target) => cleanText(target, 80));
    const text = `${BARRED_WORDS[why]}: ${counted(hosts, 'host')}, ${shortList(names, names.length, hosts)}`;
    return wrapIndented(text, options.width, '  - ', '    ');
  });
  const title = `NOT COUNTED: ${counted(blocked - openable, 'blocked host')} that no opening in the network makes ready`;
  return [
    '',
    ...wrapIndented(title, options.width, '').map((line) => paint(line, 'bold', options)),
    ...entries,
  ];
};

const stayLines = (whatIf: WhatIf, { width }: FormatOptions): string[] => {
  const counts = [
    [SHOWN_WORDS['clear-so-far'], whatIf.clearSoFar],
    [SHOWN_WORDS.undetermined, whatIf.undetermined - whatIf.clearSoFar],
    [SHOWN_WORDS.unreachable, whatIf.unreachable],
  ] as const;
  const named = counts.flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : []));
  return named.length === 0
    ? []
    : [
        '',
        ...wrapIndented(
          `No opening settles the others, which stay as they are: ${named.join(', ')}.`,
          width,
          '',
        ),
      ];
};

/**
 * The openings for a run, for a person: the steps with their counts, then a ticket with commands for each, then what they do not mend.
 * `db`: the history file that the run is in; null for the one of the platform.
 */
export const renderWhatIf = (whatIf: WhatIf, options: FormatOptions, db: string | null): string => {
  const { steps } = whatIf;
  const kept = db === null ? '' : ` --db ${shellWord(db)}`;
  const lines = [
    ...heading(whatIf, options),
    ...(steps.length === 0 ? [] : ['', ...stepLines(whatIf, options), '']),
    ...remarks(whatIf).flatMap((remark) => wrapIndented(remark, options.width, '')),
    ...(steps.length === 0 ? [] : [`  ra-preflight audit --verify ${cleanText(whatIf.run.id)}${kept}`]),
    ...steps.flatMap((step, i) => ticketLines(step, i + 1, options)),
    ...barredLines(whatIf, options),
    ...stayLines(whatIf, options),
  ];
  return `${lines.join('\n')}\n`;
};

import { CLEAR_SO_FAR } from '../../model/report.ts';
import { wrap } from '../text.ts';
import { VERDICT } from '../words.ts';
import { BLANK, type Line, span } from './line.ts';

/** Keys that do the same on every screen. */
export const COMMON_KEYS: readonly (readonly [string, string])[] = [
  ['y', 'copy the verdict on the host, or the command line shown'],
  ['Y', 'copy the commands of its remedies'],
  ['c', 'copy the list of hosts, with tabs between the columns'],
  ['x', 'the command line that does the same as this view'],
  ['s  S', 'sort the list by verdict, by name, as the run has it; S reverses'],
  ['M', 'mouse off, so that the terminal can select text, or on again'],
];

const KEYS: readonly (readonly [string, string])[] = [
  ['↑ ↓  k j', 'choose a host, scroll its page'],
  ['enter', 'open the chosen host, close it again'],
  ['← →  h l', 'previous and next host'],
  ['page up, page down', 'a page at a time (also b and space)'],
  ['home, end', 'first and last (also g and G)'],
  ['/', 'search the hosts; on a page find text, then n is next'],
  ['esc, backspace', 'clear the search, back to the list'],
  ['mouse', 'click a host, its title, or a column head; wheel'],
  ...COMMON_KEYS,
  ['o', 'on Windows, offer Remote Assistance to the host (msra.exe)'],
  ['?', 'this page'],
  ['q', 'quit; during a run, stop and keep the results so far'],
  ['enter, esc', 'also leave, when finished and nothing is open'],
];

const WORDS: readonly (readonly [string, string])[] = [
  ['PASS, FAIL', 'Remote Assistance gets what it needs here, or does not. "-": it does not need it.'],
  ['CLEAR SO FAR', VERDICT[CLEAR_SO_FAR].says],
  [
    'UNDETERMINED, ?',
    'Cannot be decided from here: a healthy Windows PC gives no answer on unused ports, like a filter.',
  ],
  ['closed', 'The host sent a reset: nothing listens, but the path there and back is clear.'],
  ['proven, likely, weak', 'Seen on the wire; inferred from several answers; few answers or a lossy path.'],
  ['port map', 'One column stands for many ports between 1025 and 65535; letters are explained under it.'],
];

/** Terms and what they mean, side by side where there is room. */
export const termLines = (rows: readonly (readonly [string, string])[], columns: number): Line[] => {
  const first = columns >= 60 ? 22 : 0;
  return rows.flatMap(([term, says]): Line[] => {
    if (first === 0)
      return [[span(term, 'strong')], ...wrap(says, columns - 2).map((line) => [span(`  ${line}`)])];
    return wrap(says, columns - first).map((line, at) => [
      span((at === 0 ? term : '').padEnd(first), 'strong'),
      span(line),
    ]);
  });
};

/** Keys and words, for the help page. */
export const helpLines = (columns: number): Line[] => [
  ...termLines(KEYS, columns),
  BLANK,
  ...termLines(WORDS, columns),
];

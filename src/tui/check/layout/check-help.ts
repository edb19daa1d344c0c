import { CLEAR_SO_FAR } from '../../../model/report.ts';
import { BLANK, type StyledLine } from '../../kit/layout/line.ts';
import { COMMON_KEYS, termLines } from '../../kit/layout/terms.ts';
import { VERDICT } from '../../kit/words.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['↑ ↓  k j', 'choose a host, scroll its page'],
  ['enter', 'open the chosen host, close it again'],
  ['← →  h l', 'previous and next host'],
  ['page up, page down', 'a page at a time (also b and space)'],
  ['home, end', 'first and last (also g and G)'],
  ['/', 'search the hosts; on a page, find text (n is next)'],
  ['esc, backspace', 'clear the search, back to the list'],
  ['mouse', 'click a host, its title, or a column head; wheel'],
  ...COMMON_KEYS,
  ['o', 'on Windows, offer Remote Assistance to the host (msra.exe)'],
  ['?', 'this page'],
  ['q', 'quit; during a run, stop and keep the results so far'],
  ['enter, esc', 'also leave, when finished and nothing is open'],
];

const WORDS: readonly (readonly [string, string])[] = [
  ['PASS, FAIL', 'What Remote Assistance needs here gets through, or does not. "-": it needs nothing here.'],
  ['CLEAR SO FAR', VERDICT[CLEAR_SO_FAR].says],
  [
    'UNDETERMINED, ?',
    'Cannot be decided from here: a healthy Windows PC gives no answer on unused ports, like a filter.',
  ],
  ['closed', 'The host sent a reset: nothing listens, but the path there and back is clear.'],
  ['proven, likely, weak', 'Seen on the wire; inferred from several answers; few answers or a lossy path.'],
  ['port map', 'One column stands for many ports between 1025 and 65535; letters are explained under it.'],
];

/** Keys and words, for the help page. */
export const checkHelpLines = (columns: number): StyledLine[] => [
  ...termLines(KEYS, columns),
  BLANK,
  ...termLines(WORDS, columns),
];

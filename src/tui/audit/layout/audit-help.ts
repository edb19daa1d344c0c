import { CLEAR_SO_FAR } from '../../../model/report.ts';
import { BLANK, type StyledLine } from '../../kit/layout/line.ts';
import { COMMON_KEYS, termLines } from '../../kit/layout/terms.ts';
import { VERDICT } from '../../kit/words.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['tab  m i t', 'next page; the map, the findings, the list of hosts'],
  ['← ↑ ↓ →', 'go from cell to cell, from line to line (also h j k l)'],
  ['page up, page down', 'a page at a time (also b and space)'],
  ['home, end', 'first and last (also g and G)'],
  ['enter', 'open the host or the finding, close it again; ← → are the hosts beside it'],
  ['1 2 3 4 5 6  f', 'list all, blocked, undetermined, unreachable, ready, clear so far; f: the next'],
  ['/', 'search host names and addresses; enter searches, esc clears'],
  ['z', 'map: one cell a host, or several hosts a cell'],
  ['p', 'pause and continue; replies to probes already sent still count'],
  ['+  -', 'rate times 1.5, divided by 1.5'],
  ['e', 'write the results so far to a file'],
  ['esc, backspace', 'back; in the list clear the search, then the filter'],
  ['mouse', 'click a host, finding, tab or column head; wheel'],
  ...COMMON_KEYS,
  ['?', 'this page'],
  ['q', 'quit; during a run, stop it and keep the results so far'],
  ['esc', 'also leaves, from the map, when finished'],
];

const WORDS: readonly (readonly [string, string])[] = [
  ['R ready', 'No obstacle found on the network.'],
  ['C clear so far', VERDICT[CLEAR_SO_FAR].says],
  ['B blocked', 'The network or the host blocks an offer.'],
  ['? undetermined', 'Cannot be decided from here.'],
  ['- unreachable', 'Nothing answered from this address.'],
  ['* probing  . queued', 'Probes are under way; not started yet.'],
  ['Map', 'A row is a /24, or a /120 of IPv6, or 64 names. A cell for several hosts shows the worst.'],
];

/** Keys and words, for the help page. */
export const auditHelpLines = (columns: number): StyledLine[] => [
  ...termLines(KEYS, columns),
  BLANK,
  ...termLines(WORDS, columns),
];

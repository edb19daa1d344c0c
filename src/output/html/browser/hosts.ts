import { STATE_LETTERS, VERDICT_LETTERS } from '../../../model/letter-codes.ts';
import { SIGNS, STATE_SIGNS } from '../signs.ts';
import { type Attributes, byId, make } from './elements.ts';

/** A text, or an element whose children are numbers of other pieces. Marks in texts stand for what differs by host. */
type Piece = string | readonly [tag: string, attributes: Attributes | 0, ...children: number[]];

/** A host: new pieces or 0, verdict and states in letters, reason, details, subnet, slots, runs in letters; see intern.ts. */
export type HostRow = readonly [
  fresh: readonly Piece[] | 0,
  letters: string,
  reason: number,
  details: number,
  subnet: number,
  slots: readonly (string | null)[],
  runs?: string,
];

const inverse = (letters: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(letters).map(([name, letter]) => [letter, name]));

const VERDICTS = inverse(VERDICT_LETTERS);
const STATES = inverse(STATE_LETTERS);
const VERDICT_SIGNS = new Map(
  [...VERDICTS].map(([letter, name]) => [letter, SIGNS[name as keyof typeof SIGNS]]),
);

const data = byId('data');
/** All hosts of the page, in the order of the report. */
export const rows: readonly HostRow[] = data ? JSON.parse(data.textContent ?? '[]') : [];
const pieces: Piece[] = [];
for (const [fresh] of rows) if (fresh !== 0) for (const piece of fresh) pieces.push(piece);

const slotText = (slots: HostRow[5], slot: number): string =>
  (slot === 1 && slots[1] === '' ? slots[0] : slots[slot]) ?? '';
const filled = (text: string, slots: HostRow[5]): string =>
  text.replace(/[\ue000-\uf8ff]/g, (mark) => slotText(slots, mark.charCodeAt(0) - 0xe000));
const textOf = (number: number): string => {
  const piece = pieces[number];
  return typeof piece === 'string' ? piece : '';
};

const build = (number: number, slots: HostRow[5]): Node => {
  const piece = pieces[number] ?? '';
  if (typeof piece === 'string') return document.createTextNode(filled(piece, slots));
  const [tag, attributes, ...children] = piece;
  return make(tag, attributes || {}, ...children.map((child) => build(child, slots)));
};

/** A host as typed. */
export const nameOf = ([, , , , , slots]: HostRow): string => slots[0] ?? '';
/** The address that was probed; empty where the name gave none. */
export const addressOf = ([, , , , , slots]: HostRow): string =>
  slots[1] === null ? '' : slots[1] || (slots[0] ?? '');
/** The other names of a host, as one text. */
export const otherNamesOf = ([, , , , , slots]: HostRow): string => slots[2] ?? '';
/** The verdict as classes and filters name it. */
export const verdictOf = ([, letters]: HostRow): string => VERDICTS.get(letters.charAt(0)) ?? '';
/** The verdict in words. */
export const verdictWords = (row: HostRow): string => verdictOf(row).replaceAll('-', ' ');
/** Why a host has its verdict. */
export const reasonOf = ([, , reason, , , slots]: HostRow): string => filled(textOf(reason), slots);
/** The /24 or /64 of a host. */
export const subnetOf = ([, , , , subnet]: HostRow): string => textOf(subnet) || 'no address';
/** The letter of the verdict (place 0) or of the state of a requirement (from place 1 on). */
export const letterAt = ([, letters]: HostRow, place: number): string => letters.charAt(place);
/** Requirements that a row has a letter for. */
export const requirementCount = Math.max(0, (rows[0]?.[1].length ?? 1) - 1);
/** The details of a host, as elements. */
export const detailsOf = ([, , , details, , slots]: HostRow): Node => build(details, slots);
/** Verdicts of the last runs in letters, oldest first; empty where none are known. */
export const runsOf = ([, , , , , , runs]: HostRow): string => runs ?? '';

/** The state of a requirement as sign and words. */
export const stateOf = (letter: string): { readonly sign: string; readonly words: string } => {
  const state = STATES.get(letter);
  if (state === undefined) return { sign: '', words: 'not probed' };
  return { sign: STATE_SIGNS[state as keyof typeof STATE_SIGNS], words: state.replace('-', ' ') };
};

/** The verdict on a host as sign and words. */
export const badge = (row: HostRow): HTMLElement =>
  make(
    'span',
    { class: `badge ${verdictOf(row)}` },
    make('span', { 'aria-hidden': 'true' }, VERDICT_SIGNS.get(letterAt(row, 0)) ?? ''),
    ` ${verdictWords(row)}`,
  );

/** Problems are tall and good results low, so that no state is shown by colour alone. */
const HEIGHTS: Readonly<Record<string, number>> = { r: 4, c: 5, b: 10, u: 7, x: 1 };

/** The verdicts of the last runs as a strip of bars. */
export const runStrip = (letters: string): SVGElement => {
  const words = [...letters].map((letter) => VERDICT_SIGNS.get(letter) ?? '·').join(' ');
  const columns = letters.length * 5;
  const strip = make<SVGElement>(
    'svg',
    { class: 'run-strip', viewBox: `0 0 ${columns} 10`, role: 'img', 'aria-label': words, width: columns },
    make('title', {}, words),
  );
  for (const [i, letter] of [...letters].entries()) {
    const height = HEIGHTS[letter];
    if (height === undefined) continue;
    const bar = { class: VERDICTS.get(letter) ?? '', x: i * 5, y: 10 - height, width: 4, height };
    strip.append(make('rect', bar));
  }
  return strip;
};

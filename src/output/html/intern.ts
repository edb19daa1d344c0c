import { REQUIREMENTS } from '../../model/evidence.ts';
import { STATE_LETTERS, VERDICT_LETTERS } from '../../model/letter-codes.ts';
import type { HostReport } from '../../model/report.ts';
import { shownVerdict } from '../../model/shown-verdict.ts';
import { escapeUnits } from '../../text/escape.ts';
import { subnetOf } from '../subnets.ts';
import { safeText } from './markup.ts';
import { type Branch, LINE_END, Slot, type Tree } from './tree.ts';

/** Private-use characters stand for what differs; cleaned text has none (they are shown as `\u{e000}`). */
const FIRST_MARK = 0xe000;
const MOST_SLOTS = 6000;
const ANY_MARK = /\p{Co}/u;
/** Splits a text into marks and what stands between them; only the latter is cleaned. */
const MARKS = /(\p{Co})/u;
const keepMarks = (part: string, index: number): string => (index % 2 === 1 ? part : safeText(part));
const mark = (slot: number): string => String.fromCharCode(FIRST_MARK + slot);

/** Pieces remembered at a time; then they are forgotten and written anew, so that memory stays flat. */
const MOST_PIECES = 200_000;

/** JSON that may stand in a script element: nothing in it ends the element, and no mark is written raw. */
export const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/[<\p{Co}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits);

type Piece = string | readonly [tag: string, attributes: Branch['attributes'] | 0, ...children: number[]];

const attributesOf = ({ attributes }: Branch): Branch['attributes'] | 0 => {
  for (const _ in attributes) return attributes;
  return 0;
};

/**
 * Turns hosts into lines of JSON, each distinct piece of text and page once. A line is
 * `[pieces new with this host or 0, verdict and states in letters, reason, details, subnet, slots, runs in letters or
 * nothing]`, where reason, details and subnet are numbers of pieces.
 */
export class Interner {
  readonly #known = new Map<string, number>();
  #fresh: Piece[] = [];
  #next = 0;
  #slots: (string | null)[] = [];
  #own: readonly (readonly [text: string, slot: number])[] = [];

  /** The line of one host. `runs`: its verdicts run by run in letters, empty when unknown. */
  line(host: HostReport, reason: string, details: Tree, runs: string): string {
    if (this.#known.size > MOST_PIECES) this.#known.clear();
    const { target, address } = host;
    const subnet = subnetOf(address)?.text ?? '';
    const others = host.names.filter((name) => name !== target).join(', ');
    this.#fresh = [];
    // Slots that every host has: as typed, address (empty when as typed, null when none), other names.
    this.#slots = [
      safeText(target),
      address === target ? '' : address === null ? null : safeText(address),
      safeText(others),
    ];
    // The longer first, so that a name which holds the address stays one piece.
    this.#own = [target, ...(address === null || address === target ? [] : [address])]
      .map((text, slot) => [text, slot] as const)
      .filter(([text]) => text.length > 2 && !ANY_MARK.test(text))
      .sort(([a], [b]) => b.length - a.length);
    const because = this.#text(reason);
    const net = this.#put(`"${subnet}`, () => subnet);
    const root = this.#tree(details);
    const states = REQUIREMENTS.map((name) => {
      const found = host.requirements.find((one) => one.name === name);
      return found ? STATE_LETTERS[found.state] : '-';
    });
    const fresh = this.#fresh.length > 0 ? this.#fresh : 0;
    const letters = VERDICT_LETTERS[shownVerdict(host)] + states.join('');
    return scriptJson([fresh, letters, because, root, net, this.#slots, ...(runs ? [runs] : [])]);
  }

  #put(key: string, piece: () => Piece): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#fresh.push(piece());
    this.#known.set(key, this.#next);
    return this.#next++;
  }

  #text(text: string): number {
    // What is said of this host in its own name is said of others in theirs. Marks of foreign origin are cleaned first.
    let raw = ANY_MARK.test(text) ? safeText(text) : text;
    for (const [own, slot] of this.#own) if (raw.includes(own)) raw = raw.replaceAll(own, mark(slot));
    return this.#put(`"${raw}`, () => raw.split(MARKS).map(keepMarks).join(''));
  }

  #slot(text: string): number {
    // The other names have a slot already.
    if (text !== '' && text === this.#slots[2]) return this.#put(`"${mark(2)}`, () => mark(2));
    if (this.#slots.length >= MOST_SLOTS) return this.#text(text);
    const slot = this.#slots.push(safeText(text)) - 1;
    return this.#put(`"${mark(slot)}`, () => mark(slot));
  }

  #tree(tree: Tree): number {
    // Between the lines of a `pre`, as in markupOf().
    if (tree === LINE_END) return this.#put('line end', () => '\n');
    if (typeof tree === 'string') return this.#text(tree);
    if (tree instanceof Slot) return this.#slot(tree.text);
    const attributes = attributesOf(tree);
    let key = `${tree.tag} ${attributes === 0 ? '' : JSON.stringify(attributes)}`;
    const children: number[] = [];
    for (const child of tree.children) {
      const number = this.#tree(child);
      children.push(number);
      key += ` ${number}`;
    }
    return this.#put(key, () => [tree.tag, attributes, ...children]);
  }
}

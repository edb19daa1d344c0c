import { element, make } from './elements.ts';
import {
  addressOf,
  badge,
  type HostRow,
  letterAt,
  nameOf,
  reasonOf,
  requirementCount,
  rows,
  runStrip,
  runsOf,
  stateOf,
} from './hosts.ts';
import { listedRows } from './order.ts';

/** Rows above and below those in sight. */
const SPARE = 6;

/** Where most targets are addresses, a second column for them would be empty. */
const otherAddress = (row: HostRow): string => (addressOf(row) === nameOf(row) ? '' : addressOf(row));
/** Whether addresses have a column of their own. */
export const hasAddresses = rows.filter(otherAddress).length * 2 > rows.length;

const space = (count: number, rowHeight: number): HTMLElement => {
  const cell = make('td', {});
  cell.style.height = `${count * rowHeight}px`;
  return make('tr', { class: 'space', 'aria-hidden': 'true' }, cell);
};

const requirementCell = (row: HostRow, place: number): HTMLElement => {
  const { sign, words } = stateOf(letterAt(row, place));
  return make(
    'td',
    { class: `need ${words.replace(' ', '-')}`, title: words },
    make('span', { 'aria-hidden': 'true' }, sign),
    make('span', { class: 'unseen' }, words),
  );
};

/** The table of hosts, of which only the rows in sight exist. */
export class HostTable {
  readonly viewport = element('viewport', HTMLElement);
  readonly list = element('list', HTMLTableElement);
  readonly head = this.list.tHead ?? this.list.createTHead();
  readonly body = this.list.tBodies[0] ?? this.list.createTBody();
  /** The place in the list that the keyboard is at. */
  active = 0;
  #view: readonly number[] = rows.map((_, i) => i);
  #rowHeight = 44;
  #from = -1;
  #to = -1;

  /** The host at a place of the list. */
  rowAt(place: number): HostRow | undefined {
    return rows[this.#view[place] ?? -1];
  }

  /** Draws the rows in sight; where they are drawn already, only `again`. */
  draw(again: boolean): void {
    const { viewport, body, active } = this;
    const top = Math.floor(viewport.scrollTop / this.#rowHeight);
    const sight = Math.ceil(viewport.clientHeight / this.#rowHeight);
    const first = Math.max(0, Math.min(top, this.#view.length - sight) - SPARE);
    const last = Math.min(this.#view.length, top + sight + SPARE);
    if (!again && first === this.#from && last === this.#to) return;
    [this.#from, this.#to] = [first, last];
    const hadFocus = body.contains(document.activeElement);
    const stop = active >= first && active < last ? active : Math.min(first + SPARE, last - 1);
    const lines: HTMLElement[] = [];
    for (let place = first; place < last; place++) lines.push(this.#line(place, place === stop));
    body.replaceChildren(
      space(first, this.#rowHeight),
      ...lines,
      space(this.#view.length - last, this.#rowHeight),
    );
    const height = body.rows[1]?.offsetHeight;
    if (lines.length > 0 && height && height !== this.#rowHeight) {
      this.#rowHeight = height;
      this.draw(true);
    }
    if (hadFocus) (this.#button() ?? viewport).focus({ preventScroll: true });
  }

  /** Lists anew what the search and the filters let through. */
  refresh(): void {
    this.#view = listedRows();
    this.active = 0;
    this.viewport.scrollTop = 0;
    this.list.setAttribute('aria-rowcount', String(this.#view.length + 1));
    this.draw(true);
    const all = rows.length.toLocaleString('en');
    const listed = this.#view.length.toLocaleString('en');
    element('count', HTMLElement).textContent =
      this.#view.length === rows.length ? `${all} hosts` : `${listed} of ${all} hosts`;
  }

  /** Moves the keyboard to a place, and scrolls it into sight. */
  goTo(place: number): void {
    if (this.#view.length === 0) return;
    const { viewport } = this;
    this.active = Math.max(0, Math.min(this.#view.length - 1, place));
    const at = this.active * this.#rowHeight;
    if (at < viewport.scrollTop) viewport.scrollTop = at;
    const below = at + this.#rowHeight + this.head.offsetHeight - viewport.clientHeight;
    if (below > viewport.scrollTop) viewport.scrollTop = below;
    this.draw(true);
    this.#button()?.focus({ preventScroll: true });
  }

  /** Where a key leads to; null for keys that do not move. */
  placeAfter(key: string): number | null {
    const page = Math.max(1, Math.floor(this.viewport.clientHeight / this.#rowHeight) - 2);
    switch (key) {
      case 'ArrowDown':
        return this.active + 1;
      case 'ArrowUp':
        return this.active - 1;
      case 'PageDown':
        return this.active + page;
      case 'PageUp':
        return this.active - page;
      case 'Home':
        return 0;
      case 'End':
        return this.#view.length - 1;
      default:
        return null;
    }
  }

  /** The button of the active row, where it is drawn. */
  #button(): HTMLElement | null {
    return this.body.querySelector<HTMLElement>(`tr[data-place="${this.active}"] .open`);
  }

  #line(place: number, stop: boolean): HTMLElement {
    const row = this.rowAt(place);
    if (!row) return make('tr', {});
    const shown = otherAddress(row);
    const name = nameOf(row) + (shown && !hasAddresses ? ` (${shown})` : '');
    const open = make('button', { type: 'button', class: 'open', tabindex: stop ? 0 : -1 }, name);
    const line = make(
      'tr',
      { 'aria-rowindex': place + 2, 'data-place': place },
      make('th', { scope: 'row', class: 'name', title: name }, open),
      make('td', { class: 'address' }, shown),
      make('td', { class: 'status' }, badge(row)),
      ...Array.from({ length: requirementCount }, (_, i) => requirementCell(row, i + 1)),
    );
    if (this.list.querySelector('thead .runs'))
      line.append(make('td', { class: 'runs' }, runsOf(row) ? runStrip(runsOf(row)) : ''));
    const reason = reasonOf(row);
    line.append(make('td', { class: 'reason', title: reason }, make('span', {}, reason)));
    return line;
  }
}

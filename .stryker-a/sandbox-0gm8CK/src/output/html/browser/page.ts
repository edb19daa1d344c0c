import { byId, element, make } from './elements.ts';
import { addressOf, badge, detailsOf, nameOf, rows, subnetOf } from './hosts.ts';
import { sorting, sortNamesAsAddresses, sortRows } from './order.ts';
import { HostTable, hasAddresses } from './table.ts';

// The one script of a page. It loads nothing, and does nothing that a reader of the page needs: see docs/decisions/0013.

/** Waits for the next key of a search, milliseconds. */
const TYPING_MS = 120;

/** A button at each block of commands, where the browser lets pages copy. */
const addCopyButtons = (root: ParentNode): void => {
  if (!navigator.clipboard) return;
  for (const block of root.querySelectorAll('pre')) {
    const button = make('button', { type: 'button', class: 'copy' }, 'Copy');
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(block.textContent ?? '');
        button.textContent = 'Copied';
      } catch {
        getSelection()?.selectAllChildren(block);
        button.textContent = 'Selected';
      }
    });
    const frame = make('div', { class: 'command' });
    block.replaceWith(frame);
    frame.append(block, button);
  }
};

const openHost = (table: HostTable, dialog: HTMLDialogElement, place: number): void => {
  table.active = place;
  const row = table.rowAt(place);
  if (!row) return;
  const address = addressOf(row);
  const name = nameOf(row) + (address && address !== nameOf(row) ? ` (${address})` : '');
  const heading = element('host-name', HTMLElement);
  heading.replaceChildren(badge(row), ` ${name}`);
  const details = detailsOf(row);
  const start = element('live', HTMLElement).dataset['host'];
  if (start && details instanceof Element) {
    const href = start + encodeURIComponent(nameOf(row));
    details.prepend(make('p', { class: 'all-runs' }, make('a', { href }, 'All runs of this host')));
  }
  const body = element('host-body', HTMLElement);
  body.replaceChildren(details);
  addCopyButtons(body);
  dialog.showModal();
  dialog.scrollTop = 0;
  heading.focus();
};

const showOrder = (table: HostTable): void => {
  const { column, direction } = sorting;
  for (const button of table.head.querySelectorAll('button')) {
    const own = button.dataset['sort'] === column;
    button.parentElement?.setAttribute(
      'aria-sort',
      own ? (direction === 1 ? 'ascending' : 'descending') : 'none',
    );
  }
  sortRows();
  table.refresh();
};

/** Up, down, and as it came. */
const sortBy = (name: string): void => {
  if (sorting.column !== name) Object.assign(sorting, { column: name, direction: 1 });
  else if (sorting.direction === 1) sorting.direction = -1;
  else Object.assign(sorting, { column: '', direction: 1 });
};

const placeOf = ({ target }: Event): number | null => {
  const line = target instanceof Element ? target.closest<HTMLElement>('tr[data-place]') : null;
  return line ? Number(line.dataset['place']) : null;
};

const listenToTable = (table: HostTable): void => {
  const { viewport, head, body } = table;
  const dialog = element('host', HTMLDialogElement);
  let frame = 0;
  viewport.addEventListener(
    'scroll',
    () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => table.draw(false));
    },
    { passive: true },
  );
  new ResizeObserver(() => table.draw(true)).observe(viewport);
  viewport.addEventListener('keydown', (event) => {
    const place = table.placeAfter(event.key);
    const inHead = event.target instanceof Node && head.contains(event.target);
    if (place === null || event.altKey || event.ctrlKey || event.metaKey || inHead) return;
    event.preventDefault();
    table.goTo(place);
  });
  head.addEventListener('click', ({ target }) => {
    const column = target instanceof Element ? target.closest('button')?.dataset['sort'] : undefined;
    if (column === undefined) return;
    sortBy(column);
    showOrder(table);
  });
  body.addEventListener('click', (event) => {
    const place = placeOf(event);
    if (place !== null && getSelection()?.isCollapsed !== false) openHost(table, dialog, place);
  });
  body.addEventListener('focusin', (event) => {
    table.active = placeOf(event) ?? table.active;
  });
  element('close', HTMLElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => table.goTo(table.active));
};

const listenToControls = (table: HostTable): void => {
  const query = element('query', HTMLInputElement);
  const verdict = element('verdict', HTMLSelectElement);
  const net = element('net', HTMLSelectElement);
  let timer = 0;
  query.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => table.refresh(), TYPING_MS);
  });
  query.form?.addEventListener('submit', (event) => {
    event.preventDefault();
    table.refresh();
  });
  for (const select of [verdict, net]) select.addEventListener('change', () => table.refresh());
  element('clear', HTMLElement).addEventListener('click', () => {
    for (const control of [query, verdict, net]) control.value = '';
    table.refresh();
  });
  const subnets = new Map<string, number>();
  for (const row of rows) subnets.set(subnetOf(row), (subnets.get(subnetOf(row)) ?? 0) + 1);
  for (const [subnet, count] of subnets)
    net.append(make('option', { value: subnet }, `${subnet} (${count})`));
  for (const link of document.querySelectorAll<HTMLElement>('a[data-net]'))
    link.addEventListener('click', () => {
      query.value = '';
      verdict.value = '';
      net.value = link.dataset['net'] ?? '';
      table.refresh();
      net.focus({ preventScroll: true });
    });
};

document.documentElement.classList.add('js');
const main = document.querySelector('main');
if (main) addCopyButtons(main);
const live = byId('live');
if (live) {
  const table = new HostTable();
  if (!hasAddresses) {
    table.list.classList.add('no-address');
    sortNamesAsAddresses();
  }
  live.hidden = false;
  listenToTable(table);
  listenToControls(table);
  showOrder(table);
}

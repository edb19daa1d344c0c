/** Third part of the script: the table, of which only the rows in sight exist. */
export const LIST = `
const viewport = $('viewport');
const list = $('list');
const body = list?.tBodies[0];
const SPARE = 6;
let rowHeight = 44;
// The place in the view that the keyboard is at.
let active = 0;

const needCell = (row, place) => {
  const letter = row[LETTERS][place];
  return make(
    'td',
    { class: 'need ' + STATES[letter].replace(' ', '-'), title: STATES[letter] },
    make('span', { 'aria-hidden': 'true' }, SIGNS[letter]),
    make('span', { class: 'unseen' }, STATES[letter]),
  );
};

// Where most targets are addresses, a second column for them would be empty.
const otherAddress = (row) => (addressOf(row) === nameOf(row) ? '' : addressOf(row));
const hasAddresses = rows.filter(otherAddress).length * 2 > rows.length;

const rowOf = (place, stop) => {
  const row = rows[view[place]];
  const shown = otherAddress(row);
  const name = nameOf(row) + (shown && !hasAddresses ? ' (' + shown + ')' : '');
  const open = make('button', { type: 'button', class: 'open', tabindex: stop ? 0 : -1 }, name);
  const line = make(
    'tr',
    { 'aria-rowindex': place + 2 },
    make('th', { scope: 'row', class: 'name', title: name }, open),
    make('td', { class: 'address' }, shown),
    make('td', { class: 'status' }, badge(row)),
    needCell(row, 1),
    needCell(row, 2),
    needCell(row, 3),
  );
  if (list.querySelector('thead .runs'))
    line.append(make('td', { class: 'runs' }, row[RUNS] ? runStrip(row[RUNS]) : ''));
  line.append(make('td', { class: 'reason', title: reasonOf(row) }, make('span', {}, reasonOf(row))));
  line.dataset.place = String(place);
  return line;
};

const space = (count) => {
  const cell = make('td', {});
  cell.style.height = count * rowHeight + 'px';
  return make('tr', { class: 'space', 'aria-hidden': 'true' }, cell);
};

let from = -1;
let to = -1;

const draw = (again) => {
  const top = Math.floor(viewport.scrollTop / rowHeight);
  const sight = Math.ceil(viewport.clientHeight / rowHeight);
  const first = Math.max(0, Math.min(top, view.length - sight) - SPARE);
  const last = Math.min(view.length, top + sight + SPARE);
  if (!again && first === from && last === to) return;
  [from, to] = [first, last];
  const hadFocus = body.contains(document.activeElement);
  const stop = active >= first && active < last ? active : Math.min(first + SPARE, last - 1);
  const lines = [];
  for (let place = first; place < last; place++) lines.push(rowOf(place, place === stop));
  body.replaceChildren(space(first), ...lines, space(view.length - last));
  const height = body.rows[1]?.offsetHeight;
  if (lines.length > 0 && height && height !== rowHeight) {
    rowHeight = height;
    draw(true);
  }
  if (hadFocus) (body.querySelector('tr[data-place="' + active + '"] .open') ?? viewport).focus({ preventScroll: true });
};

const refresh = () => {
  filterRows();
  active = 0;
  viewport.scrollTop = 0;
  list.setAttribute('aria-rowcount', String(view.length + 1));
  draw(true);
  const all = rows.length.toLocaleString('en');
  $('count').textContent =
    view.length === rows.length ? all + ' hosts' : view.length.toLocaleString('en') + ' of ' + all + ' hosts';
};

const goTo = (place) => {
  if (view.length === 0) return;
  active = Math.max(0, Math.min(view.length - 1, place));
  const head = list.tHead.offsetHeight;
  const at = active * rowHeight;
  if (at < viewport.scrollTop) viewport.scrollTop = at;
  const below = at + rowHeight + head - viewport.clientHeight;
  if (below > viewport.scrollTop) viewport.scrollTop = below;
  draw(true);
  body.querySelector('tr[data-place="' + active + '"] .open')?.focus({ preventScroll: true });
};

const pageRows = () => Math.max(1, Math.floor(viewport.clientHeight / rowHeight) - 2);
const MOVES = {
  ArrowDown: () => active + 1,
  ArrowUp: () => active - 1,
  PageDown: () => active + pageRows(),
  PageUp: () => active - pageRows(),
  Home: () => 0,
  End: () => view.length - 1,
};
`;

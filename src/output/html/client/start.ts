/** Last part of the script: what the reader does. */
export const START = `
const addCopy = (root) => {
  if (!navigator.clipboard) return;
  for (const block of root.querySelectorAll('pre')) {
    const button = make('button', { type: 'button', class: 'copy' }, 'Copy');
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(block.textContent);
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

const dialog = $('host');

const openHost = (place) => {
  active = place;
  const row = rows[view[place]];
  const address = addressOf(row);
  const name = nameOf(row) + (address && address !== nameOf(row) ? ' (' + address + ')' : '');
  $('host-name').replaceChildren(badge(row), ' ' + name);
  const details = build(row[DETAILS], row[SLOTS]);
  const start = $('live').dataset.host;
  if (start) {
    const href = start + encodeURIComponent(nameOf(row));
    details.prepend(make('p', { class: 'all-runs' }, make('a', { href }, 'All runs of this host')));
  }
  $('host-body').replaceChildren(details);
  addCopy($('host-body'));
  dialog.showModal();
  dialog.scrollTop = 0;
  $('host-name').focus();
};

const showOrder = () => {
  for (const button of list.tHead.querySelectorAll('button')) {
    const own = button.dataset.sort === column;
    button.parentElement.setAttribute(
      'aria-sort',
      own ? (direction === 1 ? 'ascending' : 'descending') : 'none',
    );
  }
  sortRows();
  refresh();
};

// Up, down, and as it came.
const sortBy = (name) => {
  if (column !== name) [column, direction] = [name, 1];
  else if (direction === 1) direction = -1;
  else [column, direction] = ['', 1];
  showOrder();
};

const listenToTable = () => {
  let frame = 0;
  viewport.addEventListener('scroll', () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => draw(false));
  }, { passive: true });
  new ResizeObserver(() => draw(true)).observe(viewport);
  viewport.addEventListener('keydown', (event) => {
    const move = MOVES[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey || list.tHead.contains(event.target)) return;
    event.preventDefault();
    goTo(move());
  });
  list.tHead.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button) sortBy(button.dataset.sort);
  });
  body.addEventListener('click', (event) => {
    const line = event.target.closest('tr[data-place]');
    if (line && getSelection()?.isCollapsed !== false) openHost(Number(line.dataset.place));
  });
  body.addEventListener('focusin', (event) => {
    const line = event.target.closest('tr[data-place]');
    if (line) active = Number(line.dataset.place);
  });
  $('close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => goTo(active));
};

const listenToControls = () => {
  let timer = 0;
  $('query').addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 120);
  });
  $('query').form.addEventListener('submit', (event) => {
    event.preventDefault();
    refresh();
  });
  for (const id of ['verdict', 'net']) $(id).addEventListener('change', refresh);
  $('clear').addEventListener('click', () => {
    for (const id of ['query', 'verdict', 'net']) $(id).value = '';
    refresh();
  });
  const nets = new Map();
  for (const row of rows) nets.set(netOf(row), (nets.get(netOf(row)) ?? 0) + 1);
  for (const [net, count] of nets) $('net').append(make('option', { value: net }, net + ' (' + count + ')'));
  for (const link of document.querySelectorAll('a[data-net]'))
    link.addEventListener('click', () => {
      $('query').value = $('verdict').value = '';
      $('net').value = link.dataset.net;
      refresh();
      $('net').focus({ preventScroll: true });
    });
};

addCopy(document.querySelector('main'));
if ($('live')) {
  if (!hasAddresses) {
    list.classList.add('no-address');
    COLUMNS.name = COLUMNS.address;
  }
  $('live').hidden = false;
  listenToTable();
  listenToControls();
  showOrder();
}
`;

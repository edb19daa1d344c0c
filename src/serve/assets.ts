/** What the dashboard adds to the style sheet of the report. */
const STYLE = `
.top form { margin-left: auto; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button, input, select { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 0.25rem; padding: 0.25rem 0.625rem; }
button { background: var(--sheet); cursor: pointer; }
.search, .login { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: end; margin: 1rem 0 1.5rem; }
.search label, .login label { color: var(--soft); font-size: 0.875rem; }
.search :is(input, select), .login input { display: block; color: var(--text); font-size: 1rem; max-width: 100%; }
.trouble { color: var(--blocked); font-weight: 600; margin-top: 0.75rem; }
.pager { display: flex; gap: 1.5rem; margin-top: 1.25rem; }
h1 + .scroll, h1 + .facts { margin-top: 1rem; }
#live { min-height: 1.5rem; font-size: 0.875rem; }
.runs th, .runs td { padding-right: 1rem; }
.runs td:nth-child(2) { overflow-wrap: anywhere; min-width: 12rem; }
.runs tbody th a { white-space: nowrap; }
.runs .id, .runs .schedule { display: block; font-weight: 400; color: var(--soft); font-size: 0.8125rem; }
.runs .id { white-space: nowrap; }
.run-state { font-size: 0.8125rem; font-weight: 600; color: var(--soft); }
.run-state.running { color: var(--link); } .run-state:is(.interrupted, .overdue) { color: var(--undetermined); }
.beats { display: flex; flex-wrap: wrap; gap: 0.1875rem; margin: 1rem 0 1.5rem; padding: 0; list-style: none; }
.beat { display: flex; align-items: end; justify-content: center; position: relative; width: 1.375rem; height: 2.25rem; padding: 0; text-decoration: none; }
.beat.ready { height: 1.5rem; margin-top: 0.75rem; } .beat.clear-so-far { height: 1.625rem; margin-top: 0.625rem; } .beat.unreachable { height: 1.125rem; margin-top: 1.125rem; } .beat.undetermined { height: 1.875rem; margin-top: 0.375rem; }
.rows .when { width: 12rem; } .rows .name { width: 15rem; } .rows.hosts .narrow, .stretches .narrow { width: 9.5rem; }
.reasons { padding-left: 1.125rem; }
progress { display: block; width: 100%; min-width: 6rem; height: 0.5rem; margin-top: 0.375rem; accent-color: var(--link); }
.links { display: flex; flex-wrap: wrap; gap: 0 0.75rem; padding: 0; list-style: none; font-size: 0.875rem; margin-top: 0.125rem; }
@media (max-width: 64rem) {
  .runs thead { position: absolute; left: -100rem; }
  .runs tr { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr)); gap: 0.25rem 1rem; padding: 0.75rem 0; border-bottom: 1px solid var(--line); }
  .runs :is(th, td) { padding: 0; border: 0; text-align: left; }
  .runs th, .runs td:nth-child(2) { grid-column: 1 / -1; }
  .runs td[data-head]::before { content: attr(data-head); display: block; color: var(--soft); font-size: 0.8125rem; }
}
`;

/**
 * Follows running audits: numbers change in place; when one starts or ends, the table is fetched anew as a document,
 * parsed but never run. Nothing is ever made into HTML from text.
 */
const SCRIPT = `'use strict';
(() => {
  const status = document.getElementById('live');
  const runs = () => document.getElementById('runs');
  if (!status || !runs() || !window.EventSource) return;
  const strangers = new Set();
  let fetching = false;

  const shown = () => [...document.querySelectorAll('tr[data-state="running"]')].map((row) => row.id.slice(4));

  const swap = (fresh) => {
    const held = document.activeElement && document.activeElement.getAttribute('href');
    runs().replaceWith(document.adoptNode(fresh));
    const link = held && [...document.links].find((one) => one.getAttribute('href') === held);
    if (link) link.focus({ preventScroll: true });
  };

  const refresh = (ended) => {
    if (fetching) return;
    fetching = true;
    const request = new XMLHttpRequest();
    request.open('GET', location.pathname + location.search);
    request.responseType = 'document';
    request.onloadend = () => {
      fetching = false;
      if (request.status === 401) location.reload();
      const fresh = request.status === 200 && request.response && request.response.getElementById('runs');
      if (!fresh) return;
      swap(fresh);
      if (ended.length > 0) status.textContent = 'Ended: ' + ended.join(', ') + '.';
    };
    request.send();
  };

  const update = (run) => {
    const row = document.getElementById('run-' + run.id);
    if (!row) return;
    for (const cell of row.querySelectorAll('[data-of]')) {
      const text = String(run[cell.dataset.of]);
      if (cell.textContent !== text) cell.textContent = text;
    }
    const bar = row.querySelector('progress');
    if (bar) bar.value = run.done;
  };

  let source = null;
  const open = () => {
    if (source) return;
    source = new EventSource('/events');
    source.addEventListener('progress', (event) => {
      const running = JSON.parse(event.data);
      const ids = new Set(running.map((run) => run.id));
      const ended = shown().filter((id) => !ids.has(id));
      const started = running.filter((run) => !document.getElementById('run-' + run.id) && !strangers.has(run.id));
      // One that is on another page is looked for once.
      for (const run of started) strangers.add(run.id);
      if (ended.length > 0 || started.length > 0) refresh(ended);
      for (const run of running) update(run);
    });
    source.onopen = () => { status.textContent = ''; };
    source.onerror = () => {
      status.textContent = source.readyState === EventSource.CLOSED
        ? 'Progress is not shown live; load the page again to see more.'
        : 'The connection was lost; trying again.';
    };
  };
  const close = () => {
    if (source) source.close();
    source = null;
  };
  // A page that nobody looks at costs its server nothing.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', open);
  open();
})();
`;

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b57b0"/><path d="M4 8.5 7 11.5 12.5 5" fill="none" stroke="#fff" stroke-width="2"/></svg>\n';

/** A file that the pages load: its media type and text. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

/** The files of the dashboard, with the style sheet of the report before our own. They hold nothing of the history. */
export const assetsWith = (style: string): Readonly<Record<'style.css' | 'app.js' | 'icon.svg', Asset>> => ({
  'style.css': { type: 'text/css; charset=utf-8', text: style + STYLE },
  'app.js': { type: 'text/javascript; charset=utf-8', text: SCRIPT },
  'icon.svg': { type: 'image/svg+xml', text: ICON },
});

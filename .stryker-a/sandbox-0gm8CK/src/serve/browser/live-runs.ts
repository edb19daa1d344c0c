/** A running audit as the server reports it; `src/serve/live-progress.ts` writes these. */
interface RunningAudit {
  readonly id: string;
  readonly done: number;
  readonly [cell: string]: unknown;
}

// Follows running audits: numbers change in place; when one starts or ends, the table is fetched anew as a document, parsed but
// never run. Nothing is ever made into HTML from text.

const follow = (status: HTMLElement, table: () => HTMLElement | null): void => {
  /** Audits that are on another page: they are looked for once. */
  const elsewhere = new Set<string>();
  let isFetching = false;

  const shownIds = (): string[] =>
    [...document.querySelectorAll('tr[data-state="running"]')].map((row) => row.id.slice('run-'.length));

  const replaceTable = (fresh: HTMLElement): void => {
    const focused = document.activeElement?.getAttribute('href');
    table()?.replaceWith(document.adoptNode(fresh));
    const link = focused && [...document.links].find((one) => one.getAttribute('href') === focused);
    if (link) link.focus({ preventScroll: true });
  };

  const fetchTable = (ended: readonly string[]): void => {
    if (isFetching) return;
    isFetching = true;
    const request = new XMLHttpRequest();
    request.open('GET', location.pathname + location.search);
    request.responseType = 'document';
    request.onloadend = () => {
      isFetching = false;
      if (request.status === 401) location.reload();
      const page: Document | null = request.status === 200 ? request.response : null;
      const fresh = page?.getElementById('runs');
      if (!fresh) return;
      replaceTable(fresh);
      if (ended.length > 0) status.textContent = `Ended: ${ended.join(', ')}.`;
    };
    request.send();
  };

  const updateRow = (run: RunningAudit): void => {
    const row = document.getElementById(`run-${run.id}`);
    if (!row) return;
    for (const cell of row.querySelectorAll<HTMLElement>('[data-of]')) {
      const text = String(run[cell.dataset['of'] ?? '']);
      if (cell.textContent !== text) cell.textContent = text;
    }
    const bar = row.querySelector('progress');
    if (bar) bar.value = run.done;
  };

  const onProgress = ({ data }: MessageEvent<string>): void => {
    const running: readonly RunningAudit[] = JSON.parse(data);
    const ids = new Set(running.map(({ id }) => id));
    const ended = shownIds().filter((id) => !ids.has(id));
    const started = running.filter(({ id }) => !document.getElementById(`run-${id}`) && !elsewhere.has(id));
    for (const { id } of started) elsewhere.add(id);
    if (ended.length > 0 || started.length > 0) fetchTable(ended);
    for (const run of running) updateRow(run);
  };

  let source: EventSource | null = null;
  const open = (): void => {
    if (source) return;
    const opened = new EventSource('/events');
    source = opened;
    opened.addEventListener('progress', onProgress);
    opened.onopen = () => {
      status.textContent = '';
    };
    opened.onerror = () => {
      status.textContent =
        opened.readyState === EventSource.CLOSED
          ? 'Progress is not shown live; load the page again to see more.'
          : 'The connection was lost; trying again.';
    };
  };
  const close = (): void => {
    source?.close();
    source = null;
  };
  // A page in a hidden tab costs its server nothing.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', open);
  open();
};

const status = document.getElementById('live');
const table = (): HTMLElement | null => document.getElementById('runs');
if (status && table() && 'EventSource' in window) follow(status, table);

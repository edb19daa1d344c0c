import { SHOWN_VERDICTS, type ShownVerdict } from '../model/shown-verdict.ts';
import type { HostPlace, HostQuery, ReportFormat } from './dashboard.ts';

/** Rows of one page of runs and of hosts. */
export const RUNS_PER_PAGE = 50;
const HOSTS_PER_PAGE = 100;

/** Longest search text, characters; no DNS name is longer. */
const LONGEST_SEARCH = 253;

/** The files that the pages load. */
export type AssetName = 'style.css' | 'app.js' | 'icon.svg';

/** What a request asks for. Ids and numbers have the form of ids and numbers; whether they exist is not known yet. */
export type Route =
  | { readonly to: 'runs'; readonly offset: number }
  | { readonly to: 'report'; readonly id: string }
  | {
      readonly to: 'download';
      readonly id: string;
      readonly format: Exclude<ReportFormat, 'html' | 'prometheus'>;
    }
  | { readonly to: 'hosts'; readonly id: string; readonly query: HostQuery }
  | { readonly to: 'host'; readonly id: string; readonly index: number }
  | { readonly to: 'host-runs'; readonly target: string }
  | { readonly to: 'schedule'; readonly name: string }
  | { readonly to: 'diff'; readonly before: string; readonly after: string }
  | { readonly to: 'asset'; readonly name: AssetName }
  | { readonly to: 'latest' | 'schedules' | 'events' | 'metrics' | 'health' | 'login' | 'logout' };

/** No dot, so that an ending is never part of an id; no slash and no percent sign, so that nothing needs decoding. */
const ID = '([0-9A-Za-z][0-9A-Za-z_-]{0,63})';
const INDEX = '(0|[1-9]\\d{0,8})';

const isVerdict = (text: string | null): text is ShownVerdict =>
  SHOWN_VERDICTS.some((verdict) => verdict === text);

const numberOr = (text: string | null, otherwise: number): number =>
  text !== null && /^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : otherwise;

const placeOf = (text: string | null): HostPlace | null => {
  const [, verdict = '', index = ''] = /^([a-z-]+)\.(0|[1-9]\d{0,8})$/.exec(text ?? '') ?? [];
  return isVerdict(verdict) ? { verdict, index: Number(index) } : null;
};

const textOf = (query: URLSearchParams, key: string): string =>
  (query.get(key) ?? '').trim().slice(0, LONGEST_SEARCH);

const hostQuery = (query: URLSearchParams): HostQuery => {
  const verdict = query.get('verdict');
  return {
    verdict: isVerdict(verdict) ? verdict : null,
    search: textOf(query, 'search'),
    after: placeOf(query.get('after')),
    limit: HOSTS_PER_PAGE,
  };
};

type Maker = (parts: readonly string[], query: URLSearchParams) => Route;

const TABLE: readonly (readonly [RegExp, Maker])[] = (
  [
    ['/', (_, query) => ({ to: 'runs', offset: numberOr(query.get('offset'), 0) })],
    ['/latest', () => ({ to: 'latest' })],
    ['/schedules', () => ({ to: 'schedules' })],
    ['/schedule', (_, query) => ({ to: 'schedule', name: textOf(query, 'name') })],
    ['/host', (_, query) => ({ to: 'host-runs', target: textOf(query, 'target') })],
    ['/events', () => ({ to: 'events' })],
    ['/metrics', () => ({ to: 'metrics' })],
    ['/healthz', () => ({ to: 'health' })],
    ['/login', () => ({ to: 'login' })],
    ['/logout', () => ({ to: 'logout' })],
    ['/style\\.css', () => ({ to: 'asset', name: 'style.css' })],
    ['/app\\.js', () => ({ to: 'asset', name: 'app.js' })],
    ['/icon\\.svg', () => ({ to: 'asset', name: 'icon.svg' })],
    [`/runs/${ID}`, ([id = '']) => ({ to: 'report', id })],
    [`/runs/${ID}\\.json`, ([id = '']) => ({ to: 'download', id, format: 'json' })],
    [`/runs/${ID}\\.ndjson`, ([id = '']) => ({ to: 'download', id, format: 'ndjson' })],
    [`/runs/${ID}\\.csv`, ([id = '']) => ({ to: 'download', id, format: 'csv' })],
    [`/runs/${ID}/hosts`, ([id = ''], query) => ({ to: 'hosts', id, query: hostQuery(query) })],
    [`/runs/${ID}/hosts/${INDEX}`, ([id = '', index]) => ({ to: 'host', id, index: Number(index) })],
    [`/diff/${ID}/${ID}`, ([before = '', after = '']) => ({ to: 'diff', before, after })],
  ] satisfies readonly (readonly [string, Maker])[]
).map(([pattern, make]) => [new RegExp(`^${pattern}$`), make]);

/** What the target of a request line (`/runs?offset=50`) means; null when it is none of our pages. Nothing is decoded in the path. */
export const routeOf = (target: string): Route | null => {
  const [path = '', ...rest] = target.split('?');
  for (const [pattern, make] of TABLE) {
    const parts = pattern.exec(path);
    if (parts) return make(parts.slice(1), new URLSearchParams(rest.join('?')));
  }
  return null;
};

const SHOWN: ReadonlySet<Route['to']> = new Set([
  'runs',
  'report',
  'hosts',
  'host',
  'host-runs',
  'diff',
  'latest',
  'schedules',
  'schedule',
]);

/** Whether a text is a page of ours that a sign-in may lead on to. Never an address elsewhere. */
export const isPagePath = (target: string): boolean => {
  const route = routeOf(target);
  return route !== null && SHOWN.has(route.to);
};

/** The page of a host over all runs, by its target. */
export const hostRunsHref = (target: string): string => `/host?${new URLSearchParams({ target })}`;

/** The page of a schedule. A history may hold names of any form, so they go into the query. */
export const scheduleHref = (name: string): string => `/schedule?${new URLSearchParams({ name })}`;

/** The query of a list of hosts as part of an address. */
export const hostQueryText = ({ verdict, search, after }: Omit<HostQuery, 'limit'>): string => {
  const query = new URLSearchParams();
  if (verdict) query.set('verdict', verdict);
  if (search) query.set('search', search);
  if (after !== null) query.set('after', `${after.verdict}.${after.index}`);
  return query.size > 0 ? `?${query}` : '';
};

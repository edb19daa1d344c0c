import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../text/error-message.ts';
import { assetsWith } from './assets.ts';
import type { Authenticator } from './auth.ts';
import type { Dashboard, Theme } from './dashboard.ts';
import type { LiveProgress } from './live-progress.ts';
import { loginPage } from './pages/error-and-login.ts';
import { hostRunsPage } from './pages/host-runs-page.ts';
import { hostPage, hostsPage } from './pages/hosts-page.ts';
import { runsPage } from './pages/runs-page.ts';
import { schedulePage, schedulesPage } from './pages/schedules-page.ts';
import { begin, type Exchange, redirect, sendError, sendPage, sendText } from './response.ts';
import { type Route, RUNS_PER_PAGE, routeOf } from './routes.ts';
import { chunkSender } from './send-chunks.ts';
import { mayRead, signIn } from './sign-in.ts';

/** Longest request target that is looked at, characters. */
const LONGEST_TARGET = 2048;

/** What the answers are made with. `guard` is null when anybody on this machine may read. */
export interface Parts {
  readonly dashboard: Dashboard;
  readonly look: Theme;
  readonly live: LiveProgress;
  readonly guard: Authenticator | null;
  isOurName(header: string | undefined): boolean;
  /** One line for the operator of the server. */
  log(line: string): void;
}

const TYPES = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
} as const;
const EVENTS = { 'Content-Type': 'text/event-stream' };
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

/** A page elsewhere may link here, and that is all: no pictures, frames, scripts or forms of other sites. */
const isForeign = ({ headers, method }: IncomingMessage): boolean => {
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site === 'same-origin' || site === 'none') return false;
  return !(
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
};

const PUBLIC: ReadonlySet<Route['to'] | undefined> = new Set(['asset', 'health', 'login', 'logout'] as const);

/** Answers requests. The promise never rejects: what fails is said, and answered with an error or a cut-off. */
export const handlerOf = ({ dashboard, look, live, guard, isOurName, log }: Parts) => {
  const assets = assetsWith(look.style);

  const sendPieces = chunkSender(look);

  const listen = (exchange: Exchange): void => {
    if (exchange.request.method === 'HEAD') begin(exchange, 200, EVENTS).end();
    else if (live.isFull()) sendError(exchange, look, 503);
    else void live.join(begin(exchange, 200, EVENTS));
  };

  const show = async (exchange: Exchange, route: Route): Promise<void> => {
    const missing = (): void => sendError(exchange, look, 404);
    const signOut = guard !== null;
    switch (route.to) {
      case 'runs': {
        const runs = await dashboard.runs(RUNS_PER_PAGE + 1, route.offset);
        return sendPage(exchange, 200, runsPage(look, runs, route.offset, signOut));
      }
      case 'latest': {
        const [newest] = await dashboard.runs(1, 0);
        return newest
          ? redirect(exchange, `/runs/${newest.id}`)
          : sendPage(exchange, 404, runsPage(look, [], 0, signOut));
      }
      case 'report':
        return sendPieces(exchange, () => dashboard.report(route.id, 'html'), 'page');
      case 'diff':
        return sendPieces(exchange, () => dashboard.diff(route.before, route.after), 'page');
      case 'download':
        return sendPieces(exchange, () => dashboard.report(route.id, route.format), {
          'Content-Type': TYPES[route.format],
          'Content-Disposition': `attachment; filename="ra-preflight-${route.id}.${route.format}"`,
        });
      case 'metrics': {
        const last = (await dashboard.runs(RUNS_PER_PAGE, 0)).find(({ state }) => state === 'finished');
        return sendPieces(exchange, () => (last ? dashboard.report(last.id, 'prometheus') : null), {
          'Content-Type': PROMETHEUS,
        });
      }
      case 'hosts': {
        const run = await dashboard.entry(route.id);
        if (!run) return missing();
        const hosts = await dashboard.hosts(route.id, route.query);
        return sendPage(exchange, 200, hostsPage(look, run, route.query, hosts, signOut));
      }
      case 'host': {
        const run = await dashboard.entry(route.id);
        const host = run && (await dashboard.host(route.id, route.index));
        return run && host
          ? sendPage(exchange, 200, hostPage(look, run, host, route.index, signOut))
          : missing();
      }
      case 'host-runs': {
        const runs = route.target ? await dashboard.hostRuns(route.target) : [];
        const status = route.target && runs.length === 0 ? 404 : 200;
        return sendPage(exchange, status, hostRunsPage(look, route.target, runs, signOut));
      }
      case 'schedules':
        return sendPage(exchange, 200, schedulesPage(look, await dashboard.schedules(), signOut));
      case 'schedule': {
        const known = await dashboard.schedules();
        const one = known.schedules.find(({ name }) => name === route.name);
        if (!one) return missing();
        const runs = await dashboard.scheduleRuns(one.name);
        return sendPage(exchange, 200, schedulePage(look, known, one, runs, signOut));
      }
      case 'events':
        return listen(exchange);
      case 'asset': {
        const { type, text } = assets[route.name];
        return sendText(exchange, 200, type, text);
      }
      case 'health':
        return sendText(exchange, 200, 'text/plain; charset=utf-8', 'ok\n');
      case 'login':
        return guard ? sendPage(exchange, 200, loginPage(look, '/', null)) : redirect(exchange, '/');
      case 'logout':
        return redirect(exchange, '/');
    }
  };

  const post = async (exchange: Exchange, route: Route | null): Promise<void> => {
    if (guard && route?.to === 'login') return signIn(exchange, look, guard);
    if (guard && route?.to === 'logout') return redirect(exchange, '/', { 'Set-Cookie': guard.noCookie() });
    sendError(exchange, look, 405);
  };

  const answer = async (exchange: Exchange): Promise<void> => {
    const { method, url = '', headers } = exchange.request;
    const refuse = (status: 400 | 403 | 404 | 405 | 414 | 421): void => sendError(exchange, look, status);
    if (url.length > LONGEST_TARGET) return refuse(414);
    if (!url.startsWith('/')) return refuse(400);
    if (!isOurName(headers.host)) return refuse(421);
    if (isForeign(exchange.request)) return refuse(403);
    const route = routeOf(url);
    if (method === 'POST') return post(exchange, route);
    if (method !== 'GET' && method !== 'HEAD') return refuse(405);
    if (guard && !PUBLIC.has(route?.to) && !mayRead(exchange, look, guard)) return;
    return route ? show(exchange, route) : refuse(404);
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const exchange = { request, response };
    try {
      await answer(exchange);
    } catch (error) {
      // The client has gone.
      if (response.destroyed && !response.headersSent) return;
      log(`${request.method} failed: ${messageOf(error)}`);
      if (response.headersSent) response.destroy();
      else sendError(exchange, look, 500);
    }
  };
};

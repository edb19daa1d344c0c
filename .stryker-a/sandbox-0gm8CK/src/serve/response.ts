import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Markup, Theme } from './dashboard.ts';
import { COMMON_HEADERS, NOTHING_POLICY, PAGE_POLICY } from './headers.ts';
import { errorPage } from './pages/error-and-login.ts';

/** One request and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

type Headers = Readonly<Record<string, string>>;

/** Sends the status and the headers that every answer has; `headers` come on top. Gives the response for its body. */
export const begin = ({ response }: Exchange, status: number, headers: Headers): ServerResponse =>
  response.writeHead(status, { ...COMMON_HEADERS, 'Content-Security-Policy': NOTHING_POLICY, ...headers });

/** Answers with a whole text; a HEAD request gets its headers only. */
export const sendText = (
  exchange: Exchange,
  status: number,
  type: string,
  text: string,
  headers: Headers = {},
): void => {
  begin(exchange, status, {
    'Content-Type': type,
    'Content-Length': String(Buffer.byteLength(text)),
    ...headers,
  });
  exchange.response.end(exchange.request.method === 'HEAD' ? undefined : text);
};

/** Answers with one of our pages. */
export const sendPage = (exchange: Exchange, status: number, page: Markup, headers: Headers = {}): void =>
  sendText(exchange, status, 'text/html; charset=utf-8', page.text, {
    'Content-Security-Policy': PAGE_POLICY,
    ...headers,
  });

/** Sends the reader on to another of our pages. */
export const redirect = (exchange: Exchange, to: string, headers: Headers = {}): void => {
  begin(exchange, 303, { Location: to, 'Content-Length': '0', ...headers });
  exchange.response.end();
};

/** What can go wrong with a request, with its title and sentence. */
const TROUBLE = {
  400: ['Bad request', 'The request could not be understood.'],
  403: ['Refused', 'This request came from another site. Open the dashboard in its own tab.'],
  404: ['Not found', 'There is no such page, audit or host.'],
  405: ['Refused', 'The dashboard is read-only: it answers GET and HEAD.'],
  413: ['Too long', 'The form was too long.'],
  414: ['Too long', 'The address was too long.'],
  421: [
    'Refused',
    "The host name in the address is not one of this server's names. Use the address that it printed when it started.",
  ],
  500: ['Something failed', "The history could not be read. See the server's own output for details."],
  503: ['Busy', 'Too many reports are being read. Try again in a few seconds.'],
} as const;

/** Answers with an error. Its connection is closed, so that an unwanted body is not read. */
export const sendError = (exchange: Exchange, look: Theme, status: keyof typeof TROUBLE): void => {
  const [title, text] = TROUBLE[status];
  sendPage(exchange, status, errorPage(look, title, text), {
    Connection: 'close',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
    ...(status === 503 ? { 'Retry-After': '5' } : {}),
  });
};

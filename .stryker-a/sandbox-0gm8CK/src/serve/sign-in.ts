import type { IncomingMessage } from 'node:http';
import type { Access, Authenticator } from './auth.ts';
import type { Theme } from './dashboard.ts';
import { loginPage } from './pages/error-and-login.ts';
import { type Exchange, redirect, sendError, sendPage } from './response.ts';
import { isPagePath } from './routes.ts';

/** A token and where to go on: more is no form of ours. Bytes. */
const MOST_FORM = 4096;

const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? '';

/** The form that was posted; null when it is too long, or does not say how long it is. */
const formOf = async (request: IncomingMessage): Promise<URLSearchParams | null> => {
  if (!(Number(request.headers['content-length']) <= MOST_FORM)) return null;
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
};

const nextOf = (next: string): string => (isPagePath(next) ? next : '/');

const refuse = (exchange: Exchange, look: Theme, access: Exclude<Access, 'granted'>, next: string): void => {
  if (access === 'limited') {
    const page = loginPage(look, nextOf(next), 'Too many wrong tokens. Wait a minute.');
    sendPage(exchange, 429, page, { 'Retry-After': '60' });
  } else {
    const trouble = access === 'wrong' ? 'This is not the token.' : null;
    sendPage(exchange, 401, loginPage(look, nextOf(next), trouble), {
      'WWW-Authenticate': 'Bearer realm="ra-preflight"',
    });
  }
};

/** Whether the request may read; if not, it has been answered. */
export const mayRead = (exchange: Exchange, look: Theme, guard: Authenticator): boolean => {
  const { request } = exchange;
  const access = guard.check(request.headers.authorization, request.headers.cookie, addressOf(request));
  if (access === 'granted') return true;
  refuse(exchange, look, access, request.url ?? '/');
  return false;
};

/** Takes the form of the sign-in page. */
export const signIn = async (exchange: Exchange, look: Theme, guard: Authenticator): Promise<void> => {
  const form = await formOf(exchange.request);
  if (!form) return sendError(exchange, look, 413);
  const next = form.get('next') ?? '/';
  const access = guard.tryToken((form.get('token') ?? '').trim(), addressOf(exchange.request));
  if (access === 'granted') redirect(exchange, nextOf(next), { 'Set-Cookie': guard.cookie() });
  else refuse(exchange, look, access, next);
};

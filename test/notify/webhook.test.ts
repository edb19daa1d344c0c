import { webcrypto } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Delivery, type NotifyDeps, notify } from '../../src/notify/deliver.ts';
import type { WebhookRule } from '../../src/notify/rule.ts';
import { deliverWebhook } from '../../src/notify/webhook.ts';
import { collect } from '../collect.ts';
import { type Got, hookServer, webhookRule } from './hook.ts';
import { always, outcomeOf, worldOf } from './run-results.ts';

const SECRET = 'whsec 5f4dcc3b"5aa765';
const SIGNED = { secret: { from: 'env', name: 'RA_HOOK' } } as const;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Sends one delivery to a server that answers so. */
const run = async (
  answer: (response: ServerResponse, index: number, got: Got) => void,
  changes: Partial<WebhookRule> = {},
  deps: Partial<NotifyDeps> = {},
): Promise<{ delivery: Delivery; got: readonly Got[]; slept: readonly number[] }> => {
  const server = await hookServer(answer);
  closers.push(server.close);
  const env = (name: string): string | undefined => (name === 'RA_HOOK' ? SECRET : undefined);
  const world = worldOf({ env, ...deps });
  const rule = always('webhook', webhookRule(`${server.url}/hook?to=ops`, changes));
  const [delivery] = await notify([rule], outcomeOf(), world);
  if (!delivery) throw new Error('the rule did not fire');
  return { delivery, got: server.got, slept: world.slept };
};

const answering =
  (...statuses: readonly number[]) =>
  (response: ServerResponse, index: number): void => {
    response.writeHead(statuses[Math.min(index, statuses.length - 1)] ?? 200).end('noted');
  };

/** Checks a signature with another implementation of HMAC than the one that made it. */
const isSigned = async ({ headers, body }: Got, secret: string): Promise<boolean> => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await webcrypto.subtle.importKey('raw', bytes(secret), hmac, false, ['verify']);
  const [, hex = ''] = /^sha256=([0-9a-f]{64})$/.exec(String(headers['x-ra-preflight-signature'])) ?? [];
  const signed = bytes(`${String(headers['x-ra-preflight-timestamp'])}.${body}`);
  return webcrypto.subtle.verify('HMAC', key, Buffer.from(hex, 'hex'), signed);
};

describe('a webhook to a real server', () => {
  it('posts the outcome, signed', async () => {
    const { delivery, got } = await run(answering(200), SIGNED);
    expect(delivery).toEqual({ rule: 'webhook', ok: true, detail: 'answered 200', notices: [] });
    const [one] = got;
    expect(one).toMatchObject({ method: 'POST', path: '/hook?to=ops' });
    expect(one?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'ra-preflight/0.1.0',
      'x-ra-preflight-timestamp': String(Date.parse('2026-01-08T02:05:00Z') / 1000),
    });
    expect(one && (await isSigned(one, SECRET))).toBe(true);
    expect(one && (await isSigned(one, 'another'))).toBe(false);
    expect(one && (await isSigned({ ...one, body: `${one.body} ` }, SECRET))).toBe(false);
    expect(JSON.parse(one?.body ?? '')).toMatchObject({
      schema: 'ra-preflight/notification@1',
      schedule: 'weekly-hq',
      headline: '3 hosts newly blocked, 1 fixed',
    });
  });

  it('is not signed without a secret', async () => {
    const { got } = await run(answering(204));
    expect(got[0]?.headers['x-ra-preflight-signature']).toBeUndefined();
  });

  it('tries again after 500, with the same id and body and a new time and signature', async () => {
    const { delivery, got, slept } = await run(answering(500, 503, 200), SIGNED);
    expect(delivery).toMatchObject({ ok: true, detail: 'answered 200 (3 tries)' });
    expect(slept).toEqual([1000, 2000]);
    expect(new Set(got.map(({ headers }) => headers['x-ra-preflight-delivery'])).size).toBe(1);
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
    expect(new Set(got.map(({ headers }) => headers['x-ra-preflight-timestamp'])).size).toBe(3);
    for (const one of got) expect(await isSigned(one, SECRET)).toBe(true);
  });

  it('gives up after five tries', async () => {
    const { delivery, got, slept } = await run(answering(502));
    expect(delivery).toMatchObject({ ok: false, detail: 'answered 502 (5 tries): noted' });
    expect(got).toHaveLength(5);
    expect(slept).toEqual([1000, 2000, 4000, 8000]);
  });

  it('spreads its tries: the jitter halves a wait at most', async () => {
    const { slept } = await run(answering(502), {}, { random: () => 0 });
    expect(slept).toEqual([500, 1000, 2000, 4000]);
  });

  it.each([400, 401, 404, 410])('does not repeat what %i refused', async (status) => {
    const { delivery, got } = await run(answering(status));
    expect(delivery).toMatchObject({ ok: false, detail: `answered ${status}: noted` });
    expect(got).toHaveLength(1);
  });

  it.each([408, 425, 429])('repeats after %i', async (status) => {
    const { delivery } = await run(answering(status, 200));
    expect(delivery).toMatchObject({ ok: true });
  });

  it.each([
    ['seconds', '7', 7000],
    ['a date', new Date(Date.parse('2026-01-08T02:05:09Z')).toUTCString(), 9000],
    ['nonsense', 'soon', 1000],
    ['less than the backoff', '0', 1000],
  ])('waits as Retry-After says: %s', async (_, header, wait) => {
    const { delivery, slept } = await run((response, index) =>
      response.writeHead(index === 0 ? 429 : 200, { 'Retry-After': header }).end(),
    );
    expect(delivery.ok).toBe(true);
    expect(slept).toEqual([wait]);
  });

  it('does not wait for a Retry-After beyond two minutes', async () => {
    const { delivery, got, slept } = await run((response) =>
      response.writeHead(429, { 'Retry-After': '3600' }).end(),
    );
    expect(delivery).toMatchObject({ ok: false, detail: 'answered 429; the next try would be too late' });
    expect([got.length, slept.length]).toEqual([1, 0]);
  });

  it('carries the report to no other place', async () => {
    const other = await hookServer(answering(200));
    closers.push(other.close);
    for (const status of [301, 302, 303, 307, 308]) {
      const { delivery } = await run((response) => response.writeHead(status, { Location: other.url }).end());
      expect(delivery.ok).toBe(false);
      expect(delivery.detail).toContain('redirects are not followed');
    }
    expect(other.got).toEqual([]);
  });

  it('leaves a server that drips its headers, although garbage is collected', async () => {
    const { createServer } = await import('node:net');
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => {
        socket.write('X-More: yes\r\n');
        collect();
      }, 50);
      socket.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    const rule = always('webhook', webhookRule(`http://127.0.0.1:${port}/`, { timeoutMs: 300 }));
    const [delivery] = await notify([rule], outcomeOf(), worldOf());
    expect(delivery).toMatchObject({ ok: false, detail: 'no answer in time (5 tries)' });
  });

  it('reads only the beginning of a body without end', async () => {
    let hungUp = false;
    const { delivery } = await run((response) => {
      response.on('close', () => {
        hungUp = true;
      });
      response.writeHead(400);
      const more = (): void => {
        while (!response.destroyed && response.write('y'.repeat(1024))) {}
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect(delivery.ok).toBe(false);
    expect(delivery.detail.length).toBeLessThan(300);
    await expect.poll(() => hungUp).toBe(true);
  });

  it('leaves a server that never answers, five times', async () => {
    const { delivery, got } = await run(() => {}, { timeoutMs: 100 });
    expect(delivery).toMatchObject({ ok: false, detail: 'no answer in time (5 tries)' });
    expect(got).toHaveLength(5);
  });

  it('tries again after a reset', async () => {
    const { delivery } = await run((response, index) => {
      if (index === 0) response.socket?.resetAndDestroy();
      else response.end();
    });
    expect(delivery).toMatchObject({ ok: true, detail: 'answered 200 (2 tries)' });
  });

  it('names the error when nobody listens', async () => {
    const server = await hookServer(answering(200));
    await server.close();
    const [delivery] = await notify([always('webhook', webhookRule(server.url))], outcomeOf(), worldOf());
    expect(delivery?.detail).toContain('ECONNREFUSED');
  });

  it('stops when the program is stopped', async () => {
    const stop = new AbortController();
    const { delivery, got } = await run(() => stop.abort(), {}, { signal: stop.signal });
    expect(delivery).toMatchObject({ ok: false, detail: 'stopped' });
    expect(got).toHaveLength(1);
  });
});

describe('what a webhook says of itself', () => {
  it.each([
    ['as it is', SECRET],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['hex', Buffer.from(SECRET).toString('hex')],
    ['url', encodeURIComponent(SECRET)],
    ['json', JSON.stringify({ error: `bad secret ${SECRET}` })],
  ])('holds no secret that came back %s', async (_, echoed) => {
    const { delivery } = await run((response) => response.writeHead(401).end(`wrong: ${echoed}`), SIGNED);
    expect(delivery.detail).toContain('[secret]');
    expect(delivery.detail).not.toContain(echoed);
    expect(delivery.detail).not.toContain('5f4dcc3b');
  });

  it('holds no piece of a secret where a long answer was cut', async () => {
    const long = `${'K'.repeat(700)}é${'L'.repeat(700)}`;
    for (const form of [long, Buffer.from(long).toString('hex'), encodeURIComponent(long)])
      for (const before of [0, 1, 2, 3, 1200]) {
        const said = '-'.repeat(before) + form.repeat(40);
        const deps = { env: () => long };
        const { delivery } = await run((response) => response.writeHead(401).end(said), SIGNED, deps);
        expect(delivery.detail).not.toMatch(/K|L|4b4b|4c4c/);
      }
  });

  it('warns of a signed report that is sent in the open', async () => {
    // Stopped before it begins, so that nothing is sent.
    const deps = worldOf({ env: () => SECRET, signal: AbortSignal.abort() });
    const noticesOf = async (url: string): Promise<readonly string[] | undefined> =>
      (await notify([always('w', webhookRule(url, SIGNED))], outcomeOf(), deps))[0]?.notices;
    expect(await noticesOf('http://192.0.2.1/')).toEqual([expect.stringContaining('use https')]);
    expect(await noticesOf('http://127.0.0.1.corp.example/')).toHaveLength(1);
    for (const url of ['https://192.0.2.1/', 'http://127.0.0.1/', 'http://[::1]/', 'http://localhost/'])
      expect(await noticesOf(url)).toEqual([]);
  });

  it('keeps a url that is a secret to itself', async () => {
    const server = await hookServer((response, _, { path }) => response.writeHead(404).end(`no ${path}`));
    closers.push(server.close);
    const url = `${server.url}/services/T0K3N?sig=abcdef`;
    const rule = always('webhook', webhookRule('', { url: { from: 'env', name: 'RA_URL' } }));
    const [delivery] = await notify([rule], outcomeOf(), worldOf({ env: () => url }));
    expect(server.got[0]?.path).toBe('/services/T0K3N?sig=abcdef');
    expect(delivery).toMatchObject({ ok: false, detail: 'answered 404: no [secret]' });
    const [plain] = await notify([always('webhook', webhookRule(url))], outcomeOf(), worldOf());
    expect(plain).toMatchObject({ ok: false, detail: 'answered 404: no [secret]' });
  });

  it('shows no control characters of the answer', async () => {
    const { delivery } = await run((response) => response.writeHead(400).end('a\u001b[2J\u202eb\r\nc'));
    expect(delivery.detail).toBe('answered 400: a\\u{1b}[2J\\u{202e}b\\u{d}\\u{a}c');
  });

  it('notices a secret file that others can read', async () => {
    const { delivery, got } = await run(
      answering(200),
      { secret: { from: 'file', path: '/etc/hook' } },
      { readSecret: async () => ({ text: 'abc\n', mode: 0o644 }) },
    );
    expect(delivery.notices).toEqual([
      'the secret file /etc/hook can be read by others (mode 644); chmod 600 it',
    ]);
    expect(got[0] && (await isSigned(got[0], 'abc'))).toBe(true);
  });
});

describe('the time of a delivery', () => {
  it('is two minutes in all', async () => {
    const server = await hookServer((response) => response.writeHead(503, { 'Retry-After': '50' }).end());
    closers.push(server.close);
    const world = worldOf();
    const post = { id: 'x', url: new URL(server.url), body: '{}', secret: null, timeoutMs: 1000 };
    expect(await deliverWebhook(post, world)).toMatchObject({ ok: false, tries: 3, status: 503 });
    expect(world.slept).toEqual([50_000, 50_000]);
  });
});

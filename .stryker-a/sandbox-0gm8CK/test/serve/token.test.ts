import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import type { ServeOptions } from '../../src/serve/serve.ts';
import { ask, FINISHED, type Rig, rigOf, TOKEN } from './fake.ts';

const rigs: Rig[] = [];
const start = async (changes: Partial<ServeOptions> = {}): Promise<Rig> => {
  const rig = await rigOf(changes);
  rigs.push(rig);
  return rig;
};
afterEach(async () => {
  await Promise.all(rigs.splice(0).map(({ serving }) => serving.close()));
});

const form = (fields: Readonly<Record<string, string>>) => {
  const body = new URLSearchParams(fields).toString();
  return {
    method: 'POST',
    body,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': String(Buffer.byteLength(body)),
    },
  };
};
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

describe('a token', () => {
  it('is needed beyond loopback, and must be long and plain', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'somewhere.invalid']) {
      await expect(start({ host })).rejects.toThrow(/needs a token/);
    }
    await expect(start({ token: 'short' })).rejects.toThrow(/5 characters, expected 16/);
    await expect(start({ token: 'with blanks in its midst' })).rejects.toThrow(UsageError);
  });

  it('says beyond loopback what that means', async () => {
    const rig = await start({ host: '0.0.0.0', token: TOKEN });
    expect(rig.said.join()).toMatch(/listens on all addresses of this machine.*is not encrypted/);
    expect((await ask(rig, '/')).status).toBe(401);
    expect((await ask(rig, '/', bearer(TOKEN))).status).toBe(200);
    expect((await start({ token: TOKEN })).said).toEqual([]);
  });

  it('opens every page, and nothing is told without it', async () => {
    const rig = await start({ token: TOKEN });
    const paths = [
      '/',
      '/latest',
      '/events',
      '/metrics',
      `/runs/${FINISHED}`,
      `/runs/${FINISHED}.json`,
      `/runs/${FINISHED}/hosts`,
      `/runs/${FINISHED}/hosts/1`,
      `/diff/${FINISHED}/${FINISHED}`,
      '/nothing',
    ];
    for (const path of paths) {
      const { status, headers, text } = await ask(rig, path);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toContain('Bearer');
      expect(text).toContain('<form class="login"');
    }
    expect(rig.dashboard.opened).toBe(0);
    for (const path of ['/style.css', '/app.js', '/healthz', '/login'])
      expect((await ask(rig, path)).status).toBe(200);
    expect((await ask(rig, `/?token=${TOKEN}`)).status).toBe(401);
    expect((await ask(rig, '/', { headers: { Authorization: `Basic ${TOKEN}` } })).status).toBe(401);
    expect((await ask(rig, '/', bearer(`${TOKEN}x`))).status).toBe(401);
    expect((await ask(rig, '/', bearer(TOKEN))).status).toBe(200);
  });

  it('becomes a cookie by a form, which leads on to the page that was asked for', async () => {
    const rig = await start({ token: TOKEN });
    const page = await ask(rig, `/runs/${FINISHED}/hosts?search=pc1`);
    expect(page.text).toContain(`name="next" value="/runs/${FINISHED}/hosts?search=pc1"`);
    const wrong = await ask(rig, '/login', form({ token: 'not this one at all', next: '/' }));
    expect([wrong.status, wrong.headers['set-cookie']]).toEqual([401, undefined]);
    expect(wrong.text).toContain('This is not the token.');

    const right = await ask(
      rig,
      '/login',
      form({ token: TOKEN, next: `/runs/${FINISHED}/hosts?search=pc1` }),
    );
    expect([right.status, right.headers.location]).toEqual([303, `/runs/${FINISHED}/hosts?search=pc1`]);
    const [cookie = ''] = right.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^ra-preflight-\d+=\d+\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(TOKEN);
    const [pair = ''] = cookie.split(';');
    const withCookie = (value: string) => ask(rig, '/', { headers: { Cookie: value } });
    expect((await withCookie(`other=1; ${pair}`)).status).toBe(200);
    expect((await withCookie(pair)).text).toContain('Sign out');

    const expires = Number(/=(\d+)\./.exec(pair)?.[1]);
    expect((await withCookie(pair.replace(String(expires), String(expires + 1)))).status).toBe(401);
    expect((await withCookie(`${pair.slice(0, -2)}AA`)).status).toBe(401);
    expect((await withCookie(pair.replace('ra-', 'xra-'))).status).toBe(401);
    rig.now = expires - 1;
    expect((await withCookie(pair)).status).toBe(200);
    rig.now = expires;
    expect((await withCookie(pair)).status).toBe(401);

    const other = await start({ token: TOKEN });
    const moved = pair.replace(String(rig.port), String(other.port));
    expect((await ask(other, '/', { headers: { Cookie: moved } })).status).toBe(401);

    const out = await ask(rig, '/logout', form({}));
    expect(out.headers['set-cookie']?.[0]).toContain('Max-Age=0');
  });

  it('leads on to pages of ours only', async () => {
    const rig = await start({ token: TOKEN });
    for (const next of [
      '//evil.example/',
      'https://evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/logout',
      '/events',
      '/nothing',
      '',
    ]) {
      const { headers } = await ask(rig, '/login', form({ token: TOKEN, next }));
      expect(headers.location).toBe('/');
    }
  });

  it('may be guessed ten times a minute from one address, which locks out nobody who knows it', async () => {
    const rig = await start({ token: TOKEN });
    const signedIn = (await ask(rig, '/login', form({ token: TOKEN, next: '/' }))).headers['set-cookie']?.[0];
    const Cookie = signedIn?.split(';')[0] ?? '';
    for (let i = 0; i < 10; i++) expect((await ask(rig, '/', bearer(`wrong${i}`))).status).toBe(401);
    const limited = await ask(rig, '/', bearer('wrong-once-more'));
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '60']);
    expect((await ask(rig, '/login', form({ token: 'and in the form', next: '/' }))).status).toBe(429);
    expect((await ask(rig, '/')).status).toBe(401);
    expect((await ask(rig, '/', { headers: { Cookie } })).status).toBe(200);
    expect((await ask(rig, '/', bearer(TOKEN))).status).toBe(200);
    expect((await ask(rig, '/login', form({ token: TOKEN, next: '/' }))).status).toBe(303);
    rig.now += 60_000;
    expect((await ask(rig, '/', bearer('wrong'))).status).toBe(401);
  });

  it('comes in a short form from our own page', async () => {
    const rig = await start({ token: TOKEN });
    expect((await ask(rig, '/login', form({ token: 'x'.repeat(5000) }))).status).toBe(413);
    const chunked = { method: 'POST', body: `token=${TOKEN}`, headers: { 'Transfer-Encoding': 'chunked' } };
    expect((await ask(rig, '/login', chunked)).status).toBe(413);
    const right = form({ token: TOKEN, next: '/' });
    const elsewhere = { ...right, headers: { ...right.headers, 'Sec-Fetch-Site': 'cross-site' } };
    expect((await ask(rig, '/login', elsewhere)).status).toBe(403);
    expect((await ask(rig, '/', { method: 'POST', ...bearer(TOKEN) })).status).toBe(405);
  });
});

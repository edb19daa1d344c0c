import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { isLoopbackHost } from '../../src/ip/ip.ts';
import { UsageError } from '../../src/model/fault.ts';
import { hostCheck, urlOf } from '../../src/serve/host-header.ts';
import { isPagePath, routeOf } from '../../src/serve/routes.ts';
import type { ServeOptions } from '../../src/serve/serve.ts';
import { ask, FINISHED, type Rig, rigOf } from './fake.ts';

const rigs: Rig[] = [];
const start = async (changes: Partial<ServeOptions> = {}): Promise<Rig> => {
  const rig = await rigOf(changes);
  rigs.push(rig);
  return rig;
};
afterEach(async () => {
  await Promise.all(rigs.splice(0).map(({ serving }) => serving.close()));
});

describe('every answer', () => {
  it('has the headers that keep it to its reader', async () => {
    const rig = await start();
    for (const path of [
      '/',
      `/runs/${FINISHED}`,
      `/runs/${FINISHED}.csv`,
      '/style.css',
      '/app.js',
      '/icon.svg',
      '/nothing',
      '/healthz',
    ]) {
      const { headers } = await ask(rig, path);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
      expect(headers['cache-control']).toBe('no-store');
    }
  });
});

describe('what is refused', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s', async (method) => {
    const rig = await start();
    for (const path of ['/', '/login', '/logout', `/runs/${FINISHED}`]) {
      const { status, headers } = await ask(rig, path, { method });
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });

  it.each([
    'evil.example',
    `evil.example:80`,
    '10.0.0.1',
    '127.0.0.1.evil.example',
    'localhost.evil',
    '[::2]',
    'a b',
    '@',
  ])('the Host header %j', async (host) => {
    const rig = await start();
    const { status, text } = await ask(rig, '/', { headers: { Host: host } });
    expect(status).toBe(421);
    expect(text).not.toContain(FINISHED);
  });

  it('no Host header at all', async () => {
    const rig = await start();
    const text = await new Promise<string>((resolve) => {
      const socket = connect(rig.port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
      let all = '';
      socket.on('data', (part) => {
        all += part;
      });
      socket.on('close', () => resolve(all));
    });
    expect(text).toMatch(/^HTTP\/1\.1 421 /);
  });

  it('what other sites load, but not their links', async () => {
    const rig = await start();
    const from = (site: string, mode: string, dest: string) =>
      ask(rig, '/', { headers: { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': mode, 'Sec-Fetch-Dest': dest } });
    expect((await from('cross-site', 'no-cors', 'image')).status).toBe(403);
    expect((await from('same-site', 'cors', 'empty')).status).toBe(403);
    expect((await from('cross-site', 'navigate', 'iframe')).status).toBe(403);
    expect((await from('cross-site', 'navigate', 'document')).status).toBe(200);
    expect((await from('same-origin', 'cors', 'empty')).status).toBe(200);
  });

  it('headers that are too long', async () => {
    const rig = await start();
    expect((await ask(rig, '/', { headers: { Cookie: 'a'.repeat(9000) } })).status).toBe(431);
  });
});

describe('names', () => {
  it('takes those of loopback, whatever the port, and those that were given', async () => {
    const rig = await start({ names: ['Audit.corp.example'] });
    for (const host of [
      'localhost',
      'LOCALHOST:9',
      '127.0.0.1:1',
      '[::1]:80',
      'audit.corp.example',
      'audit.corp.example.:443',
    ]) {
      expect((await ask(rig, '/', { headers: { Host: host } })).status).toBe(200);
    }
  });
  it('takes any address literal on all addresses, and no strange name', () => {
    const check = hostCheck('0.0.0.0', ['pc1']);
    expect(['10.1.2.3:8080', '[fe80::1]', 'pc1', 'localhost'].map(check)).toEqual([true, true, true, true]);
    expect(['evil.example', '10.1.2.3.evil.example', '999.1.1.1', undefined].map(check)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
  it('knows loopback', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost', 'LocalHost'].every(isLoopbackHost)).toBe(true);
    expect(
      ['0.0.0.0', '::', '127.0.0.1.nip.example', '127.1', '10.0.0.1', 'pc1', '', '127.0.0.256'].some(
        isLoopbackHost,
      ),
    ).toBe(false);
  });
  it('prints addresses that a browser takes', () => {
    expect([urlOf('::', 80), urlOf('0.0.0.0', 81), urlOf('::1', 82), urlOf('pc1', 83)]).toEqual([
      'http://[::1]:80/',
      'http://127.0.0.1:81/',
      'http://[::1]:82/',
      'http://pc1:83/',
    ]);
  });
});

describe('an address that cannot be had', () => {
  it('is an error of the user', async () => {
    const rig = await start();
    await expect(start({ port: rig.port })).rejects.toThrow(/something listens there already/);
    await expect(start({ port: rig.port })).rejects.toThrow(UsageError);
  });
});

describe('routes', () => {
  it('are few: whatever is asked, ids and numbers have their form', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('/', '..', 'runs', 'diff', 'hosts', '.json', 'a', '%2e', '?', '\\', '\0', 'é', '0'),
        ),
        (parts) => {
          const route = routeOf(parts.join(''));
          if (route && 'id' in route) expect(route.id).toMatch(/^[\w-]{1,64}$/);
          if (route && 'before' in route) expect(`${route.before}${route.after}`).toMatch(/^[\w-]{2,128}$/);
        },
      ),
      { numRuns: 300 },
    );
    expect(routeOf('/runs/a\n')).toBeNull();
    expect(isPagePath('/?offset=50')).toBe(true);
  });
});

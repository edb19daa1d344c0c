import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPinger } from '../../src/wire/icmp.ts';

const never = new AbortController().signal;
const isRoot = process.getuid?.() === 0;
const root = join(import.meta.dirname, '../..');

const hasNetPing = (): boolean => {
  try {
    createRequire(import.meta.url)('net-ping');
    return true;
  } catch {
    return false;
  }
};
const whyNoEcho = !hasNetPing() ? 'net-ping has no native part here' : !isRoot ? 'needs root' : null;

describe('ICMP echo', () => {
  it.skipIf(whyNoEcho !== null)(
    `answers from loopback, both families${whyNoEcho ? ` (skipped: ${whyNoEcho})` : ''}`,
    async () => {
      const pinger = await loadPinger();
      for (const [address, family] of [
        ['127.0.0.1', 4],
        ['::1', 6],
      ] as const) {
        expect(await pinger.echo(address, family, { signal: never, timeoutMs: 900 })).toMatchObject({
          kind: 'reply',
        });
      }
      const many = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          pinger.echo(`127.0.3.${i + 1}`, 4, { signal: never, timeoutMs: 900 }),
        ),
      );
      expect(new Set(many.map(({ kind }) => kind))).toEqual(new Set(['reply']));
      pinger.close();
      pinger.close();
    },
  );

  it('is not observed for an address with a zone, or after an abort', async () => {
    const pinger = await loadPinger();
    expect(await pinger.echo('fe80::1%lo', 6, { signal: never, timeoutMs: 100 })).toMatchObject({
      kind: 'not-observed',
    });
    expect(await pinger.echo('127.0.0.1', 4, { signal: AbortSignal.abort(), timeoutMs: 100 })).toMatchObject({
      kind: 'not-observed',
    });
    pinger.close();
  });

  describe('where it cannot be asked', () => {
    const script = join(root, '.icmp-test.mjs');
    beforeAll(async () => {
      const { outputFiles } = await build({
        stdin: {
          contents: `import { loadPinger } from './src/wire/icmp.ts';
            const pinger = await loadPinger();
            const echo = await pinger.echo('127.0.0.1', 4, { signal: new AbortController().signal, timeoutMs: 500 });
            console.log(JSON.stringify(echo));
            pinger.close();`,
          resolveDir: root,
          loader: 'ts',
        },
        bundle: true,
        write: false,
        format: 'esm',
        platform: 'node',
        external: ['net-ping'],
      });
      writeFileSync(script, outputFiles[0]?.contents ?? '');
    });
    afterAll(() => rmSync(script, { force: true }));

    const asked = (args: readonly string[], user?: number): unknown => {
      const child = spawnSync(process.execPath, args, {
        encoding: 'utf8',
        ...(user ? { uid: user, gid: user } : {}),
      });
      return JSON.parse(child.stdout);
    };

    it.skipIf(!isRoot || whyNoEcho !== null)(
      'is not observed without privilege, and says what is missing',
      () => {
        // Read from standard input: the checkout may be closed to other users.
        const child = spawnSync(process.execPath, [script], { encoding: 'utf8', uid: 65_534, gid: 65_534 });
        const echo = child.stdout ? JSON.parse(child.stdout) : null;
        expect(echo).toMatchObject({
          kind: 'not-observed',
          why: expect.stringMatching(/CAP_NET_RAW|net-ping/),
        });
      },
    );

    it('is not observed without the package, and says so', () => {
      const hide = `data:text/javascript,import{register}from'node:module';register('data:text/javascript,'+encodeURIComponent("export async function resolve(s,c,n){if(s==='net-ping')throw Object.assign(new Error('Cannot find package'),{code:'ERR_MODULE_NOT_FOUND'});return n(s,c)}"))`;
      expect(asked(['--no-warnings', '--import', hide, script])).toEqual({
        kind: 'not-observed',
        why: 'the optional package net-ping is not installed',
      });
    });
  });
});

import { readdirSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notify } from '../../src/notify/deliver.ts';
import { readSecretFile, scrubber } from '../../src/notify/secrets.ts';
import { hookServer, webhookRule } from './hook.ts';
import { always, outcomeOf, worldOf } from './run-results.ts';
import { mailRule, smtpServer } from './smtp.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ra-notify-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a file drop', () => {
  it('writes each format under its own name and makes the folders', async () => {
    const path = join(folder, '{schedule}/{run}.{format}');
    const rule = always('file', { kind: 'file', path, formats: ['json', 'html'] });
    const [delivery] = await notify([rule], outcomeOf(), worldOf());
    expect(delivery?.ok).toBe(true);
    const run = join(folder, 'weekly-hq/20260108T020000Z-4f2a91');
    expect(await readFile(`${run}.json`, 'utf8')).toBe('a report as json\n');
    expect(await readFile(`${run}.html`, 'utf8')).toBe('a report as html\n');
  });

  it('stays in its folder whatever the schedule is called', async () => {
    const rule = always('file', { kind: 'file', path: join(folder, '{schedule}/r'), formats: ['json'] });
    for (const schedule of ['../../x', '..', '/etc', 'a\u0000b', '']) {
      const [delivery] = await notify([rule], outcomeOf({ schedule }), worldOf());
      expect(delivery?.ok).toBe(true);
    }
    expect((await readdir(folder)).sort()).toEqual(['-', '-..-x', '-etc', 'a-b']);
  });

  it('leaves the old file as it was, and no draft, when the report breaks off', async () => {
    const path = join(folder, 'last.json');
    await writeFile(path, 'the old one');
    const rule = always('file', { kind: 'file', path, formats: ['json'] });
    const render = function* (): Iterable<string> {
      yield 'half';
      throw new Error('the database is gone');
    };
    const [delivery] = await notify([rule], outcomeOf(), worldOf({ render }));
    expect(delivery).toMatchObject({ ok: false, detail: 'the database is gone' });
    expect(await readFile(path, 'utf8')).toBe('the old one');
    expect(await readdir(folder)).toEqual(['last.json']);
  });

  it('removes what killed processes left in its folder before it writes', async () => {
    const seen: (readonly string[])[] = [];
    const drafts = {
      maker: { machine: 'helpdesk-7', pid: 7 },
      removeAbandoned: async (of: string) => {
        seen.push([of, ...(await readdir(of))]);
      },
    };
    const rule = always('file', { kind: 'file', path: join(folder, 'last.json'), formats: ['json'] });
    await notify([rule], outcomeOf(), worldOf({ drafts }));
    expect(seen).toEqual([[folder]]);
    expect(await readdir(folder)).toEqual(['last.json']);
  });

  it('writes drafts under the name of its process', async () => {
    const rule = always('file', { kind: 'file', path: join(folder, 'last.json'), formats: ['json'] });
    let seen: string[] = [];
    const render = function* (): Iterable<string> {
      yield 'half';
      seen = readdirSync(folder);
    };
    await notify([rule], outcomeOf(), worldOf({ render }));
    expect(seen).toEqual([
      expect.stringMatching(
        new RegExp(`^\\.last\\.json\\.[0-9a-f]{12}\\.helpdesk-7-${process.pid}\\.ra-preflight\\.part$`),
      ),
    ]);
  });

  it('has nothing to write when the run produced no report', async () => {
    const rule = always('file', { kind: 'file', path: join(folder, 'x'), formats: ['json'] });
    const outcome = outcomeOf({ run: null, diff: null, failed: 'no such list' });
    const [delivery] = await notify([rule], outcome, worldOf({ render: null }));
    expect(delivery).toMatchObject({ ok: true, detail: 'nothing to write: the run produced no report' });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a textfile for Prometheus', () => {
  it('is readable for everybody, whatever the umask, and replaced whole', async () => {
    const path = join(folder, 'ra-{schedule}.prom');
    const rule = always('prometheus', { kind: 'prometheus', path });
    const render = (format: string): string[] => [`# ${format}\n`, 'ra_preflight_hosts 1\n'];
    const goal = join(folder, 'ra-weekly-hq.prom');
    await writeFile(goal, 'old', { mode: 0o600 });
    const umask = process.umask(0o077);
    const [delivery] = await notify([rule], outcomeOf(), worldOf({ render })).finally(() =>
      process.umask(umask),
    );
    expect(delivery?.ok).toBe(true);
    expect(await readFile(goal, 'utf8')).toBe('# prometheus\nra_preflight_hosts 1\n');
    expect((await stat(goal)).mode & 0o777).toBe(0o644);
    expect(await readdir(folder)).toEqual(['ra-weekly-hq.prom']);
  });
});

describe('several rules', () => {
  it('stand alone: one that fails hinders no other', async () => {
    const mail = await smtpServer();
    const hook = await hookServer((response) => response.end());
    const report = join(folder, 'report.json');
    await writeFile(report, '{}');
    const deliveries = await notify(
      [
        always('no folder', { kind: 'file', path: join(report, 'x/y'), formats: ['json'] }),
        always('no secret', webhookRule(hook.url, { secret: { from: 'file', path: '/none' } })),
        always('no server', mailRule(1)),
        always('mail', mailRule(mail.port)),
        always('webhook', webhookRule(hook.url)),
        always('file', { kind: 'file', path: join(folder, 'b.json'), formats: ['json'] }),
      ],
      outcomeOf({ files: [{ format: 'json', path: report }] }),
      worldOf(),
    );
    await Promise.all([mail.close(), hook.close()]);
    expect(deliveries.map(({ rule, ok }) => [rule, ok])).toEqual([
      ['no folder', false],
      ['no secret', false],
      ['no server', false],
      ['mail', true],
      ['webhook', true],
      ['file', true],
    ]);
    expect(deliveries[1]?.detail).toBe(
      'the secret file /none cannot be read: no such file or folder (ENOENT)',
    );
    expect(mail.taken).toHaveLength(1);
    expect(hook.got).toHaveLength(1);
    expect(await readFile(report, 'utf8')).toBe('{}');
  });
});

describe('secrets', () => {
  it('come out of a file, with its permissions', async () => {
    const path = join(folder, 'secret');
    await writeFile(path, 's3cret\n');
    await chmod(path, 0o640);
    expect(await readSecretFile(path)).toEqual({ text: 's3cret\n', mode: 0o640 });
    const rule = webhookRule('', { url: { from: 'file', path } });
    const [delivery] = await notify(
      [always('w', rule)],
      outcomeOf(),
      worldOf({ readSecret: readSecretFile }),
    );
    expect(delivery).toMatchObject({ ok: false });
    expect(delivery?.detail).toContain('the url cannot be used');
    expect(delivery?.detail).not.toContain('s3cret');
  });

  it('never appear in what is told, whatever they are and however servers echo them', async () => {
    let echo = '';
    const hook = await hookServer((response) => response.writeHead(400).end(echo));
    const mail = await smtpServer({
      authOptional: false,
      onAuth: (auth, _session, done) => done(new Error(`no: ${auth.password}`)),
    });
    const secret = fc
      .string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 60 })
      .filter((one) => /\S{8}/.test(one));
    const form = fc.constantFrom(
      (one: string) => one,
      encodeURIComponent,
      (one: string) => JSON.stringify({ one }),
      (one: string) => Buffer.from(one).toString('base64'),
    );
    const kept = { from: 'env', name: 'RA_KEPT' } as const;
    try {
      await fc.assert(
        fc.asyncProperty(secret, form, fc.integer({ min: 1, max: 200 }), async (value, shape, times) => {
          echo = shape(value).repeat(times);
          const deliveries = await notify(
            [
              always('w', webhookRule(hook.url, { secret: kept })),
              always('m', mailRule(mail.port, { login: { user: 'ra', password: kept } })),
            ],
            outcomeOf(),
            worldOf({ env: () => value }),
          );
          const told = JSON.stringify(deliveries.map(({ detail, notices }) => [detail, notices]));
          expect(deliveries.map(({ ok }) => ok)).toEqual([false, false]);
          expect(deliveries.map(({ detail }) => detail).join('\n')).not.toContain(value);
          expect(told).not.toContain(shape(value));
        }),
        { numRuns: 25 },
      );
    } finally {
      await Promise.all([hook.close(), mail.close()]);
    }
  });

  it('are taken out longest form first', () => {
    expect(scrubber(['abcd', 'abcdefgh'])('x abcdefgh y abcd')).toBe('x [secret] y [secret]');
    expect(scrubber([])('as it was')).toBe('as it was');
  });
});

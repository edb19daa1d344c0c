import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STYLE } from '../../src/output/html/style.ts';
import { policyOfPage } from '../../src/serve/headers.ts';
import { runOf } from '../output/runs.ts';
import { ask, EARLIER, FINISHED, type Rig, rigOf, runningRun, until } from './fake.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await rigOf();
});
afterEach(() => rig.serving.close());

const hash = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

describe('pages', () => {
  it('lists the runs with links to each view', async () => {
    rig.dashboard.entries.unshift(runningRun(250));
    const { status, text, headers } = await ask(rig, '/');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('<progress max="1000" value="250"');
    for (const to of ['', '/hosts', '.json', '.ndjson', '.csv']) {
      expect(text).toContain(`href="/runs/${FINISHED}${to}"`);
    }
    expect(text).toContain(`href="/diff/${EARLIER}/${FINISHED}"`);
    expect(text).toContain('http-equiv="refresh"');
    expect(text).not.toContain('<img');
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;');
  });

  it('reloads itself without scripts only while a run goes on', async () => {
    expect((await ask(rig, '/')).text).not.toContain('http-equiv="refresh"');
  });

  it('says so when nothing is recorded, and what to do', async () => {
    rig.dashboard.entries = [];
    for (const [path, status] of [
      ['/', 200],
      ['/latest', 404],
    ] as const) {
      const answer = await ask(rig, path);
      expect(answer.status).toBe(status);
      expect(answer.text).toContain('No audit is recorded yet.');
      expect(answer.text).toContain('ra-preflight audit 10.1.2.0/24');
    }
    expect((await ask(rig, '/metrics')).status).toBe(404);
  });

  it('turns pages of runs', async () => {
    rig.dashboard.entries = Array.from({ length: 120 }, (_, i) => runOf({ id: `run-${i}` }));
    const first = (await ask(rig, '/')).text;
    expect(first).toContain('id="run-run-49"');
    expect(first).not.toContain('id="run-run-50"');
    expect(first).toContain('href="/?offset=50"');
    const last = (await ask(rig, '/?offset=100')).text;
    expect(last).toContain('id="run-run-119"');
    expect(last).not.toContain('rel="next"');
    expect(last).toContain('href="/?offset=50" rel="prev"');
  });

  it('gives the report as --format html writes it, with a header that agrees with its own policy', async () => {
    const { status, text, headers } = await ask(rig, `/runs/${FINISHED}`);
    expect(status).toBe(200);
    expect(text).toBe([...(rig.dashboard.report(FINISHED, 'html') ?? [])].join(''));
    const own = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1]?.replaceAll('&#39;', "'");
    expect(own).toContain(hash);
    expect(headers['content-security-policy']).toBe(`${own}; frame-ancestors 'none'`);
    const { headers: headers2, status: status2 } = await ask(rig, `/diff/${EARLIER}/${FINISHED}`);
    expect(status2).toBe(200);
    expect(headers2['content-security-policy']).toContain(hash);
  });

  it('hands out the machine formats as files', async () => {
    for (const format of ['json', 'ndjson', 'csv'] as const) {
      const { status, text, headers } = await ask(rig, `/runs/${FINISHED}.${format}`);
      expect(status).toBe(200);
      expect(headers['content-disposition']).toBe(
        `attachment; filename="ra-preflight-${FINISHED}.${format}"`,
      );
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(text).toBe([...(rig.dashboard.report(FINISHED, format) ?? [])].join(''));
    }
    const metrics = await ask(rig, '/metrics');
    expect(metrics.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(metrics.text).toContain('ra_preflight_hosts{verdict="blocked"}');
  });

  it('sends /latest on to the newest run', async () => {
    const { status, headers } = await ask(rig, '/latest');
    expect([status, headers.location]).toEqual([303, `/runs/${FINISHED}`]);
  });

  it('searches hosts and turns pages of them', async () => {
    const first = (await ask(rig, `/runs/${FINISHED}/hosts`)).text;
    expect(first.match(/<tr><th scope="row">/g)).toHaveLength(100);
    expect(first).toContain(`href="/runs/${FINISHED}/hosts?after=ready.99"`);
    const second = (await ask(rig, `/runs/${FINISHED}/hosts?after=ready.99`)).text;
    expect(second).toContain(`href="/runs/${FINISHED}/hosts/100"`);
    expect(second).not.toContain(`href="/runs/${FINISHED}/hosts/99"`);
    const found = (await ask(rig, `/runs/${FINISHED}/hosts?verdict=blocked&search=pc513.`)).text;
    expect(found.match(/<tr><th scope="row">/g)).toHaveLength(1);
    expect(found).toContain('<option value="blocked" selected>blocked</option>');
    const none = (await ask(rig, `/runs/${FINISHED}/hosts?search=%22%3E%3Cscript%3Enobody`)).text;
    expect(none).toContain('value="&quot;&gt;&lt;script&gt;nobody"');
    expect(none).toContain('No host was found.');
  });

  it('has a word, a column and a filter of their own for hosts that are clear so far', async () => {
    const first = (await ask(rig, `/runs/${FINISHED}/hosts?verdict=clear-so-far`)).text;
    expect(first).toContain('<option value="clear-so-far" selected>clear so far</option>');
    expect(
      first.match(/<span class="badge clear-so-far"><span aria-hidden="true">○<\/span> clear so far/g),
    ).toHaveLength(first.match(/<tr><th scope="row">/g)?.length ?? -1);
    const [, after = ''] = /\?(verdict=clear-so-far&amp;after=clear-so-far\.\d+)"/.exec(first) ?? [];
    const second = (await ask(rig, `/runs/${FINISHED}/hosts?${after.replace('&amp;', '&')}`)).text;
    expect(second).not.toBe(first);
    expect((await ask(rig, '/')).text).toMatch(
      /data-head="clear so far"><span data-of="clear-so-far">400<\/span><\/td><td class="number some-blocked" data-head="blocked">[\s\S]*?<span data-of="undetermined">600</,
    );
  });

  it('shows one host', async () => {
    const { status, text } = await ask(rig, `/runs/${FINISHED}/hosts/514`);
    expect(status).toBe(200);
    expect(text).toContain('<details class="host" id="host-514" open>');
    expect((await ask(rig, `/runs/${FINISHED}/hosts/99999`)).status).toBe(404);
  });

  it('shows a host over the runs that judged it, equal ones as one row', async () => {
    rig.dashboard.targets = ['pc 1&2'];
    const { status, text } = await ask(rig, '/host?target=pc+1%262');
    expect(status).toBe(200);
    expect(text).toContain('<h1>pc 1&amp;2 (10.77.1.2)</h1>');
    expect(text).toContain('The last 2 audits that probed it: blocked in 2.');
    expect(text.match(/<a class="beat badge blocked"/g)).toHaveLength(2);
    expect(text.match(/<tr><th scope="row">/g)).toHaveLength(1);
    expect(text).toContain('2 runs');
    expect(text).toContain(`href="/runs/${EARLIER}/hosts/1"`);
    const none = await ask(rig, '/host?target=%3Cb%3Enobody');
    expect(none.status).toBe(404);
    expect(none.text).toContain('No audit has probed &lt;b&gt;nobody');
    expect((await ask(rig, '/host')).status).toBe(200);
    expect((await ask(rig, `/runs/${FINISHED}/hosts/514`)).text).toContain('href="/host?target=');
  });

  it('shows schedules, how they stand, and their runs', async () => {
    const [one] = rig.dashboard.known.schedules;
    if (!one) throw new Error('no schedule');
    rig.dashboard.entries.unshift({ ...runningRun(250), schedule: 'nightly' });
    rig.dashboard.known = {
      isBroken: false,
      schedules: [
        { ...one, name: 'nightly', running: rig.dashboard.entries[0] ?? null },
        { ...one, name: 'a&b', overdueSince: '2026-01-08T02:00:00.000Z' },
        { ...one, name: 'old', isConfigured: false, next: [] },
      ],
    };
    const { text } = await ask(rig, '/schedules');
    expect(text).toContain('running, 250 of 1000 hosts');
    expect(text).toContain('overdue since 2026-01-08 02:00 UTC');
    expect(text).toContain('not in the configuration');
    expect(text).toContain('href="/schedule?name=a%26b"');
    const page = (await ask(rig, '/schedule?name=nightly')).text;
    expect(page).toContain('<progress max="1000" value="250"');
    expect(page).toContain('2026-01-09 02:00 UTC');
    expect((await ask(rig, '/schedule?name=a%26b')).text).toContain('No run has started since it was due.');
    expect((await ask(rig, '/schedule?name=nobody')).status).toBe(404);
    rig.dashboard.known = { isBroken: true, schedules: [] };
    expect((await ask(rig, '/schedules')).text).toContain('The configuration cannot be read');
  });

  it('leads back from every page', async () => {
    for (const path of ['/', '/host', '/schedules', `/runs/${FINISHED}/hosts`, '/nonesuch'])
      expect((await ask(rig, path)).text).toContain('<a href="/">All audits</a>');
  });

  it('answers HEAD with the headers of GET and reads no more than it needs', async () => {
    for (const path of [
      '/',
      `/runs/${FINISHED}`,
      `/runs/${FINISHED}.csv`,
      `/runs/${FINISHED}/hosts`,
      '/healthz',
      '/events',
    ]) {
      const [head, get] = [
        await ask(rig, path, { method: 'HEAD' }),
        path === '/events' ? null : await ask(rig, path),
      ];
      expect(head.status).toBe(200);
      expect(head.text).toBe('');
      if (get) expect(head.headers['content-type']).toBe(get.headers['content-type']);
      if (get) expect(head.headers['content-security-policy']).toBe(get.headers['content-security-policy']);
    }
    await until(() => rig.dashboard.opened === rig.dashboard.returned);
  });
});

describe('what is not there', () => {
  it.each([
    '/runs/',
    '/runs/..',
    '/runs/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/runs/%2e%2e',
    '/runs/a.b',
    '/runs/nobody',
    '/runs/nobody.json',
    '/runs/nobody/hosts',
    '/runs/nobody/hosts/1',
    '/diff/a',
    '/diff/a/b',
    `/runs/${FINISHED}.xml`,
    `/runs/${FINISHED}/hosts/01`,
    `/runs/${FINISHED}/hosts/-1`,
    '//',
    '/index.html',
    '/favicon.ico',
    `/runs/${'a'.repeat(65)}`,
    `/runs/${FINISHED}%00`,
    '/__proto__',
    '/runs/constructor',
  ])('%s', async (path) => {
    const { status, headers } = await ask(rig, path);
    expect(status).toBe(404);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('refuses long addresses and other forms of target', async () => {
    expect((await ask(rig, `/?${'a'.repeat(3000)}`)).status).toBe(414);
    expect((await ask(rig, 'http://127.0.0.1/')).status).toBe(400);
    expect((await ask(rig, '*', { method: 'OPTIONS' })).status).toBe(400);
  });
});

describe('a history that cannot be read', () => {
  it('is an error that says nothing of it', async () => {
    rig.dashboard.broken = new Error('secret path /home/x/history.db');
    for (const path of ['/', `/runs/${FINISHED}`, `/runs/${FINISHED}.json`, '/latest']) {
      const { status, text } = await ask(rig, path);
      expect(status).toBe(500);
      expect(text).not.toContain('secret');
    }
    expect(rig.said).toHaveLength(4);
    expect(rig.said[0]).toContain('secret path');
  });

  it('cuts a report off in its midst, so that nobody takes it for whole', async () => {
    rig.dashboard.endless = function* () {
      for (let i = 0; i < 50; i++) yield 'x'.repeat(10_000);
      throw new Error('the disk went away');
    };
    await expect(ask(rig, `/runs/${FINISHED}.csv`)).rejects.toThrow();
    expect(rig.said).toEqual(['GET failed: the disk went away']);
    expect(rig.dashboard.returned).toBe(rig.dashboard.opened);
    rig.dashboard.endless = null;
    expect((await ask(rig, '/')).status).toBe(200);
  });
});

describe('policyOfPage', () => {
  const page = (policy: string, before = '') =>
    `<head>${before}<meta http-equiv="Content-Security-Policy" content="${policy}"><title>x</title>`;
  it('takes hashes and nothing else', () => {
    const policy = policyOfPage(
      page(`default-src *; script-src 'unsafe-inline' * ${hash}; style-src 'self' ${hash}; form-action *`),
    );
    expect(policy).toBe(
      `default-src 'none'; style-src ${hash}; script-src ${hash}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });
  it('does not look behind the title, where text from the network may stand', () => {
    const none = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    expect(policyOfPage(page(`style-src ${hash}`, '<title>y</title>'))).toBe(none);
    expect(policyOfPage('')).toBe(none);
    expect(policyOfPage('no head at all')).toBe(none);
  });
});

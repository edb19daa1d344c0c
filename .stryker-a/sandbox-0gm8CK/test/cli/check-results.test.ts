import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-results-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const QUICK = ['127.0.21.1', '--no-ping', '--sample', '2', '--retries', '0'];

describe('several results of one check', () => {
  it('are written in the format of each ending, and standard output is one of them', async () => {
    const files = ['-o', at('a.html'), '-o', at('b.csv'), '-o', at('c.json'), '-o', '-'];
    const { code, stdout } = await run(['check', ...QUICK, ...files]);
    expect(code).toBe(1);
    expect(readFileSync(at('a.html'), 'utf8')).toMatch(/^<!doctype html>/);
    expect(readFileSync(at('b.csv'), 'utf8')).toMatch(/^target,/);
    expect(JSON.parse(readFileSync(at('c.json'), 'utf8')).schema).toBe('ra-preflight/report@1');
    expect(stdout).toContain('BLOCKED  127.0.21.1');
  });

  it('come from an audit and from a config file, too', async () => {
    writeFileSync(at('several.toml'), `output = ["${at('d.ndjson')}", "${at('e.xml')}"]\n`);
    const { code } = await run(['audit', ...QUICK, '--db', ':memory:', '--config', at('several.toml')]);
    expect(code).toBe(1);
    expect(readFileSync(at('d.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(3);
    expect(readFileSync(at('e.xml'), 'utf8')).toContain('<nmaprun');
  });

  it('are refused before anything is sent when two are one file', async () => {
    const { code, stderr } = await run(['check', ...QUICK, '-o', at('x.csv'), '-o', `${folder}/./x.csv`]);
    expect(code).toBe(2);
    expect(stderr).toContain('two results cannot be written to the same place');
  });
});

describe('a check that is kept', () => {
  it('is a run of the history like any audit', async () => {
    const db = at('kept.db');
    const { code, stderr } = await run(['check', ...QUICK, '127.0.21.2', '--keep', '--db', db]);
    expect(code).toBe(1);
    const [, id] = /kept as run (\S+)/.exec(stderr) ?? [];
    const { stdout } = await run(['report', String(id), '--db', db, '--format', 'json']);
    const { hosts, run: kept } = JSON.parse(stdout);
    expect(hosts.map(({ target }: { target: string }) => target)).toEqual(['127.0.21.1', '127.0.21.2']);
    expect(kept).toMatchObject({ id, interrupted: false });
    const { stdout: runs } = await run(['history', '--db', db, '--format', 'json']);
    expect(JSON.parse(runs).runs).toMatchObject([{ id, hosts: 2, targets: ['127.0.21.1', '127.0.21.2'] }]);
  });

  it('is refused before anything is sent where the history cannot be written', async () => {
    const db = at('no-such-folder/kept.db');
    const { code, stdout, stderr } = await run(['check', ...QUICK, '--keep', '--db', db]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('there is not a folder');
  });

  it('makes no history without --keep', async () => {
    const db = at('none.db');
    await run(['check', ...QUICK, '--db', db]);
    expect((await run(['history', '--db', db])).code).toBe(2);
  });
});

describe('probes of a user in the config file', () => {
  const probe = `export default { name: 'own', ports: [7], converse: async () => ({ detail: 'x' }) };`;

  it('are found beside it and run', async () => {
    writeFileSync(at('own.mjs'), probe);
    writeFileSync(at('probes.toml'), 'probes = ["./own.mjs"]\n');
    const { stdout } = await run(['check', ...QUICK, '--config', at('probes.toml'), '--format', 'json']);
    expect(JSON.parse(stdout).hosts[0].extra).toMatchObject([{ probe: 'own', port: 7, state: 'closed' }]);
  });

  it.each(['check', 'audit'])('are refused by %s before anything is sent', async (command) => {
    const { code, stderr } = await run([
      command,
      ...QUICK,
      '--probes',
      at('missing.mjs'),
      '--format',
      'json',
    ]);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain('missing.mjs');
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { clipboardSequence, copier } from '../../src/cli/clipboard.ts';
import { commandLinesFor, type ShownRun } from '../../src/cli/command-line.ts';
import { AUDIT, CHECK } from '../../src/cli/options/scan-mode.ts';
import type { GivenOptions } from '../../src/cli/options/scan-values.ts';
import { resolveOptions } from '../../src/cli/options.ts';
import { RUN } from '../tui/story.ts';

const optionsOf = (flags: GivenOptions, command: 'check' | 'audit') =>
  resolveOptions(flags, { options: {}, scope: { allow: [], deny: [] } }, command === 'check' ? CHECK : AUDIT);

const shown = (
  command: 'check' | 'audit',
  targets: readonly string[],
  flags: GivenOptions = {},
): ShownRun => ({
  command,
  targets,
  hosts: targets.length,
  options: optionsOf(flags, command),
  run: { ...RUN, seed: 7 },
});

const linesOf = (run: ShownRun, target: string | null): string[] =>
  commandLinesFor(run)(target).map(({ command }) => command);

describe('the command line of a view', () => {
  it('is short where all is as usual', () => {
    expect(linesOf(shown('check', ['pc1', 'pc2']), null)).toEqual([
      'ra-preflight check pc1 pc2 --seed 7 --engine node',
    ]);
    expect(linesOf(shown('check', ['pc1', 'pc2']), 'pc2')).toEqual([
      'ra-preflight check pc2 --seed 7 --engine node',
    ]);
    expect(linesOf(shown('audit', ['10.1.0.0/30']), null)).toEqual([
      'ra-preflight audit 10.1.0.0/30 --seed 7 --engine node',
      `ra-preflight report ${RUN.id}`,
    ]);
    expect(linesOf(shown('audit', ['10.1.0.0/30'], { rate: 50 }), '10.1.0.2')).toEqual([
      'ra-preflight check 10.1.0.2 --seed 7 --engine node --rate 50',
    ]);
  });

  it('asks the responder again that was asked', () => {
    const responder = ['--responder', 'AAAAA-BBBBB', '--listen', ':47135', '--idle'];
    const run = { ...shown('check', ['pc1']), responder };
    expect(linesOf(run, 'pc1')).toEqual([
      'ra-preflight check pc1 --responder AAAAA-BBBBB --listen :47135 --idle --seed 7 --engine node',
    ]);
    expect(linesOf(run, null)).toEqual(linesOf(run, 'pc1'));
  });

  it('has every option that decides what is asked, and asks the same when it is typed', () => {
    const flags: GivenOptions = {
      novice: 'vista-or-later',
      rpcRange: { from: 50_000, to: 50_100 },
      sample: 9,
      timeoutMs: 800,
      retries: 1,
      concurrency: 99,
      perHost: 8,
      rate: 123,
      map: false,
      locate: false,
      ping: false,
      ipv4: true,
      excludes: ['10.1.0.9'],
      csvColumn: 'Name of PC',
      skipBad: true,
      perSubnetRate: 77,
      db: "it's.db",
    };
    const [line = '', kept] = linesOf({ ...shown('audit', ['@my pcs.csv'], flags), hosts: 5000 }, null);
    expect(line).toBe(
      "ra-preflight audit '@my pcs.csv' --seed 7 --engine node --novice vista-or-later --rpc-ports 50000-50100 --sample 9 --timeout 800ms --retries 1 --concurrency 99 --per-host 8 --rate 123 --no-map --no-locate --no-ping --subnet-rate 77 -4 --exclude 10.1.0.9 --skip-bad --csv-column 'Name of PC' --db 'it'\\''s.db' --yes",
    );
    expect(kept).toBe(`ra-preflight report ${RUN.id} --db 'it'\\''s.db'`);
  });
});

describe('copying', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it('writes the clipboard sequence, and a file that only its user can read', async () => {
    let written = '';
    const copy = copier({ write: (text) => (written += text) }, {});
    const said = await copy({ name: 'the verdict', file: 'verdict.txt', text: 'BLOCKED é' });
    expect(written).toBe(`\u001B]52;c;${Buffer.from('BLOCKED é').toString('base64')}\u0007`);
    const [path = ''] = /\/\S+verdict\.txt/.exec(said) ?? [];
    folders.push(dirname(path));
    expect(readFileSync(path, 'utf8')).toBe('BLOCKED é\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = await copy({ name: 'the verdict', file: 'verdict.txt', text: 'READY' });
    expect(again).toBe(said);
    expect(readFileSync(path, 'utf8')).toBe('READY\n');
  });

  it('leaves long texts to the file, and says so', async () => {
    let written = '';
    const copy = copier({ write: (text) => (written += text) }, {});
    const said = await copy({ name: 'a list', file: 'hosts.tsv', text: 'x'.repeat(60_000) });
    folders.push(dirname(/\/\S+hosts\.tsv/.exec(said)?.[0] ?? join(mkdtempSync(join(tmpdir(), 'x-')), 'y')));
    expect(written).toBe('');
    expect(said).toMatch(/^a list is too long for the clipboard; it is in \//);
  });

  it('wraps the sequence for tmux', () => {
    expect(clipboardSequence('x', { TMUX: '/tmp/t' })).toBe(
      '\u001B]52;c;eA==\u0007\u001BPtmux;\u001B\u001B]52;c;eA==\u0007\u001B\\',
    );
  });
});

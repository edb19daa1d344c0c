import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { renderTable } from '../../src/output/table.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { run } from '../cli/run.ts';
import { finish } from '../lab/shell.ts';
import { reportOf } from '../output/reports.ts';
import { polOf, TS, VISTA } from '../policy/files.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioFiles } from '../scenarios/load.ts';
import { sampleOf } from './sample.ts';
import { ROOT } from './shown-commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-samples-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the samples of the documents are what the program writes', () => {
  it('README: the report of check, from the recorded run', () => {
    const report = JSON.parse(
      readFileSync(join(import.meta.dirname, 'recorded-check.json'), 'utf8'),
    ) as Report;
    const text = [...renderTable(report, { width: 98, colour: false, verbose: false })].join('');
    expect(sampleOf('README.md', 'check 10.77.1.1')).toBe(text);
  });

  it('README: the screen, drawn from the same run', async () => {
    const file = join(folder, 'screen.svg');
    const drawn = await finish(process.execPath, ['scripts/screen.mjs', file], { cwd: ROOT });
    expect([drawn.code, drawn.stderr]).toEqual([0, '']);
    const svg = readFileSync(join(ROOT, 'docs', 'screen.svg'), 'utf8');
    expect(readFileSync(file, 'utf8'), 'node scripts/screen.mjs draws it anew').toBe(svg);
    for (const words of ['BLOCKED', 'FILTER', 'prefers-color-scheme: dark']) expect(svg).toContain(words);
  });

  it('README: the end of a report on a healthy client, from its scenario', () => {
    const name = 'a healthy Windows client: listed endpoints are silent, and so is the rest';
    const scenario = scenarioFiles()
      .flatMap(({ scenarios }) => scenarios)
      .find((one) => one.name === name);
    if (scenario === undefined) throw new Error(`no scenario is called '${name}'`);
    const host = judgeHost(evidenceOf(scenario), planOf(scenario), capabilitiesOf(scenario));
    const report = reportOf([{ ...host, target: '10.77.0.113', address: '10.77.0.113' }]);
    const run = { ...report.run, probesSent: 185, durationMs: 4800, engine: 'linux' as const, seed: 7 };
    const text = [...renderTable({ ...report, run }, { width: 98, colour: false, verbose: false })].join('');
    const lines = sampleOf('README.md', 'check 10.77.0.113 | tail -7');
    expect(text.split('\n').slice(-8).join('\n')).toBe(lines);
  });

  it('README: explain', async () => {
    const { code, stdout } = await run(['explain', '0x80070052'], { env: { COLUMNS: '80' } });
    expect(code).toBe(0);
    expect(sampleOf('README.md', 'explain 0x80070052')).toBe(stdout);
  });

  it('README: schedule list, of the schedule above it', async () => {
    const toml = readFileSync(join(ROOT, 'README.md'), 'utf8').match(
      /```toml\n(\[\[schedule\]\].*?)```/s,
    )?.[1];
    writeFileSync(join(folder, 'config.toml'), toml ?? '');
    writeFileSync(join(folder, 'hq.txt'), '10.1.0.0/30\n');
    const { code, stdout } = await run(['schedule', 'list', '--config', join(folder, 'config.toml')]);
    expect(code).toBe(0);
    const undated = (text: string): string => text.replace(/next in .*/, 'next');
    expect(undated(sampleOf('README.md', 'schedule list --config /srv/ra-preflight/config.toml'))).toBe(
      undated(stdout),
    );
  });

  it('docs/policy.md: policy check', async () => {
    const files = ['helpdesk.pol', 'cis.reg'] as const;
    writeFileSync(join(folder, files[0]), polOf(VISTA));
    writeFileSync(
      join(folder, files[1]),
      `Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\${TS}]\r\n"fAllowUnsolicited"=dword:00000000\r\n`,
    );
    const { code, stdout } = await run(['policy', 'check', ...files, '--novice', 'vista-or-later'], {
      cwd: folder,
      env: { COLUMNS: '80' },
    });
    expect(code).toBe(1);
    const shown = sampleOf(
      'docs/policy.md',
      `policy check ${files.join(' ')} --novice vista-or-later | head -17`,
    );
    expect(shown).toBe(`${stdout.split('\n').slice(0, 17).join('\n')}\n`);
  });
});

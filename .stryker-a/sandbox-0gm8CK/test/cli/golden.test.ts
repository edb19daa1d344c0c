import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { run } from './run.ts';

/** The report with what differs from run to run put to rest. */
const settled = (stdout: string): unknown => {
  const report = JSON.parse(stdout) as Report;
  return {
    ...report,
    tool: { ...report.tool, version: 'VERSION' },
    run: { ...report.run, id: 'ID', startedAt: 'TIME', finishedAt: 'TIME', vantage: 'HERE', durationMs: 0 },
    hosts: report.hosts.map((host) => ({
      ...host,
      ports: host.ports.map((port) => ({ ...port, rttMs: null })),
    })),
  };
};

describe('standard output, to the letter', () => {
  it('check --format json of a host that refuses everything', async () => {
    const { code, stdout, stderr } = await run([
      'check',
      '127.0.24.1',
      '--seed',
      '1',
      '--sample',
      '6',
      '--format',
      'json',
      '--no-ping',
      '--engine',
      'node',
    ]);
    expect([code, stderr]).toEqual([1, '']);
    await expect(`${JSON.stringify(settled(stdout), null, 2)}\n`).toMatchFileSnapshot('golden/refused.json');
  });

  it('check of a host that refuses everything', async () => {
    const { code, stdout, stderr } = await run([
      'check',
      '127.0.24.1',
      '--seed',
      '1',
      '--sample',
      '6',
      '--no-ping',
      '--engine',
      'node',
    ]);
    expect([code, stderr]).toEqual([1, '']);
    const text = stdout.replaceAll(/\d+(\.\d+)? ms/g, 'N ms').replace(/in \d+\.\d s/, 'in N s');
    await expect(text).toMatchFileSnapshot('golden/refused.txt');
  });

  const commands = [
    ...[
      [],
      ['check'],
      ['audit'],
      ['diff'],
      ['report'],
      ['history'],
      ['schedule'],
      ['serve'],
      ['explain'],
      ['respond'],
      ['merge'],
      ['worker'],
      ['fleet', 'status'],
    ],
    ...['make', 'collector'].map((name) => ['policy', name]),
    ...['prune', 'export', 'import', 'backup'].map((name) => ['history', name]),
    ...['list', 'run', 'once', 'install'].map((name) => ['schedule', name]),
    ...[['config'], ['config', 'init'], ['config', 'show'], ['config', 'check'], ['completion']],
  ];
  it.each(commands)('%s --help', async (...command) => {
    const { code, stdout } = await run([...command, '--help']);
    expect(code).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`golden/${[...command, 'help'].join('-')}.txt`);
  });

  it('wraps what options mean into the columns that there are', async () => {
    const { stdout } = await run(['policy', 'check', '--help'], { env: { COLUMNS: '40' } });
    const options = stdout.slice(stdout.indexOf('Options:'), stdout.indexOf('Files:')).split('\n');
    expect(options.length).toBeGreaterThan(15);
    expect(options.filter((line) => line.length > 40)).toEqual([]);
  });
});

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { HostReport, Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { audit, FAST, file, folder, loopback, targets } from './audit-runs.ts';
import { type RunOptions, run } from './run.ts';

afterAll(() => rmSync(folder, { recursive: true }));

const reportOf = async (args: readonly string[], options: RunOptions = {}): Promise<Report> => {
  const { code, stdout, stderr } = await audit([...args, '--format', 'json', '-q'], options);
  if (code === 2 || code === 70) throw new Error(stderr);
  const report = JSON.parse(stdout) as Report;
  expect(reportSchema.safeParse(report).error).toBeUndefined();
  return report;
};

describe('the targets of an audit', () => {
  it('are blocks, ranges, addresses and names, each once, less what is excluded', async () => {
    const report = await reportOf([
      ...['127.21.0.0/29', '127.21.0.5-127.21.0.9', '127.21.0.20', 'localhost'],
      ...['--exclude', '127.21.0.0/31', '--exclude', '127.21.0.8,::/0', '-4'],
    ]);
    expect(targets(report)).toEqual([...loopback(2, 7), '127.21.0.9', '127.21.0.20', 'localhost']);
  });

  it('come from lists, standard input and CSV in the encodings of Windows', async () => {
    writeFileSync(
      file('list.txt'),
      '# the weekly ones\r\n127.21.0.1, 127.21.0.2\r\n\r\n127.21.0.4/31 # two\r\n',
    );
    const csv =
      '#TYPE Microsoft.ActiveDirectory.Management.ADComputer\r\n"Name";"IPv4Address"\r\n"PC1";"127.21.0.7"\r\n"PC2";""\r\n';
    writeFileSync(file('pcs.csv'), Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(csv, 'utf16le')]));
    expect(targets(await reportOf([`@${file('list.txt')}`]))).toEqual([...loopback(1, 2), ...loopback(4, 5)]);
    expect(targets(await reportOf(['-'], { input: '127.21.0.3\n' }))).toEqual(['127.21.0.3']);
    expect(targets(await reportOf([`@${file('pcs.csv')}`, '--csv-column', 'ipv4address']))).toEqual([
      '127.21.0.7',
    ]);
    writeFileSync(file('out.txt'), '127.21.0.2\n');
    const less = ['127.21.0.0/30', '--exclude-file', file('out.txt')];
    expect(targets(await reportOf(less))).toEqual(['127.21.0.0', '127.21.0.1', '127.21.0.3']);
  });

  const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['multicast', ['224.0.0.0/28'], /'224\.0\.0\.0\/28'.*multicast/],
    ['a block that holds forbidden addresses', ['0.0.0.0/1'], /0\.0\.0\.0\/8/],
    ['nothing left', ['127.21.0.1', '--exclude', '127.21.0.0/24'], /nothing|no target/],
    ['a list that is not there', ['@/nonexistent'], /@\/nonexistent.*ENOENT/],
    [
      'a column that is not there',
      [`@${file('pcs.csv')}`, '--csv-column', 'Host'],
      /no column 'Host'.*'IPv4Address'/,
    ],
    ['a column without a list', ['127.21.0.1', '--csv-column', 'Host'], /--csv-column/],
    ['no target', [], /no target given/],
    ['a reversed range', ['127.21.0.9-127.21.0.1'], /did you mean 127\.21\.0\.1-127\.21\.0\.9/],
    [
      'a folder that is not there',
      ['127.21.0.1', '--db', '/nonexistent/h.db'],
      /history '\/nonexistent\/h\.db'/,
    ],
    ['a file that is no database', ['127.21.0.1', '--db', file('list.txt')], /not a SQLite database/],
  ];
  it.each(refusals)('are refused with one line before a packet is sent: %s', async (_, args, line) => {
    const { code, stdout, stderr } = await audit(args);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('above 4,096 ask for --yes, with what it would cost', async () => {
    const { code, stderr } = await audit(['127.22.0.0/16']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/65,536 hosts are about [\d,]+ packets .* at --rate 20000; add --yes/);
    expect((await audit(['127.22.0.0/20', '--exclude', '127.22.0.0/20'])).stderr).not.toContain('--yes');
  });

  it('stay within the scope of the configuration', async () => {
    writeFileSync(file('scope.toml'), '[scope]\nallow = ["127.21.0.0/24"]\ndeny = ["127.21.0.2"]\n');
    const scope = ['--config', file('scope.toml')];
    expect(targets(await reportOf(['127.21.0.0/30', ...scope]))).toEqual([
      '127.21.0.0',
      '127.21.0.1',
      '127.21.0.3',
    ]);
    for (const outside of ['127.21.0.2', '127.21.1.0/24', '127.21.0.0/23']) {
      const { code, stderr } = await audit([outside, ...scope]);
      expect(stderr).toContain('out of scope');
      expect(code).toBe(2);
    }
    const { stderr } = await audit(['127.21.0.0/30', ...scope, '--format', 'nagios']);
    expect(stderr).toContain('1 address left out: the configuration denies them');
    // A name is looked up later, and its address is checked all the same.
    const named = await reportOf(['localhost', ...scope]);
    expect(named.hosts[0]).toMatchObject({ address: null });
    expect(named.run.probesSent).toBe(0);
  });
});

describe('the formats of an audit', () => {
  it('stream as ndjson: a run, hosts as they are judged, a summary', async () => {
    const { code, stdout } = await audit(['127.21.0.0/28', '--format', 'ndjson', '-q']);
    expect(code).toBe(1);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(18);
    expect(lines[0].run).toMatchObject({ engine: expect.any(String), seed: expect.any(Number) });
    const hosts = lines.slice(1, -1) as HostReport[];
    expect(new Set(hosts.map(({ target }) => target)).size).toBe(16);
    expect(lines.at(-1)).toMatchObject({ summary: { hosts: 16, blocked: 16 }, groups: [] });
  });

  it('stream into a file, too, which is there when all is in it', async () => {
    const path = file('result.ndjson');
    const { code, stdout } = await audit(['127.21.0.0/28', '--format', 'ndjson', '-q', '-o', path]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(18);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ summary: { hosts: 16, blocked: 16 } });
    expect(readdirSync(folder).filter((name) => name.includes('result.ndjson'))).toEqual(['result.ndjson']);
  });

  it('leave no part of a file behind when the audit fails', async () => {
    const path = file('never.ndjson');
    const { code, stderr } = await run([
      ...['audit', '127.21.0.0/28', ...FAST, '--format', 'ndjson', '-q', '-o', path],
      ...['--db', file('nowhere/history.db')],
    ]);
    expect(stderr).toContain('there is not a folder');
    expect(code).toBe(2);
    expect(readdirSync(folder).filter((name) => name.includes('never'))).toEqual([]);
  });

  it.each(['csv', 'nmap-xml', 'junit', 'prometheus', 'html', 'table'])(
    'go to a file as %s, whole',
    async (format) => {
      const path = file(`result.${format}`);
      const { code, stdout } = await audit(['127.21.0.0/30', '--format', format, '-o', path, '-q']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(readFileSync(path, 'utf8')).toContain('127.21.0.');
    },
  );

  it('end with the codes of a monitoring plugin as nagios', async () => {
    const { code, stdout } = await audit(['127.21.0.0/30', '--format', 'nagios', '-q']);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^RA-PREFLIGHT CRITICAL - 0 of 4 hosts ready, 4 blocked \| /);
  });
});

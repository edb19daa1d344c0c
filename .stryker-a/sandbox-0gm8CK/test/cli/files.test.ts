import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { deliver } from '../../src/cli/deliver.ts';
import { refuseDevice } from '../../src/cli/output-file.ts';
import { UsageError } from '../../src/model/fault.ts';
import { unfinishedName } from '../../src/model/unfinished-file.ts';
import { BIN, run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-files-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]): string => join(folder, ...names);
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

const shell = (command: string, options: { cwd?: string } = {}) =>
  spawnSync('bash', ['-c', command], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', RA: `${process.execPath} ${BIN}` },
    ...options,
  });

describe('a result in a file', () => {
  it('goes through symbolic links, also to where nothing is yet', async () => {
    writeFileSync(at('real.csv'), 'old');
    symlinkSync('real.csv', at('link.csv'));
    symlinkSync('link.csv', at('link2.csv'));
    await deliver(['new'], at('link2.csv'));
    expect([lstatSync(at('link.csv')).isSymbolicLink(), readFileSync(at('real.csv'), 'utf8')]).toEqual([
      true,
      'new',
    ]);
    symlinkSync('later.csv', at('dangling.csv'));
    await deliver(['new'], at('dangling.csv'));
    expect(readFileSync(at('later.csv'), 'utf8')).toBe('new');
    symlinkSync('loop', at('loop'));
    await expect(deliver(['new'], at('loop'))).rejects.toThrow(/could not be written/);
  });

  it('keeps the mode of what was there, and its other names', async () => {
    writeFileSync(at('private.csv'), 'old');
    chmodSync(at('private.csv'), 0o640);
    await deliver(['new'], at('private.csv'));
    expect([statSync(at('private.csv')).mode & 0o7777, readFileSync(at('private.csv'), 'utf8')]).toEqual([
      0o640,
      'new',
    ]);
    linkSync(at('private.csv'), at('second.csv'));
    await deliver(['newer'], at('private.csv'));
    expect(readFileSync(at('second.csv'), 'utf8')).toBe('newer');
  });

  it.skipIf(!isRoot)('keeps its owner, and is written where others may not rename', async () => {
    writeFileSync(at('owned.csv'), 'old');
    chownSync(at('owned.csv'), NOBODY, NOBODY);
    await deliver(['new'], at('owned.csv'));
    const { uid, gid } = statSync(at('owned.csv'));
    expect([uid, gid, readFileSync(at('owned.csv'), 'utf8')]).toEqual([NOBODY, NOBODY, 'new']);

    // A file of mine in a folder of somebody else, and a folder where I may make none.
    const asked = `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups $RA check 127.0.23.1 -q --no-ping --sample 1`;
    const written = shell(`${asked} -o owned.csv; ${asked} -o fresh.csv`, { cwd: folder });
    expect(written.stderr).toBe(
      'ra-preflight: -o fresh.csv: cannot be written: permission denied (EACCES)\n',
    );
    expect(readFileSync(at('owned.csv'), 'utf8')).toMatch(/^target,.*\r?\n127\.0\.23\.1,/);
    expect(statSync(at('owned.csv')).uid).toBe(NOBODY);
  });

  it('leaves no litter of those that were killed, and that of others', async () => {
    mkdirSync(at('litter'));
    const goal = at('litter', 'out.csv');
    const earlier = at('litter', '20261126T081535Z-e75041.csv');
    const dead = spawnSync('true').pid;
    const machine = hostname();
    const stays = [
      unfinishedName(goal, { machine, pid: process.ppid }, 'part'),
      unfinishedName(goal, { machine: `${machine}x`, pid: dead }, 'part'),
      unfinishedName(goal, { machine: `other.${machine}`, pid: dead }, 'part'),
      `${goal}.${machine}-${dead}.part`,
      at('litter', `${machine}-${dead}.ra-preflight.part`),
    ];
    // A goal that is named by its run never comes again.
    const gone = [goal, earlier].map((of) => unfinishedName(of, { machine, pid: dead }, 'part'));
    for (const path of [...stays, ...gone]) writeFileSync(path, '');
    await deliver(['new'], goal);
    expect(
      readdirSync(at('litter'))
        .map((name) => at('litter', name))
        .toSorted(),
    ).toEqual([goal, ...stays].toSorted());
  });

  it('goes to pipes and devices as they are', () => {
    const asked = 'check 127.0.23.1 -q --no-ping --sample 1 --format csv';
    const { stdout } = shell(
      `mkfifo pipe; cat pipe & $RA ${asked} -o pipe; wait; $RA ${asked} -o /dev/stdout | cat; $RA ${asked} -o /dev/null; ls -l /dev/null
       echo before > log; $RA ${asked} -o /dev/stdout >> log; cat log`,
      { cwd: folder },
    );
    expect(stdout.match(/^127\.0\.23\.1,/gm)).toHaveLength(3);
    expect(stdout).toMatch(/^crw/m);
    expect(readFileSync(at('log'), 'utf8')).toMatch(/^before\ntarget,.*\r?\n127\.0\.23\.1,/);
  });
});

describe('standard output', () => {
  it('that nobody reads to its end is no error, of help either', () => {
    for (const args of ['check --help', 'audit --help', '--help', '--version'])
      expect(shell(`$RA ${args} | true; echo \${PIPESTATUS[0]}`)).toMatchObject({
        stdout: '0\n',
        stderr: '',
      });
  });

  it('that is full is told in one line, in every format', () => {
    for (const format of ['table', 'json', 'ndjson', 'csv', 'html', 'junit']) {
      const { status, stderr } = shell(
        `$RA check 127.0.23.1 -q --no-ping --sample 1 --format ${format} > /dev/full`,
      );
      expect([format, status, stderr]).toEqual([
        format,
        2,
        'ra-preflight: standard output could not be written: no space left (ENOSPC)\n',
      ]);
    }
    expect(shell('$RA --help > /dev/full')).toMatchObject({ status: 2 });
  });
});

describe('the format of a result', () => {
  it.each([
    ['x.html', '<!doctype html>'],
    ['x.json', '{'],
    ['x.CSV', 'target,'],
    ['x.ndjson', '{"schema":"ra-preflight/report@1","tool"'],
    ['x.xml', '<?xml'],
    ['x.junit.xml', '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites'],
  ])('is that of the ending of %s', async (name, beginning) => {
    await run(['check', '127.0.23.1', '-q', '--no-ping', '--sample', '1', '-o', name], { cwd: folder });
    expect(readFileSync(at(name), 'utf8')).toMatch(new RegExp(`^${beginning.replaceAll(/[?.]/g, '\\$&')}`));
  });

  it('is that of --format where one is named, and of the ending before that of the configuration', async () => {
    writeFileSync(at('c.toml'), 'format = "json"\n');
    const asked = ['check', '127.0.23.1', '-q', '--no-ping', '--sample', '1', '--config', 'c.toml', '-o'];
    await run([...asked, 'a.csv'], { cwd: folder });
    await run([...asked, 'b.csv', '--format', 'nagios'], { cwd: folder });
    expect([at('a.csv'), at('b.csv')].map((path) => readFileSync(path, 'utf8').slice(0, 7))).toEqual([
      'target,',
      'RA-PREF',
    ]);
  });
});

describe('a history that is not there', () => {
  it.each([
    ['history'],
    ['report'],
    ['diff', 'previous', 'latest'],
    ['serve', '--port', '0'],
    ['history', 'export'],
    ['history', 'trend'],
    ['history', 'backup', 'copy.db'],
    ['history', 'prune', '--keep', '1'],
    ['audit', '--resume'],
  ])('is not made: %s', async (...args) => {
    const { code, stdout, stderr } = await run([...args, '--db', 'typo.db'], { cwd: folder });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^ra-preflight: history '[^\n]*typo\.db': there is no such file[^\n]*\n$/);
    expect(existsSync(at('typo.db'))).toBe(false);
  });

  it('is empty where none was ever kept, and still not made', async () => {
    const env = { XDG_DATA_HOME: at('data') };
    expect(await run(['history'], { env })).toMatchObject({ code: 0, stdout: 'No run is recorded.\n' });
    const { stderr } = await run(['report'], { env });
    expect(stderr).toMatch(/data\/ra-preflight\/history\.db' has no runs/);
    expect(existsSync(at('data'))).toBe(false);
  });
});

describe('a configuration', () => {
  const read = async (bytes: string | Uint8Array): Promise<{ code: number | null; stderr: string }> => {
    writeFileSync(at('it.toml'), bytes);
    return run(['check', '127.0.23.1', '-q', '--no-ping', '--config', 'it.toml'], { cwd: folder });
  };

  it.each([
    ['db = "C:\\data\\x.db"\n', "a path with backslashes goes in single quotes: 'C:\\data\\x.db'"],
    ['novice = vista-or-later\n', 'text goes in quotes: novice = "vista-or-later"'],
    ['\n[scope\n', 'it.toml:2:'],
  ])('with the mistake %j is told what to write', async (text, said) => {
    const { code, stderr } = await read(text);
    expect([code, stderr.split('\n')]).toEqual([2, [expect.stringContaining(said), '']]);
  });

  it('may be written in UTF-16, and give a time its unit', async () => {
    const text = 'sample = 1\ntimeout = "500ms"\n';
    expect(await read(Buffer.from(`\ufeff${text}`, 'utf16le'))).toMatchObject({ code: 1, stderr: '' });
    expect(await read(Buffer.from(text, 'utf16le'))).toMatchObject({ code: 1, stderr: '' });
  });

  it('is named by its path when it is not there', async () => {
    const { code, stderr } = await run(['schedule', 'list'], { env: { XDG_CONFIG_HOME: at('conf') } });
    expect(code).toBe(2);
    expect(stderr).toContain(join(at('conf'), 'ra-preflight', 'config.toml: there is no such file'));
  });
});

describe.skipIf(!isRoot)('a checkout that root has built', () => {
  const checkout = at('checkout');
  const root = join(BIN, '../..');

  it('can be run by everybody, and says truly why it cannot', () => {
    mkdirSync(checkout);
    for (const name of ['bin', 'scripts'])
      cpSync(join(root, name), join(checkout, name), { recursive: true });
    for (const name of ['src', 'probes', 'node_modules', 'package.json', 'tsconfig.json'])
      symlinkSync(join(root, name), join(checkout, name));
    const asNobody = `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups ${process.execPath} bin/ra-preflight.js --version`;
    const missing = shell(asNobody, { cwd: checkout });
    expect([missing.status, missing.stderr]).toEqual([
      2,
      expect.stringMatching(/^ra-preflight: dist\/ is missing and could not be built/),
    ]);
    expect(shell('umask 077; node scripts/build.mjs', { cwd: checkout }).stderr).toBe('');
    expect(statSync(join(checkout, 'dist')).mode & 0o777).toBe(0o755);
    expect(statSync(join(checkout, 'dist/main.js')).mode & 0o777).toBe(0o644);
    expect(readdirSync(checkout).filter((name) => name.startsWith('.dist'))).toEqual([]);
    chmodSync(join(checkout, 'dist'), 0o700);
    const closed = shell(asNobody, { cwd: checkout });
    expect([closed.status, closed.stderr]).toEqual([
      2,
      'ra-preflight: dist/ is there, but this user may not read it (EACCES). Its owner can change that: chmod -R a+rX dist\n',
    ]);
  });
});

describe('names of devices on Windows', () => {
  it.each(['NUL', 'con', 'C:\\out\\Aux.html', 'com1', 'lpt9.txt', 'nul ', 'CONOUT$', './prn.', 'COM\u00b2'])(
    '%s is refused there, and a file elsewhere',
    (path) => {
      expect(() => refuseDevice(path, 'win32')).toThrow(UsageError);
      expect(() => refuseDevice(path, 'linux')).not.toThrow();
    },
  );

  it.each(['null', 'C:\\nul\\report.html', 'console.txt', 'com', 'com12', 'report.nul', 'a\u0308ux'])(
    '%s is a file',
    (path) => {
      expect(() => refuseDevice(path, 'win32')).not.toThrow();
    },
  );
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { needs } from '../lab/gate.ts';
import { finish } from '../lab/shell.ts';
import { BIN, hasBegun, judgedIn, run, until } from './run.ts';

const BLOCK = '127.72.0.0/29';
const HOSTS = 8;
/** Every packet to the block is dropped. */
const SILENT = `ip link set lo up
nft 'add table ip f; add chain ip f in { type filter hook input priority 0; }; add rule ip f in ip daddr ${BLOCK} drop'
exec "$0" "$@"`;
/** How long a process lives after it has said what it goes on with; two seconds with its start. */
const LIVES_MS = 1700;
const MOST_LIVES = 25;

let folder = '';
let why: string | null = null;
beforeAll(async () => {
  const tried = await finish('unshare', ['-rn', 'nft', 'list', 'tables']).catch((error) => ({
    code: 1,
    stderr: String(error),
  }));
  if (tried.code !== 0) why = `no namespaces or no nft here: ${tried.stderr}`;
  folder = await mkdtemp(join(tmpdir(), 'ra-silent-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (args: readonly string[]): ChildProcess =>
  spawn('unshare', ['-rn', 'sh', '-euc', SILENT, process.execPath, BIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });

/** Kills a process a while after it has begun; its exit code, null when it was killed. */
const killed = async (child: ChildProcess, begun: () => boolean): Promise<number | null> => {
  const ended = once(child, 'close');
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  await until(() => begun() || isOver);
  const timer = setTimeout(() => child.kill('SIGKILL'), LIVES_MS);
  const [code] = (await ended) as [number | null];
  clearTimeout(timer);
  return code;
};

/** A resumed run, killed a while after it has said so. */
const resumedAndKilled = (db: string): Promise<number | null> => {
  const child = start(['audit', '--resume', '--db', db]);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return killed(child, () => said.includes('resuming'));
};

describe('an audit of silent hosts that is killed every two seconds', () => {
  it.concurrent.for(['linux', 'syn', 'node'])(
    'comes to its end with the %s engine',
    { timeout: 120_000 },
    async (engine, { skip }) => {
      needs(skip, why);
      const db = join(folder, `${engine}.db`);
      const first = start(['audit', BLOCK, '--engine', engine, '--db', db, '-q']);
      expect(await killed(first, () => hasBegun(db))).toBe(null);
      expect(judgedIn(db)).toBe(0);
      let code: number | null = null;
      for (let lives = 1; lives < MOST_LIVES && code === null; lives++) code = await resumedAndKilled(db);
      // 2: killed after the end was written and before the process was gone.
      expect([2, 3]).toContain(code);
      const { stdout } = await run(['report', '--db', db, '--format', 'json']);
      const report = JSON.parse(stdout) as Report;
      expect(report.run.interrupted).toBe(false);
      expect(report.summary).toMatchObject({ hosts: HOSTS, unreachable: HOSTS });
      expect(new Set(report.hosts.map(({ target }) => target)).size).toBe(HOSTS);
    },
  );
});

import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysOf } from '../../src/fleet/redis-keys.ts';
import type { Report } from '../../src/model/report.ts';
import { connect } from '../../src/store/sql.ts';
import { BIN, run, until } from '../cli/run.ts';
import { freePort, TestRedis, whyNoRedis } from './redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-fleet-'));
const file = (name: string): string => join(folder, name);
const FAST = '--rate 20000 --subnet-rate 20000 --sample 2 --no-ping --no-map'.split(' ');

/** As a coordinator leaves a run that is killed. */
const LEFT =
  "state = 'running', finished_at = NULL, groups = NULL, pid = 1, machine = 'elsewhere', beat_ms = 0";

describe.skipIf(whyNoRedis !== null)('a run of a fleet whose coordinator was killed', () => {
  let store: TestRedis;
  let whole: Report;
  const workers: ChildProcess[] = [];
  const env = () => ({
    RA_PREFLIGHT_FLEET_KEY: 'the key of the fleet of these tests',
    RA_PREFLIGHT_REDIS: store.url,
  });

  beforeAll(async () => {
    mkdirSync(file('redis'));
    store = new TestRedis(await freePort(), file('redis'));
    await store.start();
    for (const vantage of ['branch-7', 'hq']) {
      const child = spawn(process.execPath, [BIN, 'worker', '--vantage', vantage, '--rate', '20000'], {
        env: { PATH: process.env['PATH'], HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent', ...env() },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      workers.push(child);
      let said = '';
      child.stderr.on('data', (chunk) => {
        said += chunk;
      });
      await until(() => said.includes('worker '));
    }
    const { stdout } = await run(
      [
        ...['audit', '127.25.0.0/28', ...FAST, '--fleet', '--vantage', 'branch-7,hq', '--seed', '5'],
        ...['--db', file('whole.db'), '--format', 'json', '-q'],
      ],
      { env: env() },
    );
    whole = JSON.parse(stdout) as Report;
  }, 60_000);
  afterAll(async () => {
    for (const child of workers) child.kill('SIGKILL');
    await store.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The history of that run as a kill may leave it. */
  const left = (name: string, script: string): string => {
    copyFileSync(file('whole.db'), file(name));
    const sql = connect(file(name), 'change');
    sql.exec(`PRAGMA foreign_keys = ON; ${script}`);
    sql.close();
    return file(name);
  };

  const resumed = async (db: string) => {
    const { code, stdout, stderr } = await run(
      ['audit', '--resume', whole.run.id, '--fleet', '--db', db, '--format', 'json', '-q'],
      { env: env() },
    );
    const report = (stdout === '' ? null : JSON.parse(stdout)) as Report | null;
    return { code, stderr, report };
  };
  const judged = (report: Report | null) =>
    report?.hosts.map(({ vantage, target, verdict }) => `${vantage} ${target} ${verdict}`);

  it.each([
    ['before it had begun all vantages', `DELETE FROM runs WHERE id LIKE '%.hq'; UPDATE runs SET ${LEFT};`],
    [
      'when it had some hosts of one vantage',
      `UPDATE runs SET ${LEFT}; DELETE FROM hosts WHERE idx > 7 AND run = (SELECT seq FROM runs WHERE id LIKE '%.hq')`,
    ],
    [
      'when it had ended one vantage and not all hosts of the other',
      `UPDATE runs SET ${LEFT} WHERE id LIKE '%.hq'; DELETE FROM hosts WHERE idx > 7 AND run = (SELECT seq FROM runs WHERE id LIKE '%.hq')`,
    ],
  ])('%s comes to its end, whatever the store takes for done', { timeout: 60_000 }, async (what, script) => {
    const client = store.client();
    await client.setbit(keysOf('hq').done(whole.run.id), 1, 1);
    client.disconnect();
    const { code, stderr, report } = await resumed(left(`${what}.db`, script));
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(judged(report)).toEqual(judged(whole));
    expect(report?.run.interrupted).toBe(false);
    expect(report?.groups).toEqual(whole.groups);
  });

  it('when nothing was left to probe needs no worker', { timeout: 60_000 }, async () => {
    for (const child of workers) {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    const both = await resumed(left('none.db', `UPDATE runs SET ${LEFT}`));
    expect({ code: both.code, stderr: both.stderr }).toEqual({ code: 1, stderr: '' });
    expect(judged(both.report)).toEqual(judged(whole));
    const db = left('one.db', `UPDATE runs SET ${LEFT} WHERE id LIKE '%.hq'`);
    const one = await resumed(db);
    expect({ code: one.code, stderr: one.stderr }).toEqual({ code: 1, stderr: '' });
    expect(judged(one.report)).toEqual(judged(whole));
    expect(one.report?.groups).toEqual(whole.groups);
    expect(await resumed(db)).toEqual({
      ...{ code: 2, report: null },
      stderr: `ra-preflight: run ${whole.run.id} is finished; there is nothing to resume\n`,
    });
  });
});

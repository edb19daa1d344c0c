import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { run } from './run.ts';

const BIN = join(import.meta.dirname, '../../bin/ra-preflight.js');
const HOSTS = 2048;
const BLOCK = '127.20.0.0/21';
const PACE = '--rate 6000 --subnet-rate 6000 --concurrency 64 --sample 2 --no-ping --no-map --seed 7'.split(
  ' ',
);
/** The run is killed so often, and then left to end. */
const KILLS = 20;

let folder = '';
let db = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ra-killed-'));
  db = join(folder, 'history.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the program and kills it with no warning after a while. True when it had ended before. */
const startAndKill = (args: readonly string[], afterMs: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      stdio: 'ignore',
      env: { PATH: process.env['PATH'] },
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code !== null);
    });
  });

const judged = async (): Promise<number> => {
  const { code, stdout, stderr } = await run(['history', '--db', db, '--format', 'json']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout).runs[0].summary.hosts;
};

const hasBegun = async (): Promise<boolean> => {
  const { stdout } = await run(['history', '--db', db, '--format', 'json']);
  return stdout !== '' && JSON.parse(stdout).runs.length > 0;
};

describe('an audit that is killed at any moment', () => {
  it('goes on where it was: no host lost, none twice, none judged again', { timeout: 120_000 }, async () => {
    // A busy machine may need longer before there is anything to go on with.
    let afterMs = 600;
    do {
      await startAndKill(['audit', BLOCK, ...PACE, '--db', db, '-q'], afterMs);
      afterMs *= 1.5;
    } while (!(await hasBegun()));
    let before = await judged();
    expect(before).toBeLessThan(HOSTS);
    for (let kill = 1; kill < KILLS; kill++) {
      // Mostly while hosts are asked, sometimes while the program starts or the history is opened.
      if (await startAndKill(['audit', '--resume', '--db', db, '-q'], 100 + Math.random() * 300)) break;
      const now = await judged();
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
    const { code, stdout, stderr } = await run(['audit', '--resume', '--db', db, '--format', 'json', '-q']);
    if (code === 2) {
      // The last one that was to be killed had ended.
      expect(stderr).toContain('no audit in the history is unfinished');
    } else expect(code).toBe(1);
    const whole = code === 2 ? (await run(['report', '--db', db, '--format', 'json'])).stdout : stdout;
    const report = JSON.parse(whole) as Report;
    expect(report.run.interrupted).toBe(false);
    expect(report.hosts.map(({ target }) => target)).toEqual(
      Array.from({ length: HOSTS }, (_, i) => `127.20.${i >> 8}.${i & 255}`),
    );
    expect(report.summary).toMatchObject({ hosts: HOSTS, blocked: HOSTS });
    expect((await run(['history', '--db', db, '--format', 'json'])).stdout).toContain('"finished"');
  });
});

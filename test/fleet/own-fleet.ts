import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { BIN, type Ran, run, until } from '../cli/run.ts';
import { freePort, TestRedis } from './redis.ts';

export const KEY = 'the key of the fleet of these tests';
export const FAST = '--rate 20000 --subnet-rate 20000 --sample 2 --no-ping --no-map'.split(' ');

/** Fails unless a command ended with one line on standard error, this one, and nothing else. */
export const refused = ({ code, stdout, stderr }: Ran, why: RegExp): void => {
  expect(stderr).toMatch(why);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
};

/** A fleet of a file of tests: a Redis and workers of its own, in a folder of its own. */
export class OwnFleet {
  readonly folder = mkdtempSync(join(tmpdir(), 'ra-fleet-'));
  readonly redis: TestRedis;
  readonly #children: ChildProcess[] = [];

  private constructor(port: number) {
    mkdirSync(this.file('redis'));
    this.redis = new TestRedis(port, this.file('redis'));
  }

  static async start(): Promise<OwnFleet> {
    const fleet = new OwnFleet(await freePort());
    await fleet.redis.start();
    return fleet;
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** The environment of a machine of the fleet. */
  env(url = this.redis.url, key = KEY): Record<string, string> {
    return { RA_PREFLIGHT_FLEET_KEY: key, RA_PREFLIGHT_REDIS: url };
  }

  /** Starts a worker and waits for its first line. */
  async worker(args: readonly string[], at = this.env()): Promise<void> {
    const child = spawn(process.execPath, [BIN, 'worker', ...args], {
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent', ...at },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.endsWith(child);
    let printed = '';
    child.stderr.on('data', (chunk) => {
      printed += chunk;
    });
    await until(() => printed.includes('worker ') || child.exitCode !== null);
  }

  /** Has a process end with the fleet. */
  endsWith(child: ChildProcess): void {
    this.#children.push(child);
  }

  audit(args: readonly string[], options: Parameters<typeof run>[1] = {}): Promise<Ran> {
    const history = args.includes('--db') ? [] : ['--db', ':memory:'];
    return run(['audit', ...args, '--fleet', ...history], { env: this.env(), ...options });
  }

  async end(): Promise<void> {
    for (const child of this.#children) if (child.exitCode === null) child.kill('SIGKILL');
    await this.redis.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

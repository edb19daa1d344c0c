import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../src/store/open.ts';
import { buildProgram } from './program.ts';
import { freePort, TestRedis, whyNoRedis } from './redis.ts';

const HOSTS = 2048;

describe('a batch that is delivered twice', () => {
  it.skipIf(whyNoRedis !== null)(
    'counts neither its hosts nor its packets again',
    { timeout: 90_000 },
    async () => {
      const at = mkdtempSync(join(tmpdir(), 'ra-fleet-'));
      const data = join(at, 'redis');
      mkdirSync(data);
      const redis = new TestRedis(await freePort(), data);
      await redis.start();
      const db = join(at, 'history.db');
      const programs: ChildProcess[] = [];
      const start = (...args: readonly string[]): ChildProcess => {
        const child = spawn(process.execPath, args, { stdio: 'ignore' });
        programs.push(child);
        return child;
      };
      try {
        start(buildProgram('prober', at), redis.url, 'hq', '1', 'twice');
        const lead = start(buildProgram('conductor', at), redis.url, 'hq', db, String(HOSTS));
        const code = await new Promise((resolve) => lead.once('exit', resolve));
        const around = { now: Date.now, pid: process.pid, machine: hostname(), isAlive: () => true };
        const history = openHistory(db, around, 'read');
        const targets = [...history.hosts('test.hq')].map(({ target }) => target);
        const [run] = history.runs();
        history.close();
        // Its worker sends a packet a host.
        expect({
          code,
          hosts: targets.length,
          distinct: new Set(targets).size,
          sent: run?.probesSent,
          judged: run?.summary.hosts,
        }).toEqual({ code: 0, hosts: HOSTS, distinct: HOSTS, sent: HOSTS, judged: HOSTS });
      } finally {
        for (const one of programs) one.kill('SIGKILL');
        await redis.stop();
        rmSync(at, { recursive: true, force: true });
      }
    },
  );
});

// What a fleet costs, and whether it loses anything: npm run bench -- fleet [batches | speed | siege [KILLS]]. Method: docs/bench.md.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutSpace, FleetVantage } from '../src/cli/fleet-vantage.ts';
import { packBatch, unpackBatch } from '../src/fleet/messages.ts';
import type { HostReport, RunStart } from '../src/model/report.ts';
import { hostSchema } from '../src/output/schema.ts';
import { openHistory } from '../src/store/open.ts';
import { makeSpace, type SpaceSpec } from '../src/targets/space.ts';
import { besiege } from '../test/fleet/kills.ts';
import { refused, small } from '../test/store/samples.ts';

const BATCH = 256;
const BATCHES = 80;

/** Size of a batch, and what the coordinator spends on a host of it. */
const batches = (name: string, reportOf: (host: number) => HostReport): void => {
  const at = mkdtempSync(join(tmpdir(), 'ra-bench-'));
  const around = { now: Date.now, pid: process.pid, machine: hostname(), isAlive: () => true };
  const history = openHistory(join(at, 'history.db'), around, 'create');
  const size = BATCH * BATCHES;
  const spec: SpaceSpec = { parts: [{ kind: 'block', family: 4, first: '10.77.0.0', count: size }] };
  const cuts = cutSpace(spec, size, BATCH);
  const space = makeSpace(spec);
  const vantage = new FleetVantage(
    'hq',
    cuts,
    space,
    { low: 0, above: new Set(), begun: [] },
    {
      readHost: (value) => hostSchema.parse(value),
    },
  );
  const run: RunStart = {
    ...{ id: 'bench.hq', startedAt: new Date().toISOString(), vantage: 'hq', seed: 1 },
    ...{ engine: 'node', engineWhy: '', novice: 'auto' },
  };
  vantage.begin(run, history.begin({ run, targets: ['10.77.0.0'], hosts: size, plan: null }));
  const made = Array.from({ length: BATCHES }, (_, shard) => {
    const hosts = Array.from({ length: BATCH }, (__, place) => {
      const { text } = space.at(shard * BATCH + place);
      return { place, report: { ...reportOf(shard * BATCH + place), target: text, address: text } };
    });
    const attempt = String(shard).padStart(12, '0');
    return packBatch({ run: 'bench', shard: shard + 1, worker: 'w', attempt, number: 0, sent: 0, hosts });
  });
  const bytes = made.reduce((sum, text) => sum + text.length, 0);
  const began = process.cpuUsage();
  for (const text of made) {
    const batch = unpackBatch(text);
    if (batch) vantage.keep(batch);
  }
  const { user, system } = process.cpuUsage(began);
  if (vantage.judged !== size) throw new Error(`${vantage.judged} of ${size} hosts were kept`);
  history.close();
  rmSync(at, { recursive: true });
  process.stdout.write(
    `${name}: ${Math.round(bytes / size)} bytes in the store and ${((user + system) / size).toFixed(0)} us of the coordinator for a host\n`,
  );
};

const siege = async (kills: number): Promise<void> => {
  const at = mkdtempSync(join(tmpdir(), 'ra-bench-'));
  const hosts = 262_144;
  const { said, ...outcome } = await besiege({
    ...{ at, hosts, workers: 4, kills, mostMs: kills * 500, awayMs: 20_000, restMs: 600_000 },
  });
  rmSync(at, { recursive: true });
  process.stdout.write(`${JSON.stringify({ wanted: hosts, ...outcome })}\n`);
  if (outcome.hosts !== hosts) process.stdout.write(said);
};

/** Packets a second of one worker, and the silent hosts that are probed. */
const SPEED = { rate: 2000, most: 4, targets: '10.99.0.0/18', hosts: 16_384 } as const;

/** In a network of its own: a store, workers of one vantage, and an audit of addresses that nobody has. Prints seconds: real, user, system. */
const SCRIPT = `
ip link set lo up; ip link add d0 type veth peer name d1; ip link set d1 up
ip addr add 10.99.255.1/16 dev d0; ip link set d0 up arp off
redis-server --port 6399 --bind 127.0.0.1 --save '' --dir "$FOLDER" >/dev/null 2>&1 & store=$!
sleep 1
for one in $(seq 1 $WORKERS); do $PROGRAM worker --vantage hq --rate $RATE -q & workers="$workers $!"; done
sleep 3
TIMEFORMAT='%R %U %S'
time $PROGRAM audit $TARGETS --yes --fleet --vantage hq --rate $MOST --subnet-rate $MOST --no-ping --no-map --sample 128 --db "$FOLDER/h.db" -q >"$FOLDER/out" 2>"$FOLDER/err"
kill -9 $store $workers
`;

const speed = (workers: number): void => {
  const at = mkdtempSync(join(tmpdir(), 'ra-bench-'));
  const { rate, most, targets, hosts } = SPEED;
  const { stderr } = spawnSync('unshare', ['-n', 'bash', '-c', SCRIPT], {
    encoding: 'utf8',
    env: {
      ...{ PATH: process.env['PATH'], HOME: at, FOLDER: at, TARGETS: targets, WORKERS: String(workers) },
      ...{ RATE: String(rate), MOST: String(rate * most) },
      PROGRAM: `${process.execPath} bin/ra-preflight.js`,
      RA_PREFLIGHT_FLEET_KEY: 'a key that only benches have',
      RA_PREFLIGHT_REDIS: 'redis://127.0.0.1:6399',
    },
  });
  const [real = 0, user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  const around = { now: Date.now, pid: process.pid, machine: hostname(), isAlive: () => true };
  const history = openHistory(join(at, 'h.db'), around, 'read');
  const [run] = history.runs(1);
  history.close();
  rmSync(at, { recursive: true });
  if (run?.summary.hosts !== hosts) throw new Error(`${run?.summary.hosts} of ${hosts} hosts: ${stderr}`);
  const shards = Math.ceil(hosts / Math.floor((rate * most * 30) / (2 * 130)));
  process.stdout.write(
    `${workers} workers: ${shards} shards in ${real.toFixed(1)} s, ${(shards / real).toFixed(2)} a second, ${Math.round(hosts / real)} hosts and ${Math.round(run.probesSent / real)} packets a second, ${(((user + system) * 1e6) / hosts).toFixed(0)} us of the coordinator for a host, its start included\n`,
  );
};

/** `fleet [batches | speed | siege [KILLS]]`: the size and cost of batches, 1, 2 and 4 workers side by side, or random kills. */
export const main = async ([what = 'batches', count = '1000']: readonly string[]): Promise<void> => {
  if (what === 'batches') {
    batches('silent hosts', small);
    batches('hosts that refuse 34 ports', refused);
  } else if (what === 'speed') for (const workers of [1, 2, 4]) speed(workers);
  else if (what === 'siege') await siege(Number(count));
  else throw new Error(`${what}: expected batches, speed or siege`);
};

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FleetStatus } from '../../src/model/fleet.ts';
import { BIN } from '../cli/run.ts';
import { whyNoRedis } from './redis.ts';

/** What the kernel sends by itself on a new link. */
const OTHERS = 10;

const mayMakeNetworks = spawnSync('unshare', [
  '-n',
  'ip',
  'link',
  'add',
  'd0',
  'type',
  'veth',
  'peer',
  'name',
  'd1',
]);

/**
 * In a network of its own: a store, two workers of one vantage, an audit of addresses that nobody has, and the counter of the
 * link each second. One worker is killed on the way. All of it ends with the shell.
 */
const SCRIPT = `
ip link set lo up; ip link add d0 type veth peer name d1; ip link set d1 up
ip addr add 10.99.255.1/16 dev d0; ip link set d0 up arp off
redis-server --port 6399 --bind 127.0.0.1 --save '' --dir "$FOLDER" >/dev/null 2>&1 & store=$!
sleep 1
$PROGRAM worker --vantage hq --rate 100000 -q & one=$!
$PROGRAM worker --vantage hq --rate 100000 -q & other=$!
sleep 2
$PROGRAM audit $TARGETS --yes --fleet --vantage hq --rate $RATE --subnet-rate $RATE --no-ping --sample 64 --db :memory: -q >/dev/null & audit=$!
for second in $(seq 1 25); do
  sleep 1
  awk 'NR == FNR { at = $1; next } /d0:/ { sub(/.*:/, ""); print at, $10 }' /proc/uptime /proc/net/dev
  [ $second = "$KILL" ] && kill -9 $one
  [ $second = "$LOOK" ] && { $PROGRAM fleet status --format json >"$FOLDER/status.json" & look=$!; }
  kill -0 $audit 2>/dev/null || break
done
# A busy machine takes its time to start another program.
[ -z "$look" ] || wait $look
kill -9 $audit $one $other $store
`;

interface Counted {
  /** Packets a second, over five seconds or more each: on a busy machine a second of the shell is longer. */
  readonly rates: readonly number[];
  /** What the fleet said at the second LOOK; null where nobody looked. */
  readonly status: FleetStatus | null;
}

const counted = async (
  settings: Readonly<Record<'TARGETS' | 'RATE' | 'KILL' | 'LOOK', string>>,
): Promise<Counted> => {
  const folder = mkdtempSync(join(tmpdir(), 'ra-rate-'));
  try {
    const child = spawn('unshare', ['-n', 'sh', '-c', SCRIPT], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        ...{
          PATH: process.env['PATH'],
          HOME: '/nonexistent',
          XDG_CONFIG_HOME: '/nonexistent',
          FOLDER: folder,
          ...settings,
        },
        PROGRAM: `${process.execPath} ${BIN}`,
        RA_PREFLIGHT_FLEET_KEY: 'a key that only tests have',
        RA_PREFLIGHT_REDIS: 'redis://127.0.0.1:6399',
      },
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    await new Promise((resolve) => child.once('close', resolve));
    const sent = text
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    const rates = sent.slice(5).map(([at = 0, count = 0], index) => {
      const [from = 0, before = 0] = sent[index] ?? [];
      return (count - before) / (at - from);
    });
    const seen = join(folder, 'status.json');
    return { rates, status: existsSync(seen) ? JSON.parse(readFileSync(seen, 'utf8')) : null };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe.skipIf(whyNoRedis !== null || mayMakeNetworks.status !== 0)('the rate of a vantage', () => {
  it('holds for all of its workers together, as its network counts', { timeout: 90_000 }, async () => {
    const { rates } = await counted({ TARGETS: '10.99.0.0/22', RATE: '500', KILL: '14', LOOK: '' });
    expect(Math.max(...rates)).toBeGreaterThan(100);
    expect(Math.max(...rates)).toBeLessThanOrEqual(500 * 1.05 + OTHERS / 5);
  });

  it('is filled where hosts are silent, by workers with several shards in hand, and holds all the same', {
    timeout: 90_000,
  }, async () => {
    const { rates, status } = await counted({
      TARGETS: '10.99.0.0/19',
      RATE: '3000',
      KILL: '',
      LOOK: '14',
    });
    const inHand = status?.vantages[0]?.workers.map((worker) => worker.inHand.length) ?? [];
    expect(Math.max(...inHand)).toBeGreaterThan(1);
    expect(Math.max(...rates)).toBeGreaterThan(3000 * 0.8);
    expect(Math.max(...rates)).toBeLessThanOrEqual(3000 * 1.05 + OTHERS / 5);
  });
});

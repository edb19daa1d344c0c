import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { needs } from '../lab/gate.ts';
import { finish } from '../lab/shell.ts';
import { BIN } from './run.ts';

// What leaves is counted by the firewall of a network namespace, not by the program. Rates hold for as long as the run takes, so no
// busy machine makes these fail.

const RATES = { all: 600, subnet: 150, host: 90 } as const;
/** Packets that may leave at once after a rest, and a second of repetitions that are charged when their silence has ended. */
const BURSTS = { all: 60, subnet: 200, host: 100 } as const;
/** Talks RPC and lists twenty ports; another port is dropped, so that kernels send again. */
const LIVELY = '127.70.0.0/29';
const SILENT = '127.70.1.0/29';
/** Names of one address. */
const NAMES = ['a', 'b', 'c', 'd'].map((name) => `${name}.test`);
const SHARED = '127.71.0.1';

const RULES = `table ip count {
  set hosts { type ipv4_addr; flags dynamic; counter; size 4096; }
  set subnets { type ipv4_addr; flags dynamic; counter; size 4096; }
  counter total { }
  chain out {
    type filter hook output priority 0
    ip daddr != 127.64.0.0/12 return
    tcp flags & (syn | ack) == syn goto left
    icmp type echo-request goto left
  }
  chain left {
    add @hosts { ip daddr counter }
    add @subnets { ip daddr & 255.255.255.0 counter }
    counter name total
  }
  chain in {
    type filter hook input priority 0
    ip daddr { ${LIVELY}, 127.71.0.0/24 } tcp dport != 135 ct state new drop
    ip daddr ${SILENT} drop
  }
}`;

const SCRIPT = `
cd "$1"; shift
ip link set lo up
mount --bind hosts /etc/hosts
nft -f rules
"$0" listeners.mjs listeners.json > "$OUT.ready" &
listeners=$!
trap 'kill $listeners' EXIT
until grep -qs ready "$OUT.ready"; do sleep 0.05; done
"$0" "$@" || test $? -eq 3
nft -j list table ip count > "$OUT"
`;

interface Counted {
  readonly elem: { readonly val: string; readonly counter: { readonly packets: number } };
}
type Nft = readonly {
  readonly counter?: { readonly packets: number };
  readonly set?: { readonly name: string; readonly elem?: readonly Counted[] };
}[];

let folder = '';
let why: string | null = null;
beforeAll(async () => {
  const tried = await finish('unshare', ['-rnm', 'nft', 'list', 'tables']).catch((error) => ({
    code: 1,
    stderr: String(error),
  }));
  if (tried.code !== 0) why = `no namespaces or no nft here: ${tried.stderr}`;
  folder = await mkdtemp(join(tmpdir(), 'ra-rates-'));
  const hosts = ['127.0.0.1 localhost', ...NAMES.map((name) => `${SHARED} ${name}`), ''].join('\n');
  const listed = Array.from({ length: 20 }, (_, i) => 50_000 + i);
  const listeners = JSON.stringify([{ address: '0.0.0.0', port: 135, manner: {}, listed }]);
  for (const [name, text] of Object.entries({ hosts, rules: RULES, 'listeners.json': listeners }))
    await writeFile(join(folder, name), text);
  await build({
    entryPoints: [join(import.meta.dirname, '../lab/listeners.ts')],
    outfile: join(folder, 'listeners.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const audit = async (engine: string) => {
  const out = join(folder, `${engine}.json`);
  const words = [
    'audit',
    LIVELY,
    SILENT,
    ...NAMES,
    '--engine',
    engine,
    '--db',
    ':memory:',
    '--format',
    'json',
  ];
  const rates = ['--rate', String(RATES.all), '--subnet-rate', String(RATES.subnet)];
  const { code, stdout, stderr } = await finish(
    'unshare',
    ['-rnm', 'sh', '-euc', SCRIPT, process.execPath, folder, BIN, ...words, ...rates, '--sample', '4', '-q'],
    { env: { PATH: process.env['PATH'], HOME: '/nonexistent', OUT: out } },
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const { nftables } = JSON.parse(await readFile(out, 'utf8')) as { nftables: Nft };
  const inSet = (name: string): readonly Counted[] =>
    nftables.find(({ set }) => set?.name === name)?.set?.elem ?? [];
  const counts = (name: string): Map<string, number> =>
    new Map(inSet(name).map(({ elem }) => [elem.val, elem.counter.packets]));
  const all = nftables.find(({ counter }) => counter)?.counter?.packets ?? Number.NaN;
  return { run: (JSON.parse(stdout) as Report).run, all, hosts: counts('hosts'), subnets: counts('subnets') };
};

describe('the packets that leave', () => {
  it.concurrent.for(['linux', 'syn', 'node'])(
    'of the %s engine keep the rates of run, subnet and address, and are all counted',
    { timeout: 120_000 },
    async (engine, { skip }) => {
      needs(skip, why);
      const { run, all, hosts, subnets } = await audit(engine);
      const seconds = run.durationMs / 1000;
      expect(all).toBeGreaterThan(1000);
      expect(Math.abs(run.probesSent - all) / all).toBeLessThan(0.02);
      expect(all).toBeLessThan(RATES.all * seconds + BURSTS.all);
      for (const [, packets] of subnets) expect(packets).toBeLessThan(RATES.subnet * seconds + BURSTS.subnet);
      for (const [, packets] of hosts) expect(packets).toBeLessThan(RATES.host * seconds + BURSTS.host);
      // Each name alone could have had so many at its rate: together they could not.
      expect(hosts.get(SHARED) ?? 0).toBeGreaterThan(RATES.host * 2);
    },
  );
});

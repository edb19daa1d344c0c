import { hostname } from 'node:os';
import { Command } from 'commander';
import { readVantage } from '../fleet/names.ts';
import { UsageError } from '../model/fault.ts';
import { loadConfig } from './config.ts';
import { fleetSeal, KEY_VARIABLE, STORE_VARIABLE } from './fleet-key.ts';
import { SIGNALS } from './interrupt.ts';
import { BOUNDS, wholeNumber } from './options.ts';
import { say } from './say.ts';
import { storeUrl } from './store-url.ts';
import { version } from './version.ts';

interface Flags {
  readonly redis?: string;
  readonly vantage?: string;
  readonly rate?: string;
  readonly fleetKeyFile?: string;
  readonly config?: string;
  readonly quiet?: boolean;
}

const HELP = `
The key of the fleet is read from ${KEY_VARIABLE} or from --fleet-key-file; it must be the same on all machines and is never
sent. The store may be named by ${STORE_VARIABLE} instead of --redis. What this machine may probe is what its own configuration
allows ([scope]), whatever a job says.

Exit code: 0 stopped by a signal, 2 usage, store or key.`;

/** Waits for a signal that asks this process to end; a second one ends it at once. */
const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    for (const name of SIGNALS) process.on(name, stop);
  });

/** `ra-preflight worker`: probes shards for the coordinators of a fleet, until it is stopped. */
export const workerCommand = (): Command =>
  new Command('worker')
    .summary('probe for a fleet from this machine')
    .description('Probes what audits with --fleet ask for, from this machine, until it is stopped.')
    .option('--redis <url>', 'store of the fleet, redis:// or rediss:// (TLS)')
    .option('--vantage <name>', 'place in the network from which this machine probes, e.g. branch-7')
    .option('--rate <n>', 'probes a second that this machine never exceeds (default 1000)')
    .option('--fleet-key-file <file>', 'file with the key of the fleet')
    .option('--config <file>', 'read the scope from this TOML file')
    .option('-q, --quiet', 'no notices')
    .addHelpText('after', HELP)
    .action(async (flags: Flags) => {
      const url = storeUrl(flags.redis);
      if (flags.vantage === undefined) throw new UsageError('no vantage given; expected --vantage NAME');
      const vantage = readVantage(flags.vantage);
      const most = wholeNumber('--rate', flags.rate ?? '1000', ...BOUNDS.rate);
      const { scope } = await loadConfig(flags.config);
      const seal = await fleetSeal(flags.fleetKeyFile ?? null);
      const stopped = untilStopped();
      const [{ openStore }, { ShardWorker }, { engineHere, shardProbe }] = await Promise.all([
        import('../fleet/store.ts'),
        import('../fleet/shard-worker.ts'),
        import('./fleet-work.ts'),
      ]);
      const tell = (text: string): void => {
        if (flags.quiet !== true) say(text);
      };
      const store = await openStore(url);
      try {
        const worker = new ShardWorker({
          ...{ store, seal, vantage, version, most, tell, ...(await engineHere()) },
          ...{ machine: hostname(), pid: process.pid, probe: shardProbe(vantage, scope) },
        });
        await worker.permitted();
        tell(`worker ${worker.state.id} at ${vantage}, store ${store.name}`);
        await stopped;
        await worker.close();
      } finally {
        store.close();
      }
    });

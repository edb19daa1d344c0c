import { once } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { readVantage } from '../fleet/redis-keys.ts';
import { UsageError } from '../model/fault.ts';
import { loadConfig } from './config.ts';
import { fleetSeal, KEY_VARIABLE, STORE_VARIABLE } from './fleet-key.ts';
import { EXIT_INTERRUPTED, interruptible, SIGNALS } from './interrupt.ts';
import { logUnlessQuiet } from './log.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { orNull, text, whole } from './options/kinds.ts';
import { SCAN } from './options/scan.ts';
import { RATE } from './options/scan-kinds.ts';
import { storeUrl } from './store-url.ts';
import { version } from './version.ts';

/** How long the end waits for a store that does not answer, milliseconds. */
const CLOSE_MS = 5000;

const WORKER = {
  redis: SCAN.redis,
  vantage: {
    long: 'vantage',
    kind: orNull(text('name')),
    help: 'place in the network from which this machine probes, e.g. branch-7',
    standard: null,
  },
  rate: {
    long: 'rate',
    kind: whole(RATE),
    help: 'probes a second that this machine never exceeds',
    standard: 1000,
  },
  fleetKeyFile: SCAN.fleetKeyFile,
  config: { ...SCAN.config, help: 'read the scope from this TOML file' },
  quiet: { ...SCAN.quiet, help: 'no notices' },
} as const;

const HELP = `
The key of the fleet is read from ${KEY_VARIABLE} or from
--fleet-key-file; it must be the same on all machines and is never sent. The
store may be named by ${STORE_VARIABLE} instead of --redis. What this
machine may probe is what its own configuration allows ([scope]), whatever a
job says.

Exit code: 0 stopped by a signal, 2 usage, store or key.`;

/** `ra-preflight worker`: probes shards for the coordinators of a fleet, until it is stopped. */
export const workerCommand = (): Command =>
  addOptions(new Command('worker'), WORKER)
    .summary('probe for a fleet from this machine')
    .description('Probes what audits with --fleet ask for, from this machine, until it is stopped.')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { redis, vantage: named, rate: most, fleetKeyFile, config, quiet } = valuesOf(command, WORKER);
      const url = storeUrl(redis);
      if (named === null) throw new UsageError('no vantage given; expected --vantage NAME');
      const vantage = readVantage(named);
      const { scope } = await loadConfig(config ?? undefined);
      const seal = await fleetSeal(fleetKeyFile);
      const [{ openStore }, { checkPermitted, ShardWorker }, { engineHere, shardProbe }] = await Promise.all([
        import('../fleet/fleet-store.ts'),
        import('../fleet/shard-worker.ts'),
        import('./fleet-work.ts'),
      ]);
      const logged = (text: string): void => logUnlessQuiet({ quiet }, text);
      const store = await openStore(url);
      const interrupt = interruptible(
        () => logged('stopping; the shards in hand go to other workers'),
        () => process.exit(EXIT_INTERRUPTED),
        SIGNALS,
      );
      const stopped = interrupt.signal.aborted ? Promise.resolve() : once(interrupt.signal, 'abort');
      try {
        await Promise.race([checkPermitted(store, vantage), stopped]);
        if (interrupt.signal.aborted) return;
        const worker = new ShardWorker({
          ...{ store, seal, vantage, version, most, log: logged, ...(await engineHere()) },
          ...{ machine: hostname(), pid: process.pid, probe: shardProbe(vantage, scope) },
        });
        logged(`worker ${worker.state.id} at ${vantage}, store ${store.name}`);
        await stopped;
        const ended = worker.close().then(() => true);
        // What waits for such a store would keep the process.
        if (!(await Promise.race([ended, pause(CLOSE_MS, false, { ref: false })]))) process.exit();
      } finally {
        interrupt.release();
        store.close();
      }
    });

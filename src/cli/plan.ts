import type { Plan } from '../model/plan.ts';
import { DYNAMIC_PORTS, portCount } from '../model/target.ts';
import type { WireCapabilities } from '../model/wire.ts';
import { samplePorts } from '../scanner/sample.ts';
import { ownLinks } from './own-networks.ts';
import type { StoredOptions } from './stored-plan.ts';
import { longestWaitMs } from './waits.ts';

/** The plan for every host, from the options and what the wire can do; `seed` draws the sample. */
export const planOf = (
  options: StoredOptions,
  seed: number,
  capabilities: Pick<WireCapabilities, 'minTimeoutMs'>,
): Plan => {
  const rpcRange = options.rpcRange ?? DYNAMIC_PORTS;
  return {
    novice: options.novice,
    rpcRange,
    narrowed: options.rpcRange !== null,
    sample: samplePorts(rpcRange, Math.min(options.sample, portCount(rpcRange)), seed),
    seed,
    families: options.families,
    timeoutMs: longestWaitMs(options.timeoutMs, capabilities),
    retries: options.retries,
    perHost: options.perHost,
    concurrency: options.concurrency,
    hostsAtOnce: options.hostsAtOnce,
    rate: options.rate,
    perHostRate: options.perHostRate,
    perSubnetRate: options.perSubnetRate,
    ping: options.ping,
    map: options.map,
    locate: options.locate,
    bulk: options.bulk,
    links: ownLinks(),
    onWindows: process.platform === 'win32',
  };
};

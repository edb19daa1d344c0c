import { setMaxListeners } from 'node:events';
import type { ScanEvent } from '../../../src/model/event.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { Wire } from '../../../src/model/wire.ts';
import { Neighbours } from '../../../src/scanner/host/neighbours.ts';
import { type HostDeps, scanHost } from '../../../src/scanner/host/scan-host.ts';
import { Lanes } from '../../../src/scanner/limits/lanes.ts';
import { LiveHosts } from '../../../src/scanner/limits/live-hosts.ts';
import { RateControl } from '../../../src/scanner/limits/rate-control.ts';
import { runLimiter } from '../../../src/scanner/limits/run-limiter.ts';
import { SubnetPaths } from '../../../src/scanner/path/subnet-paths.ts';
import { ProbeScheduler } from '../../../src/scanner/probe-scheduler.ts';
import { address, fakeProbes, noPing, plan } from '../fakes.ts';
import type { JumpingClock } from '../jumping-clock.ts';

export const HOST = '192.0.2.1';

/** Scans host number 7, HOST, by this clock. */
export const scanOne = async (
  held: { readonly clock: JumpingClock },
  wire: Wire,
  { plan: changes, ...deps }: Partial<Omit<HostDeps, 'run'>> & { readonly plan?: Partial<Plan> } = {},
) => {
  const settings = plan(changes);
  const control = new RateControl(settings.rate);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const scheduler = new ProbeScheduler({
    ...{ wire, plan: settings, control, limiter: runLimiter(settings.rate, control), signal },
    onShortage: () => {},
  });
  const events: ScanEvent[] = [];
  const limits: string[] = [];
  const lanes = new Lanes(settings, control);
  const running = scheduler.run();
  const target = address(HOST);
  const resolution = { kind: 'resolved', addresses: [{ address: HOST, family: 4 }] } as const;
  const evidence = await held.clock.run(
    scanHost(7, target, resolution, settings, {
      run: { wire, scheduler, lanes, liveHosts: new LiveHosts(9, signal), signal },
      ...{ pinger: noPing, probes: fakeProbes, neighbours: new Neighbours(), paths: new SubnetPaths() },
      ...{ emit: (event) => events.push(event), onLimit: (of) => limits.push(of), extraProbes: [] },
      ...{ namesOf: async () => [], lacksNeighbour: async () => false },
      ...deps,
    }),
  );
  scheduler.close();
  await held.clock.run(running);
  if (!evidence) throw new Error('no evidence');
  return { evidence, events, limits };
};

export const AUDIT = { bulk: true, retries: 1 } as const;

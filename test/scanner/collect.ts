import { getEventListeners } from 'node:events';
import type { ScanEvent } from '../../src/model/event.ts';
import type { HostEvidence, PortObservation } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Probe } from '../../src/model/probe.ts';
import type { Target } from '../../src/model/target.ts';
import type { Pinger, Resolver, Wire } from '../../src/model/wire.ts';
import { RateControl } from '../../src/scanner/limits/rate-control.ts';
import { type Assignment, type ScanDeps, scan } from '../../src/scanner/scan.ts';
import { address, all, fakeProbes, noNames, noPing, plan, run } from './fakes.ts';
import type { JumpingClock } from './jumping-clock.ts';

export interface Setting {
  readonly hosts?: readonly (string | Target)[];
  readonly assignment?: Assignment;
  readonly plan?: Partial<Plan>;
  readonly probes?: readonly Probe[];
  readonly resolver?: Resolver;
  readonly pinger?: Pinger;
  readonly guard?: (address: string) => string | null;
  readonly stop?: AbortController;
  readonly control?: RateControl;
  /** What most scans do without. */
  readonly more?: Partial<ScanDeps>;
  readonly onEvent?: (event: ScanEvent) => void;
}

/** What a whole run said. */
export interface Collected {
  readonly events: readonly ScanEvent[];
  readonly evidence: readonly HostEvidence[];
  readonly end: ScanEvent & { readonly type: 'run-finished' };
  readonly control: RateControl;
}

/** Runs a scan to its end by the fake clock; also sees that it leaves no listener behind. */
export const collect = async (clock: JumpingClock, wire: Wire, setting: Setting = {}): Promise<Collected> => {
  const { hosts = ['192.0.2.1'], stop = new AbortController(), onEvent = () => {} } = setting;
  const settings = plan(setting.plan);
  const control = setting.control ?? new RateControl(settings.rate);
  const targets = hosts.map((host) => (typeof host === 'string' ? address(host) : host));
  const events: ScanEvent[] = [];
  const read = async (): Promise<void> => {
    const deps = {
      wire,
      resolver: setting.resolver ?? noNames,
      pinger: setting.pinger ?? noPing,
      probes: setting.probes ?? fakeProbes,
      guard: setting.guard ?? (() => null),
      control,
      ...setting.more,
    };
    for await (const event of scan(setting.assignment ?? all(targets), settings, deps, run, stop.signal)) {
      events.push(event);
      onEvent(event);
    }
  };
  await clock.run(read());
  if (getEventListeners(stop.signal, 'abort').length > 0) throw new Error('an abort listener was left');
  const end = events.at(-1);
  if (end?.type !== 'run-finished') throw new Error('the stream must end with run-finished');
  const evidence = events.flatMap((event): HostEvidence[] =>
    event.type === 'host-finished' ? [event.evidence] : [],
  );
  return { events, evidence, end, control };
};

/** What was learnt of one port. */
export const portOf = (evidence: HostEvidence | undefined, port: number): PortObservation | undefined =>
  evidence?.ports.find((observation) => observation.port === port);

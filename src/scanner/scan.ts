import { setMaxListeners } from 'node:events';
import type { ScanEvent } from '../model/event.ts';
import type { HostEvidence } from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import type { ExtraProbe, Probe } from '../model/probe.ts';
import type { RunStart } from '../model/report.ts';
import { spread } from '../model/spread.ts';
import type { Target, TargetSpace } from '../model/target.ts';
import type { Pinger, Resolver, Wire } from '../model/wire.ts';
import { EventQueue } from './event-queue.ts';
import { Neighbours } from './host/neighbours.ts';
import { type Guard, resolveTarget } from './host/resolve-target.ts';
import { scanHost } from './host/scan-host.ts';
import { Lanes } from './limits/lanes.ts';
import { LiveHosts } from './limits/live-hosts.ts';
import type { RateControl } from './limits/rate-control.ts';
import type { RateLimiter } from './limits/rate-limiter.ts';
import { runLimiter } from './limits/run-limiter.ts';
import { SubnetPaths } from './path/subnet-paths.ts';
import { ProbeScheduler } from './probe-scheduler.ts';
import { HURRY } from './retry/policy.ts';
import { type ReadyTarget, TargetFeed } from './target-feed.ts';

/**
 * Hosts that are probed in parallel in an audit, at most: as many as some seconds of the rate are enough for, since a host where
 * nothing answers is waited for that long.
 */
const TOGETHER = { least: 64, most: 16_384, seconds: 5, probesToSilentHost: 9 } as const;
/** Of those, hosts that answer, in an audit. */
const MOST_LIVE_HOSTS = 512;

/** What a scan works with: the engine, the probes, the plan, and who may be probed. */
export interface ScanDeps {
  readonly wire: Wire;
  readonly resolver: Resolver;
  readonly pinger: Pinger;
  readonly probes: readonly Probe[];
  /** Probes of the user's own, for hosts that show life. */
  readonly extraProbes?: readonly ExtraProbe[];
  /** Asked of every address before it gets a packet. */
  readonly guard: Guard;
  /** Holds the rate, and lets a person change it. */
  readonly control: RateControl;
  /** Of several scans that keep one rate together; each has its own where it is absent. */
  readonly limiter?: RateLimiter;
  /** Names of an address, looked up beside the probes; absent where they are not wanted. Never throws. */
  readonly namesOf?: (address: string) => Promise<readonly string[]>;
  /** Whether nothing answered ARP for an address that just got packets; false where that is not known, and when absent. */
  readonly lacksNeighbour?: (address: string) => Promise<boolean>;
}

/** The hosts to probe: all of `order`, which numbers hosts of `space` and is walked once, no faster than hosts are probed. */
export interface Assignment {
  readonly space: TargetSpace;
  readonly order: Iterable<number>;
  /** How often a host was begun before by a process that was gone too soon to judge it; absent where none was. */
  readonly begunBefore?: (host: number) => number;
  /** Hosts of `order` that were named as witnesses of others. They are probed again, a few ports each, when all others are done. */
  readonly witnesses?: ReadonlySet<number>;
}

const notAsked = (target: Target): HostEvidence => ({
  target,
  address: target.kind === 'address' ? target.address : null,
  family: target.kind === 'address' ? target.family : null,
  names: target.kind === 'name' ? [target.name] : [],
  resolution: null,
  otherAddresses: [],
  echo: { kind: 'not-observed', why: 'interrupted' },
  ports: [],
  mapped: [],
  traces: [],
  lossEstimate: 0,
  control: null,
  multipath: [],
  interrupted: true,
});

const OF_ONE_PORT: ReadonlySet<ScanEvent['type']> = new Set(['asking', 'answered', 'echoed']);

/** The plan for a host that `begunBefore` processes began and did not judge. */
const planFor = (plan: Plan, begunBefore: number, asWitness: boolean): Plan => {
  if (begunBefore < HURRY.begunBefore) return asWitness ? { ...plan, asWitness } : plan;
  return {
    ...plan,
    timeoutMs: Math.min(plan.timeoutMs, HURRY.mostMs),
    locate: false,
    map: false,
    inHurry: true,
  };
};

/** Ports that a witness is probed again over, evenly spread over those that it was probed over. */
const STILL = 8;

/** The last probes to a witness: whether it still answers where it answered. */
const stillPlan = (plan: Plan): Plan => ({
  ...plan,
  asWitness: true,
  sample: spread(plan.sample, STILL),
  locate: false,
  map: false,
  ping: false,
});

const hostsTogether = ({ bulk, hostsAtOnce, rate }: Plan): number => {
  const wanted = bulk ? Math.floor((rate * TOGETHER.seconds) / TOGETHER.probesToSilentHost) : hostsAtOnce;
  return Math.min(hostsAtOnce, Math.max(TOGETHER.least, Math.min(TOGETHER.most, wanted)));
};

/**
 * Probes every target and yields events as they happen. Hosts are probed in parallel, the next when one has ended,
 * and forgotten: memory does not grow with their number. Aborting the signal ends the probes in flight, and
 * `run-finished` says that it was interrupted. What was learnt by then still comes, with a `host-finished` for every
 * target; in bulk only for hosts that were probed to the end, since a resumed run probes the others.
 */
export async function* scan(
  { space, order, begunBefore = () => 0, witnesses = new Set() }: Assignment,
  plan: Plan,
  deps: ScanDeps,
  run: RunStart,
  signal: AbortSignal,
): AsyncGenerator<ScanEvent> {
  const abandoned = new AbortController();
  const stop = abandoned.signal;
  const abandon = (): void => abandoned.abort();
  if (signal.aborted) abandon();
  else signal.addEventListener('abort', abandon);
  // Every wait in flight listens; Node's warning at eleven listeners means leaks, and these are taken off again.
  setMaxListeners(0, stop);
  const events = new EventQueue<ScanEvent>();
  // In runs of thousands of hosts single ports are not followed.
  const emit = (event: ScanEvent): void => {
    if (!plan.bulk || !OF_ONE_PORT.has(event.type)) events.push(event);
  };
  const startedAt = performance.now();
  const onShortage = (size: number, code: string): void =>
    emit({
      type: 'notice',
      text: `this machine is short of resources (${code}): ${size} probes in flight at most`,
    });
  const { wire, control, limiter = runLimiter(plan.rate, control) } = deps;
  const scheduler = new ProbeScheduler({ wire, control, limiter, plan, signal: stop, onShortage });
  let isLimited = false;
  const onLimit = (address: string): void => {
    if (isLimited) return;
    isLimited = true;
    const text = `${address} answered and then fell silent: a rate limit, scan detection, or it went away. Its subnet is probed more slowly; see --rate`;
    emit({ type: 'notice', text });
  };

  yield { type: 'run-started', run, hosts: space.size };
  const liveHosts = new LiveHosts(MOST_LIVE_HOSTS, stop);
  const hostDeps = {
    run: { wire: deps.wire, scheduler, lanes: new Lanes(plan, deps.control), liveHosts, signal: stop },
    pinger: deps.pinger,
    probes: deps.probes,
    neighbours: new Neighbours(),
    paths: new SubnetPaths(),
    emit,
    onLimit,
    extraProbes: deps.extraProbes ?? [],
    namesOf: deps.namesOf ?? (async () => []),
    lacksNeighbour: deps.lacksNeighbour ?? (async () => false),
  };
  const feed = new TargetFeed(space, order, (target) =>
    resolveTarget(target, plan, { ...deps, signal: stop }),
  );
  let turn: Promise<unknown> = Promise.resolve();
  // One after the other, and no earlier than its probes would leave.
  const nextTarget = (): Promise<ReadyTarget | undefined> => {
    const target = turn.then(async () => {
      await events.room();
      await liveHosts.slot();
      await scheduler.roomForHost();
      return feed.next();
    });
    turn = target;
    return target;
  };
  const scanInTurn = async (): Promise<void> => {
    for (let next = await nextTarget(); next; next = await nextTarget()) {
      if (plan.bulk && stop.aborted) return;
      const { index, target, resolution } = next;
      const evidence = stop.aborted
        ? notAsked(target)
        : await scanHost(
            index,
            target,
            resolution,
            planFor(plan, begunBefore(index), witnesses.has(index)),
            hostDeps,
          );
      if (!(plan.bulk && evidence.interrupted)) emit({ type: 'host-finished', host: index, evidence });
    }
  };
  const probeWitnessAgain = async (index: number): Promise<void> => {
    const target = space.at(index);
    const resolution = await resolveTarget(target, plan, { ...deps, signal: stop });
    if (stop.aborted) return;
    const evidence = await scanHost(index, target, resolution, stillPlan(plan), hostDeps);
    emit({ type: 'host-finished', host: index, evidence });
  };
  const scanAll = async (): Promise<void> => {
    const workers = Math.min(hostsTogether(plan), space.size);
    await Promise.all(Array.from({ length: workers }, scanInTurn));
    if (!stop.aborted) await Promise.all([...witnesses].map(probeWitnessAgain));
    scheduler.close();
  };
  const scanned = Promise.all([scheduler.run(), scanAll()]).then(
    () => events.end(),
    (bug) => {
      abandon();
      events.end(bug);
    },
  );
  try {
    yield* events;
  } finally {
    abandon();
    signal.removeEventListener('abort', abandon);
    // Also when the reader has gone: who then closes the wire closes one that rests.
    await scanned;
  }
  yield {
    type: 'run-finished',
    run: {
      ...run,
      finishedAt: new Date().toISOString(),
      probesSent: deps.control.sent,
      durationMs: Math.round(performance.now() - startedAt),
      interrupted: signal.aborted,
    },
  };
}

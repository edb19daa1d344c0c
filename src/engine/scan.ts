import { setMaxListeners } from 'node:events';
import type { ScanEvent } from '../model/event.ts';
import type { HostEvidence } from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import type { Probe } from '../model/probe.ts';
import type { RunStart } from '../model/report.ts';
import type { Target, TargetSpace } from '../model/target.ts';
import type { Pinger, Resolver, Sweeper, Wire } from '../model/wire.ts';
import type { Guard } from './address.ts';
import { Channel } from './channel.ts';
import { echoAsker } from './echo.ts';
import { scanHost } from './host.ts';
import { Rate, Window } from './pace.ts';
import { Sites } from './sites.ts';
import { SubnetRates } from './subnets.ts';
import { isSwept, type NextHost, SweptHosts } from './swept.ts';
import type { Throttle } from './throttle.ts';

/** Share of a second's questions that may leave at once. */
const BURST_SHARE = 0.1;

export interface ScanDeps {
  readonly wire: Wire;
  readonly resolver: Resolver;
  readonly pinger: Pinger;
  readonly probes: readonly Probe[];
  /** Asks many ports at once, where the wire can; only bulk runs use it. */
  readonly sweeper?: Sweeper;
  /** Asked of every address before it gets a packet. */
  readonly guard: Guard;
  /** Holds the rate, and lets a person change it. */
  readonly throttle: Throttle;
}

/** Whom to ask: all of `order`, which numbers hosts of `space` and is walked once, no faster than hosts are asked. */
export interface Assignment {
  readonly space: TargetSpace;
  readonly order: Iterable<number>;
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
  interrupted: true,
});

const OF_ONE_PORT: ReadonlySet<ScanEvent['type']> = new Set(['asking', 'answered', 'echoed']);

const NOTHING_HEARD: NextHost['heard'] = new Map();

/** The hosts of an order with nothing known of them. */
const oneByOne = (space: TargetSpace, order: Iterable<number>) => {
  const numbers = order[Symbol.iterator]();
  return {
    next: async (): Promise<NextHost | undefined> => {
      const { value: index, done } = numbers.next();
      return done ? undefined : { index, target: space.at(index), heard: NOTHING_HEARD };
    },
  };
};

/**
 * Asks every target and tells what it learns as it learns it. Hosts are asked side by side, the next when one has ended,
 * and forgotten: memory does not grow with their number. Aborting the signal ends the questions in flight, and
 * `run-finished` says that it was interrupted. What was learnt by then still comes, with a `host-finished` for every
 * target; in bulk only for hosts that were asked to the end, for a resumed run asks the others.
 */
export async function* scan(
  { space, order }: Assignment,
  plan: Plan,
  deps: ScanDeps,
  run: RunStart,
  signal: AbortSignal,
): AsyncGenerator<ScanEvent> {
  const abandoned = new AbortController();
  const stop = AbortSignal.any([signal, abandoned.signal]);
  // Every question in flight listens; Node's warning at eleven listeners means leaks, and these are taken off again.
  setMaxListeners(0, stop);
  const channel = new Channel<ScanEvent>();
  // Of thousands of hosts nobody follows single ports.
  const emit = (event: ScanEvent): void => {
    if (!plan.bulk || !OF_ONE_PORT.has(event.type)) channel.push(event);
  };
  const startedAt = performance.now();

  const window = new Window(plan.concurrency, (size, code) =>
    emit({ type: 'notice', text: `this machine is short of resources (${code}): asking ${size} at a time` }),
  );
  const shared = {
    wire: deps.wire,
    window,
    rate: new Rate(plan.rate, Math.max(1, plan.rate * BURST_SHARE), deps.throttle),
    subnets: new SubnetRates(plan.perSubnetRate, deps.throttle),
    signal: stop,
    onSent: () => deps.throttle.countSent(),
  };

  yield { type: 'run-started', run, hosts: space.size };
  const planned = deps.probes.flatMap((probe) =>
    probe.ports(plan, { observations: [] }).map((one) => ({ ...one, requirement: probe.name })),
  );
  const echo = echoAsker(deps.pinger, plan, shared);
  const hostDeps = { ...deps, planned, shared, echo, sites: new Sites(), emit };
  const hosts =
    deps.sweeper && isSwept(plan)
      ? new SweptHosts(space, order, plan, planned, {
          ...deps,
          sweeper: deps.sweeper,
          subnets: shared.subnets,
          echo,
          signal: stop,
        })
      : oneByOne(space, order);
  const askOneAfterTheOther = async (): Promise<void> => {
    for (let next = await hosts.next(); next; next = await hosts.next()) {
      await channel.room();
      if (plan.bulk && stop.aborted) return;
      const { index, target } = next;
      const evidence = stop.aborted ? notAsked(target) : await scanHost(index, target, plan, hostDeps, next);
      if (!(plan.bulk && evidence.interrupted)) emit({ type: 'host-finished', host: index, evidence });
    }
  };
  const askers = Math.min(plan.hostsAtOnce, space.size);
  Promise.all(Array.from({ length: askers }, askOneAfterTheOther)).then(
    () => channel.end(),
    (bug) => {
      abandoned.abort();
      channel.end(bug);
    },
  );
  try {
    yield* channel;
  } finally {
    abandoned.abort();
  }
  yield {
    type: 'run-finished',
    run: {
      ...run,
      finishedAt: new Date().toISOString(),
      probesSent: deps.throttle.sent,
      durationMs: Math.round(performance.now() - startedAt),
      interrupted: signal.aborted,
    },
  };
}

import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { ScanEvent } from '../model/event.ts';
import type { HostEvidence } from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import type { Probe } from '../model/probe.ts';
import type { RunStart } from '../model/report.ts';
import type { Target } from '../model/target.ts';
import type { Pinger, Resolver, Wire } from '../model/wire.ts';
import type { Guard } from './address.ts';
import { Channel } from './channel.ts';
import { scanHost } from './host.ts';
import { Rate, Window } from './pace.ts';

/** Hosts asked at the same time: enough that the slow do not hold up the rest, few enough to show them. */
const HOSTS_AT_ONCE = 64;
/** Share of a second's questions that may leave at once. */
const BURST_SHARE = 0.1;

export interface ScanDeps {
  readonly wire: Wire;
  readonly resolver: Resolver;
  readonly pinger: Pinger;
  readonly probes: readonly Probe[];
  /** Asked of every address before it gets a packet. */
  readonly guard: Guard;
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

/**
 * Asks every target and tells what it learns as it learns it. Aborting the signal ends the questions in flight; what was
 * learnt by then still comes, every target gets its `host-finished`, and `run-finished` says that it was interrupted.
 */
export async function* scan(
  targets: readonly Target[],
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
  const emit = (event: ScanEvent): void => channel.push(event);
  const startedAt = performance.now();
  let probesSent = 0;

  const window = new Window(plan.concurrency, (size, code) =>
    emit({ type: 'notice', text: `this machine is short of resources (${code}): asking ${size} at a time` }),
  );
  const shared = {
    wire: deps.wire,
    window,
    rate: new Rate(plan.rate, Math.max(1, plan.rate * BURST_SHARE)),
    signal: stop,
    onSent: () => {
      probesSent++;
    },
  };

  yield { type: 'run-started', run, hosts: targets.length };
  const limit = pLimit(HOSTS_AT_ONCE);
  Promise.all(
    targets.map((target, host) =>
      limit(async () => {
        const evidence = stop.aborted
          ? notAsked(target)
          : await scanHost(host, target, plan, { ...deps, shared, emit });
        emit({ type: 'host-finished', host, evidence });
      }),
    ),
  ).then(
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
      probesSent,
      durationMs: Math.round(performance.now() - startedAt),
      interrupted: signal.aborted,
    },
  };
}

import { probes } from '../../probes/index.ts';
import type { JudgedEvent } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { ExtraProbe } from '../model/probe.ts';
import type { RunStart } from '../model/report.ts';
import type { RunControl } from '../model/run-control.ts';
import type { Pinger } from '../model/wire.ts';
import { RateControl } from '../scanner/limits/rate-control.ts';
import type { RateLimiter } from '../scanner/limits/rate-limiter.ts';
import { type Assignment, scan } from '../scanner/scan.ts';
import { whyForbidden } from '../targets/forbidden.ts';
import { type Excludes, makeExcludes } from '../targets/read-excludes.ts';
import { makeScope, type Scope } from '../targets/scope.ts';
import { judge } from '../verdict/judge.ts';
import { loadPinger } from '../wire/icmp.ts';
import { arpReader } from '../wire/neighbour-table.ts';
import { systemResolver } from '../wire/resolve.ts';
import { reverseNames } from '../wire/reverse-names.ts';
import type { ResponderRun } from './check-responder.ts';
import type { Engine } from './engine.ts';
import { EXIT_INTERRUPTED, type Interrupt, interruptible, SIGNALS } from './interrupt.ts';
import { ownAddresses } from './own-addresses.ts';
import type { PolicyOfRun } from './policy-of-run.ts';

/** Everything that asking needs. */
export interface SessionOptions {
  readonly assignment: Assignment;
  readonly plan: Plan;
  readonly run: RunStart;
  readonly engine: Engine;
  readonly scope: Scope;
  readonly excludes: Excludes;
  /** Of a host on which a responder runs. */
  readonly responder?: ResponderRun | null;
  /** Probes of the user's own. */
  readonly extraProbes?: readonly ExtraProbe[];
  /** Look up the names of addresses. */
  readonly ptr?: boolean;
  /** What the policy files of the run say of its hosts. */
  readonly policy?: PolicyOfRun | null;
  /** Called when the user first wants to stop. */
  readonly onStopping: () => void;
  /** A stop signal from the caller, who then handles the signals of the process. */
  readonly stop?: AbortSignal;
  /** Of several sessions of one process that keep one rate together. */
  readonly limiter?: RateLimiter;
}

/** A run in progress: its judged events, and the controls over it. */
export interface Session {
  readonly events: AsyncGenerator<JudgedEvent>;
  readonly steering: RunControl;
  readonly interrupt: Interrupt;
}

/** A session whose owner closes it. */
export interface OpenSession extends Session {
  /** Releases sockets and signal handlers, once the events have ended or will not be read any more. */
  close(): Promise<void>;
}

/** The last check before a packet: addresses of names were not known when the targets were read. */
export const guardOf = ({ scope, excludes }: Pick<SessionOptions, 'scope' | 'excludes'>) => {
  const inScope = makeScope(scope);
  const left = makeExcludes(excludes);
  const own = new Map(ownAddresses().map(({ address, why }) => [address, why]));
  return (address: string): string | null =>
    whyForbidden(address) ?? own.get(address) ?? inScope(address) ?? left(address);
};

/** Stands where nobody asks for an echo: what sends one is not even loaded. */
const noPinger: Pinger = {
  echo: async () => ({ kind: 'not-observed', why: 'switched off with --no-ping' }),
  close: () => {},
};

/** The stream with what policy files say in each report. */
async function* joined(events: AsyncIterable<JudgedEvent>, policy: PolicyOfRun): AsyncGenerator<JudgedEvent> {
  for await (const event of events)
    yield event.type === 'host-judged' ? { ...event, report: policy(event.report) } : event;
}

/** Starts the job; nothing is sent before its events are read. */
export const openSession = async (job: SessionOptions): Promise<OpenSession> => {
  const { run, assignment, plan } = job;
  const { wire } = job.engine;
  const guard = guardOf(job);
  const pinger = plan.ping ? await loadPinger(process.platform) : noPinger;
  const control = new RateControl(plan.rate);
  const leave = (): never => process.exit(EXIT_INTERRUPTED);
  const interrupt = interruptible(job.onStopping, leave, job.stop ?? SIGNALS);
  const resolver = systemResolver();
  const { responder = null } = job;
  const reverse = job.ptr ? reverseNames() : null;
  const deps = {
    wire,
    resolver,
    pinger,
    probes: responder?.around(probes) ?? probes,
    guard,
    control,
    ...(job.limiter && { limiter: job.limiter }),
    lacksNeighbour: arpReader(process.platform),
    extraProbes: job.extraProbes ?? [],
    ...(reverse && { namesOf: reverse.of }),
  };
  const scanned = scan(assignment, plan, deps, run, interrupt.signal);
  const judged = judge(responder?.attach(scanned) ?? scanned, plan, wire.capabilities);
  return {
    events: job.policy ? joined(judged, job.policy) : judged,
    steering: control,
    interrupt,
    close: async () => {
      interrupt.release();
      pinger.close();
      reverse?.close();
      await wire.close();
    },
  };
};

/** Runs the job while `work` reads the events, and releases everything that it held. */
export const withSession = async <T>(
  job: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> => {
  const session = await openSession(job);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
};

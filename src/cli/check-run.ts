import type { JudgedEvent } from '../model/event.ts';
import type { ExtraProbe } from '../model/probe.ts';
import type { HostReport, Report, Run } from '../model/report.ts';
import type { Excludes } from '../targets/read-excludes.ts';
import { makeSpace, type SpaceSpec } from '../targets/space.ts';
import { assembleReport } from '../verdict/assemble-report.ts';
import type { ResponderRun } from './check-responder.ts';
import type { ShownRun } from './command-line.ts';
import { chooseEngine } from './engine.ts';
import type { ScanOptions } from './options.ts';
import { planOf } from './plan.ts';
import type { PolicyOfRun } from './policy-of-run.ts';
import { startRun } from './run-start.ts';
import { type Session, withSession } from './session.ts';
import { version } from './version.ts';
import { refuseShortWait } from './waits.ts';
import { beside, withWitnesses } from './witnesses.ts';

/** A check that may begin: its command line is right. */
export interface PreparedCheck {
  readonly texts: readonly string[];
  readonly options: ScanOptions;
  readonly spec: SpaceSpec;
  /** Other machines of the subnet of the targets; null where none was named. */
  readonly witnesses: SpaceSpec | null;
  readonly excludes: Excludes;
  readonly extraProbes: readonly ExtraProbe[];
  /** Of a host on which a responder runs. */
  readonly responder?: ResponderRun | null;
  readonly policy: PolicyOfRun | null;
  /** Draws the sample: each check of a watch probes the same ports. */
  readonly seed: number;
}

/** Passes the stream through and keeps what the report is made of. */
const collector = () => {
  const hosts: HostReport[] = [];
  let run: Run | undefined;
  async function* collect(events: AsyncIterable<JudgedEvent>): AsyncGenerator<JudgedEvent> {
    for await (const event of events) {
      if (event.type === 'host-judged') hosts[event.host] = event.report;
      else if (event.type === 'run-finished') run = event.run;
      yield event;
    }
  }
  const report = (): Report => {
    if (!run) throw new Error('the stream ended without run-finished');
    return assembleReport({ version, run, hosts });
  };
  return { collect, report };
};

/** Reads the events of a session to their end and shows what suits. */
export type Follow = (events: AsyncGenerator<JudgedEvent>, session: Session, run: ShownRun) => Promise<void>;

/** Probes all targets once and gives the report. `stop`: ends it instead of the signals of the process. */
export const checkOnce = async (
  { texts, options, spec, witnesses, excludes, extraProbes, policy, responder = null, seed }: PreparedCheck,
  { follow, onStopping, stop }: { follow: Follow; onStopping: () => void; stop?: AbortSignal },
): Promise<Report> => {
  const space = makeSpace(spec);
  const engine = await chooseEngine(options.engine, 'few', process.platform);
  refuseShortWait(options.timeoutMs, engine.wire);
  const run = startRun(engine, options, seed);
  const { collect, report } = collector();
  const plan = planOf(options, seed, engine.wire.capabilities);
  const job = {
    assignment: beside(space, witnesses),
    plan: responder?.plan(plan) ?? plan,
    responder,
    run,
    engine,
    scope: options.scope,
    excludes,
    extraProbes,
    policy,
    ptr: options.ptr,
    onStopping,
    ...(stop && { stop }),
  };
  await withSession(job, (session) =>
    follow(collect(witnesses ? withWitnesses(session.events, space.size) : session.events), session, {
      command: 'check',
      targets: texts,
      hosts: space.size,
      options,
      run,
      ...(responder && { responder: responder.words }),
    }),
  );
  return report();
};

import { randomInt } from 'node:crypto';
import type { JudgedEvent } from '../model/event.ts';
import { UsageError } from '../model/fault.ts';
import type { HostReport, Report, Run } from '../model/report.ts';
import { escaped, shown } from '../model/shown.ts';
import { isBlock } from '../targets/item.ts';
import { makeSpace } from '../targets/space.ts';
import { assembleReport } from '../verdict/assemble.ts';
import type { ShownRun } from './command-line.ts';
import { chooseEngine } from './engine.ts';
import { estimateText, MOST_UNCONFIRMED } from './estimate.ts';
import { exitCodeOf } from './exit-code.ts';
import { checkWritable } from './goal.ts';
import { isList } from './lists.ts';
import type { ScanOptions } from './options.ts';
import { planOf } from './plan.ts';
import { deliverReport, drain, tuiOptions } from './present.ts';
import { withProgress } from './progress.ts';
import { startRun } from './run-start.ts';
import { say } from './say.ts';
import { withSession } from './session.ts';
import { readTargets } from './targets.ts';
import { wantsTui } from './terminal.ts';
import { version } from './version.ts';
import { refuseShortWait } from './waits.ts';

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

/** Shows the work on the terminal. Ink and React are loaded only now: nobody else waits for them. */
const watch = async (
  events: AsyncIterable<JudgedEvent>,
  shown: ShownRun,
  onStop: () => void,
): Promise<void> => {
  const options = tuiOptions(shown, onStop);
  const { showTui } = await import('../tui/show-tui.tsx');
  await showTui(events, options);
};

/** Only single hosts are for a check; lists and blocks have a command of their own. */
const refuseMany = (texts: readonly string[]): void => {
  const many = texts.filter((text) => isList(text) || isBlock(text));
  if (many.length > 0) {
    throw new UsageError(
      `target ${shown(many[0] ?? '')}: is for many hosts; ra-preflight audit ${many.map(escaped).join(' ')} probes them`,
    );
  }
};

/** `ra-preflight check`: asks the targets, shows the work where somebody looks, delivers the report, gives the exit code. */
export const check = async (texts: readonly string[], options: ScanOptions): Promise<number> => {
  refuseMany(texts);
  const { spec, size, excludes, notices } = await readTargets(texts, options);
  if (size > MOST_UNCONFIRMED && !options.yes) {
    throw new UsageError(`${estimateText(size, options)}; add --yes to probe them`);
  }
  await checkWritable(options.output);
  if (!options.quiet) for (const notice of notices) say(notice);

  const space = makeSpace(spec);
  const seed = options.seed ?? randomInt(2 ** 32);
  const engine = await chooseEngine(options.engine, 'few', process.platform);
  refuseShortWait(options.timeoutMs, engine.wire);
  const run = startRun(engine, options, seed);
  const tui = wantsTui(options);
  const { collect, report } = collector();
  const job = {
    assignment: { space, order: Array(space.size).keys() },
    plan: planOf(options, seed, engine.wire.capabilities),
    run,
    engine,
    scope: options.scope,
    excludes,
    onStopping: () => {
      if (!tui) say('stopping; the results so far follow');
    },
  };
  await withSession(job, async ({ events, interrupt }) => {
    const collected = collect(events);
    if (tui)
      await watch(collected, { command: 'check', targets: texts, hosts: size, options, run }, interrupt.stop);
    else await drain(options.quiet ? collected : withProgress(collected, process.stderr));
  });

  const result = report();
  await deliverReport(options, result);
  return exitCodeOf(result, options);
};

import { randomBytes, randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { probes } from '../../probes/index.ts';
import { samplePorts } from '../engine/sample.ts';
import { scan } from '../engine/scan.ts';
import type { JudgedEvent } from '../model/event.ts';
import { UsageError } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import type { HostReport, Report, Run, RunStart, Summary } from '../model/report.ts';
import { DYNAMIC_PORTS, portCount, type Target } from '../model/target.ts';
import { cleanText } from '../output/clean-text.ts';
import { formats } from '../output/formats.ts';
import { whyForbidden } from '../targets/forbidden.ts';
import { parseTargets } from '../targets/parse.ts';
import { makeScope } from '../targets/scope.ts';
import { assembleReport } from '../verdict/assemble.ts';
import { judge } from '../verdict/judge.ts';
import { loadPinger } from '../wire/icmp.ts';
import { systemResolver } from '../wire/resolve.ts';
import { checkWritable, deliver } from './deliver.ts';
import { chooseEngine } from './engine.ts';
import { EXIT_INTERRUPTED, interruptible } from './interrupt.ts';
import type { CheckOptions } from './options.ts';
import { withProgress } from './progress.ts';
import { isInteractive, screenOf } from './terminal.ts';
import { version } from './version.ts';

/** How long the finished TUI stays when nobody presses a key, milliseconds. */
const TUI_CLOSES_AFTER_MS = 10_000;

const planOf = (options: CheckOptions, seed: number): Plan => {
  const rpcRange = options.rpcRange ?? DYNAMIC_PORTS;
  return {
    novice: options.novice,
    rpcRange,
    narrowed: options.rpcRange !== null,
    sample: samplePorts(rpcRange, Math.min(options.sample, portCount(rpcRange)), seed),
    seed,
    families: options.families,
    timeoutMs: options.timeoutMs,
    retries: options.retries,
    perHost: options.perHost,
    concurrency: options.concurrency,
    rate: options.rate,
    perHostRate: options.perHostRate,
    ping: options.ping,
    map: options.map,
    locate: options.locate,
  };
};

/** Run ids sort by time and do not meet: second of the start, then six random hex digits. */
const runId = (startedAt: Date): string =>
  `${startedAt.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;

/** 0 all ready, 1 some blocked, 3 none blocked but some undetermined or unreachable (DESIGN section 6). */
const exitCode = (summary: Summary, interrupted: boolean): number => {
  if (interrupted) return EXIT_INTERRUPTED;
  if (summary.blocked > 0) return 1;
  return summary.undetermined + summary.unreachable > 0 ? 3 : 0;
};

/** Why a target must not be asked although it can be written down; thrown before a packet is sent. */
const refuse = (
  targets: readonly Target[],
  { families }: CheckOptions,
  guard: (address: string, family: 4 | 6) => string | null,
): void => {
  for (const target of targets) {
    if (target.kind !== 'address') continue;
    if (!(target.family === 4 ? families.v4 : families.v6)) {
      throw new UsageError(
        `target '${target.text}': is IPv${target.family}, and -${10 - target.family} asks only for the other family`,
      );
    }
    const why = guard(target.address, target.family);
    if (why) throw new UsageError(`target '${target.text}': ${why}`);
  }
};

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

const drain = async (events: AsyncIterable<JudgedEvent>): Promise<void> => {
  for await (const _ of events);
};

/** Shows the work on the terminal. Ink and React are loaded only now: nobody else waits for them. */
const watch = async (
  events: AsyncIterable<JudgedEvent>,
  wanted: boolean,
  onStop: () => void,
): Promise<void> => {
  const { colour } = screenOf(process.stdout, process.env, wanted);
  // Ink's colours (chalk) look at the environment when they are loaded, and not at NO_COLOR.
  if (!colour) process.env['FORCE_COLOR'] = '0';
  const { showTui } = await import('../tui/show-tui.tsx');
  await showTui(events, {
    stdin: process.stdin,
    stdout: process.stdout,
    colour,
    screenReader: process.env['INK_SCREEN_READER'] === 'true',
    clean: cleanText,
    onStop,
    closeAfterMs: TUI_CLOSES_AFTER_MS,
  });
};

/** `ra-preflight check`: asks the targets, shows the work where somebody looks, delivers the report, gives the exit code. */
export const check = async (texts: readonly string[], options: CheckOptions): Promise<number> => {
  const targets = parseTargets(texts);
  const inScope = makeScope(options.scope);
  const guard = (address: string, family: 4 | 6): string | null =>
    whyForbidden(address, family) ?? inScope(address);
  refuse(targets, options, guard);
  if (options.output !== null && options.output !== '-') await checkWritable(options.output);

  const startedAt = new Date();
  const seed = options.seed ?? randomInt(2 ** 32);
  const plan = planOf(options, seed);
  const { wire, why } = await chooseEngine(options.engine, process.platform);
  const pinger = await loadPinger();
  const run: RunStart = {
    id: runId(startedAt),
    startedAt: startedAt.toISOString(),
    vantage: hostname(),
    engine: wire.name,
    engineWhy: why,
    novice: options.novice,
    seed,
  };

  const tui =
    options.format === null &&
    options.output === null &&
    !options.quiet &&
    isInteractive(process.stdin, process.stdout, process.env);
  const interrupt = interruptible(
    () => {
      if (!tui) process.stderr.write('ra-preflight: stopping; what is known by now follows\n');
    },
    () => process.exit(EXIT_INTERRUPTED),
  );
  const { collect, report } = collector();
  try {
    const deps = { wire, resolver: systemResolver(), pinger, probes, guard };
    const events = collect(judge(scan(targets, plan, deps, run, interrupt.signal), plan, wire.capabilities));
    if (tui) await watch(events, options.colour, interrupt.stop);
    else await drain(options.quiet ? events : withProgress(events, process.stderr));
  } finally {
    interrupt.release();
    pinger.close();
    await wire.close();
  }

  const result = report();
  const screen = screenOf(process.stdout, process.env, options.colour && options.output === null);
  const render = await formats[options.format ?? 'table']();
  await deliver(render(result, { ...screen, verbose: options.verbose }), options.output);
  return exitCode(result.summary, result.run.interrupted);
};

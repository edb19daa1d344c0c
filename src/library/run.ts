import { randomInt } from 'node:crypto';
import { openOrder } from '../cli/audit-order.ts';
import { openResponder, type ResponderOrder, responderOrder } from '../cli/check-responder.ts';
import { chooseEngine } from '../cli/engine.ts';
import { readExtraProbes } from '../cli/extra-probes.ts';
import { isList } from '../cli/is-list-file.ts';
import { asksResponder } from '../cli/options/respond.ts';
import { AUDIT, CHECK } from '../cli/options/scan-mode.ts';
import type { GivenOptions } from '../cli/options/scan-values.ts';
import { readWritten } from '../cli/options/written.ts';
import { resolveOptions, type ScanOptions } from '../cli/options.ts';
import { planOf } from '../cli/plan.ts';
import { loadPolicy } from '../cli/policy-of-run.ts';
import { readTargets } from '../cli/read-targets.ts';
import { startRun } from '../cli/run-start.ts';
import { openSession } from '../cli/session.ts';
import { version } from '../cli/version.ts';
import { refuseShortWait } from '../cli/waits.ts';
import { beside, readWitnesses, withWitnesses } from '../cli/witnesses.ts';
import { UsageError } from '../model/fault.ts';
import type { Group, HostReport, Report, Run, Summary } from '../model/report.ts';
import { makeSpace } from '../targets/space.ts';
import { quoted } from '../text/quoted.ts';
import { assembleReport } from '../verdict/assemble-report.ts';
import { Tally } from '../verdict/tally.ts';
import { refuseInAudit, refuseUnusable, targetTexts } from './arguments.ts';
import type { PreflightOptions } from './options.ts';

/** How a run ended: what is known of it, filters that hosts share, and counts by verdict. */
export interface RunEnd {
  readonly run: Run;
  readonly groups: readonly Group[];
  readonly summary: Summary;
}

/**
 * A run that has not started yet: reading it sends the probes. Each value is one host's report, as in `hosts[]` of the JSON report, as
 * soon as it is judged; the return value is the end of the run. It can be read once. Leaving the loop early ends the run and
 * releases its sockets.
 */
export interface PreflightRun extends AsyncGenerator<HostReport, RunEnd, void> {
  /**
   * Runs to the end and gives the whole report (`ra-preflight/report@1`), its hosts in the order of the targets and each in the
   * light of its neighbours. All hosts are kept in memory.
   */
  report(): Promise<Report>;
}

/** Names here are the long ones of the command line in camel case, but for a few that a program says otherwise. */
const givenOf = ({ family, timeoutMs, ...options }: PreflightOptions): GivenOptions => {
  const named = Object.entries(options).map(([name, value]) => [
    name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    value,
  ]);
  const written = { ...Object.fromEntries(named), timeout: timeoutMs };
  return readWritten({ ...written, ipv4: family === 4, ipv6: family === 6 });
};

/** One event of a run as a library user sees it. */
type Step = { readonly index: number; readonly host: HostReport } | { readonly end: Run };

async function* steps(
  texts: readonly string[],
  options: ScanOptions,
  order: ResponderOrder | null,
  { signal, probes = [], onNotice = () => {} }: PreflightOptions,
): AsyncGenerator<Step, void, void> {
  // A library reads neither files nor standard input in the name of its user.
  const list = texts.find(isList);
  if (list !== undefined)
    throw new UsageError(`target ${quoted(list)}: give the hosts of the list themselves`);
  const { spec, excludes, notices } = await readTargets(texts, options);
  const witnesses = await readWitnesses(options);
  const policy = await loadPolicy(options);
  for (const notice of notices) onNotice(notice);
  const space = makeSpace(spec);
  const seed = options.seed ?? randomInt(2 ** 32);
  const engine = await chooseEngine(options.engine, options.bulk ? 'many' : 'few', process.platform);
  refuseShortWait(options.timeoutMs, engine.wire);
  const assignment = options.bulk
    ? { space, order: openOrder(space, seed, { low: 0, above: new Set(), begun: [] }).order }
    : beside(space, witnesses);
  const plan = planOf(options, seed, engine.wire.capabilities);
  const opened = order === null ? null : await openResponder(order, onNotice, signal);
  const responder = opened?.run ?? null;
  try {
    const session = await openSession({
      assignment,
      plan: responder?.plan(plan) ?? plan,
      responder,
      run: startRun(engine, options, seed),
      engine,
      scope: options.scope,
      excludes,
      extraProbes: probes,
      policy,
      ptr: options.ptr,
      onStopping: () => {},
      // With a signal of its own a run leaves those of the process alone.
      stop: signal ?? new AbortController().signal,
    });
    try {
      for await (const event of witnesses ? withWitnesses(session.events, space.size) : session.events) {
        if (event.type === 'host-judged') yield { index: event.host, host: event.report };
        else if (event.type === 'notice') onNotice(event.text);
        else if (event.type === 'run-finished') yield { end: event.run };
      }
    } finally {
      await session.close();
    }
  } finally {
    opened?.close();
  }
}

async function* hosts(source: AsyncIterable<Step>): AsyncGenerator<HostReport, RunEnd, void> {
  const tally = new Tally();
  for await (const step of source) {
    if ('end' in step) return { run: step.end, groups: tally.groups(), summary: tally.summary };
    tally.add(step.index, step.host);
    yield step.host;
  }
  throw new Error('the run ended without its last event');
}

const whole = async (source: AsyncIterable<Step>): Promise<Report> => {
  const known: HostReport[] = [];
  let run: Run | undefined;
  for await (const step of source) {
    if ('end' in step) run = step.end;
    else known[step.index] = step.host;
  }
  if (!run) throw new Error('the run ended without its last event');
  // An interrupted audit leaves gaps: hosts that were not probed to the end.
  return assembleReport({ version, run, hosts: known.filter(Boolean) });
};

const start = (
  targets: string | Iterable<string>,
  options: PreflightOptions,
  mode: typeof CHECK | typeof AUDIT,
): PreflightRun => {
  refuseUnusable(options);
  const texts = targetTexts(targets);
  const { allow = [], deny = [] } = options.scope ?? {};
  if (mode === AUDIT) refuseInAudit(options);
  const { responder = null, listen = null, idle = false } = options;
  const asked = { responder, listen, idle };
  const order = asksResponder(asked) ? responderOrder(asked, texts).order : null;
  const resolved = resolveOptions(givenOf(options), { options: {}, scope: { allow, deny } }, mode);
  if (options.probes) readExtraProbes(options.probes, 'probes');
  const source = steps(texts, resolved, order, options);
  return Object.assign(hosts(source), { report: () => whole(source) });
};

/**
 * Probes a few hosts one would offer help to, as `ra-preflight check` does: `targets` are host names or addresses. Throws UsageError at once
 * for an option, and while it is read for a target, that cannot be used; nothing is sent then. What the network or a host does is
 * in the reports and never thrown. Source of the requirements: KB301527.
 */
export const preflight = (targets: string | Iterable<string>, options: PreflightOptions = {}): PreflightRun =>
  start(targets, options, CHECK);

/**
 * Probes many hosts, as `ra-preflight audit` does, in a seeded order and with bounded memory while it is read host by host: `targets`
 * may be blocks and ranges too (`10.1.2.0/24`, `10.1.2.10-10.1.2.90`). Keeps no history. Throws like `preflight`.
 */
export const audit = (targets: string | Iterable<string>, options: PreflightOptions = {}): PreflightRun =>
  start(targets, options, AUDIT);

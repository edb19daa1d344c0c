import {
  type Flows,
  type Hop,
  isResponderProven,
  type PortObservation,
  refusesUnused,
} from '../../model/evidence.ts';
import { chanceOfLosses } from '../../model/inference.ts';
import type { Plan } from '../../model/plan.ts';
import { spread } from '../../model/spread.ts';
import { compareFlows } from '../path/compare-flows.ts';
import { confirmSplit, divergence, type FlowResult, isAnswered, probeFlows } from '../path/flows.ts';
import { ttlProberOf } from '../path/host-path.ts';
import { FLOWS, LATE_FLOWS, SAMPLED_FLOWS } from '../retry/policy.ts';
import type { HostControl } from './control.ts';
import type { HostProber } from './host-prober.ts';
import type { PortScan } from './port-scan.ts';

/** The sampled port that was probed most often before it answered, where more were than the path's loss explains. */
const lateSampled = (
  observations: readonly PortObservation[],
  pathLoss: number,
): PortObservation | undefined => {
  const answered = observations.filter(
    ({ requirement, reply }) => requirement === 'dynamic-rpc' && isAnswered({ reply }),
  );
  const late = answered.filter(({ lost = 0 }) => lost > 0);
  if (late.length < LATE_FLOWS.fewest || late.length < answered.length * LATE_FLOWS.share) return undefined;
  if (chanceOfLosses(late.length, answered.length, pathLoss) > LATE_FLOWS.likely) return undefined;
  return late.reduce((a, b) => ((b.lost ?? 0) > (a.lost ?? 0) ? b : a));
};

/** The port that answers best, to compare another with. */
const controlFor = (
  observations: readonly PortObservation[],
  except: PortObservation,
): PortObservation | undefined =>
  observations
    .filter((one) => one.requirement !== except.requirement && isAnswered(one))
    .toSorted((a, b) => (a.lost ?? 0) - (b.lost ?? 0))[0];

/** Ports that are probed over several flows, and over how many. */
const wanted = (observations: readonly PortObservation[]): { one: PortObservation; flows: number }[] => {
  const required = observations
    .filter(({ why, reply }) => why === 'required' && ['accepted', 'refused', 'silent'].includes(reply.kind))
    .map((one) => ({ one, flows: FLOWS }));
  if (!refusesUnused(observations) && !isResponderProven(observations)) return required;
  const silent = observations.filter(({ why, reply }) => why === 'sampled' && reply.kind === 'silent');
  return [
    ...required,
    ...spread(silent, SAMPLED_FLOWS.ports).map((one) => ({ one, flows: SAMPLED_FLOWS.each })),
  ];
};

/**
 * Probes the ports that decide over further flows and writes down on how many of them each answers: equal-cost paths may treat a port
 * differently, unless the host has stopped answering meanwhile. `loss`: shares of probes lost, 0..1: by this
 * host, by others on the way to them, and what loss on the path explains at most. Gives the hops that traces of two such flows showed.
 */
export const confirmFlows = async (
  scan: PortScan,
  prober: HostProber,
  control: HostControl,
  plan: Plan,
  loss: { readonly own: () => number; readonly others: () => number; readonly path: () => number },
): Promise<{ readonly hops: readonly Hop[] }> => {
  const traces = plan.locate ? ttlProberOf(prober) : null;
  const hops: Hop[] = [];
  const place = async (port: number, { answering, silent }: FlowResult): Promise<string | null> => {
    if (!traces) return null;
    const diverging = await divergence(traces, port, { answering, silent });
    hops.push(...diverging.hops);
    return diverging.over;
  };
  const furtherFlows = (one: PortObservation, most: number): Promise<FlowResult | null> =>
    probeFlows(prober, one, { first: scan.flowOf(one.port), loss: loss.own(), most, isSteady: plan.bulk });
  /** Whether a port is dropped on some paths although no flow of it stays silent. */
  const compare = async (one: PortObservation): Promise<Flows | null> => {
    const other = controlFor(scan.observations, one);
    if (!other) return null;
    const [of, beside] = [one, other].map(({ port, reply: { kind } }) => ({ port, kind }));
    const counts =
      of && beside ? await compareFlows(prober, of, beside, plan.bulk ? FLOWS : undefined) : null;
    return counts && { asked: counts.flows, answered: counts.passed, control: counts.control };
  };
  const asked = await Promise.all(
    wanted(scan.observations).map(async ({ one, flows }) => {
      const result = await furtherFlows(one, flows);
      return result ? { one, result } : null;
    }),
  );
  const results = asked.filter((each) => each !== null);
  const mixed = results.filter(({ result }) => result.answering.length > 0 && result.silent.length > 0);
  for (const { one } of mixed) control.leaveOut(one.port);
  const isHeld = mixed.length === 0 || !control.isPossible || (await control.check()) === 'held';
  /** The flows of a port once their silence stands; null where it proves nothing. */
  const confirmed = async (port: number, result: FlowResult): Promise<FlowResult | null> => {
    if (result.silent.length === 0) return result;
    if (!isHeld) return null;
    // Where nothing at all was lost, no limit was met either.
    const isDoubted = result.late > 0 || Math.max(loss.own(), loss.path()) > 0;
    if (!isDoubted) return result;
    // Where a limit was met already, more probes only feed it.
    return prober.queue.lane.subnet.isSlowed ? null : confirmSplit(prober, port, result);
  };
  await Promise.all(
    results.map(async ({ one, result: first }) => {
      const passing = first.answering[0];
      if (one.reply.kind === 'silent') {
        if (!passing) return;
        // What answers is spoken to over the flow that passes.
        scan.setFlow(one.port, passing);
        await scan.probeAgain(one.port, prober.rtt.waitMs(1));
      }
      const result = await confirmed(one.port, first);
      if (!result) return;
      const now = scan.observations.find(({ port }) => port === one.port) ?? one;
      const over = await place(one.port, result);
      const { answering, silent, late } = result;
      const isLate =
        silent.length === 0 &&
        late >= (plan.bulk ? LATE_FLOWS.fewest : 1) &&
        chanceOfLosses(late, answering.length, loss.path()) <= LATE_FLOWS.likely;
      // A comparison takes seconds. Where loss made flows late by chance, as many more are not.
      const more =
        isLate && loss.path() > 0 ? await furtherFlows({ ...now, attempts: 0, lost: 0 }, 1 + FLOWS) : null;
      const staysLate =
        isLate &&
        (more === null ||
          chanceOfLosses(late + more.late, answering.length + more.answering.length, loss.path()) <=
            LATE_FLOWS.unlikely);
      const compared = staysLate ? await compare(now) : null;
      scan.amend({
        ...now,
        attempts: now.attempts + result.attempts + (more?.attempts ?? 0),
        flows: compared ?? { ...result.flows, ...(over === null ? {} : { over }) },
      });
    }),
  );
  const late = lateSampled(scan.observations, loss.others());
  const compared = late ? await compare(late) : null;
  if (late && compared) scan.amend({ ...late, flows: compared });
  return { hops };
};

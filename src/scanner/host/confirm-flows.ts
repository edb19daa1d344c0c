import { type Hop, type PortObservation, refusesUnused } from '../../model/evidence.ts';
import type { Plan } from '../../model/plan.ts';
import { askFlows, divergence, type FlowResult } from '../path/flows.ts';
import { ttlProberOf } from '../path/host-path.ts';
import { FLOWS } from '../retry/policy.ts';
import type { HostControl } from './control.ts';
import type { HostProber } from './host-prober.ts';
import type { PortScan } from './port-scan.ts';

/** Silent sampled ports of a host that refuses unused ones, which are asked over other flows before their silence stands. */
const MOST_SAMPLED = 8;
/** Flows for each of them: it is enough to see that silence depends on the flow. */
const SAMPLED_FLOWS = 4;

const spread = <T>(items: readonly T[], most: number): readonly T[] =>
  items.length <= most
    ? items
    : items.filter(
        (_, at) => Math.floor((at * most) / items.length) !== Math.floor(((at - 1) * most) / items.length),
      );

/** Ports that are asked over several flows, and over how many. */
const wanted = (observations: readonly PortObservation[]): { one: PortObservation; flows: number }[] => {
  const required = observations
    .filter(({ why, reply }) => why === 'required' && ['accepted', 'refused', 'silent'].includes(reply.kind))
    .map((one) => ({ one, flows: FLOWS }));
  if (!refusesUnused(observations)) return required;
  const silent = observations.filter(({ why, reply }) => why === 'sampled' && reply.kind === 'silent');
  return [...required, ...spread(silent, MOST_SAMPLED).map((one) => ({ one, flows: SAMPLED_FLOWS }))];
};

/**
 * Asks the ports that decide over further flows and writes down on how many of them each answers: equal-cost paths may treat a port
 * differently, unless the host has stopped answering meanwhile. Gives the hops that traces of two such flows showed.
 */
export const confirmFlows = async (
  scan: PortScan,
  prober: HostProber,
  control: HostControl,
  plan: Plan,
  loss: number,
): Promise<{ readonly hops: readonly Hop[] }> => {
  const traces = plan.locate ? ttlProberOf(prober) : null;
  const hops: Hop[] = [];
  const place = async (port: number, { answering, silent }: FlowResult): Promise<string | null> => {
    if (!traces || !answering || !silent) return null;
    const diverging = await divergence(traces, port, { answering, silent });
    hops.push(...diverging.hops);
    return diverging.over;
  };
  const asked = await Promise.all(
    wanted(scan.observations).map(async ({ one, flows }) => {
      const result = await askFlows(prober, one, scan.flowOf(one.port), loss, flows);
      return result ? { one, result } : null;
    }),
  );
  const results = asked.filter((each) => each !== null);
  const isMixed = results.some(({ result }) => result.answering !== null && result.silent !== null);
  const isHeld = !isMixed || (await control.check()) === 'held';
  await Promise.all(
    results.map(async ({ one, result }) => {
      if (one.reply.kind === 'silent' && !result.answering) return;
      if (one.reply.kind === 'silent' && result.answering) {
        // What answers is spoken to over the flow that passes.
        scan.setFlow(one.port, result.answering);
        await scan.askAgain(one.port, prober.rtt.waitMs(1));
      }
      if (result.silent && !isHeld) return;
      const now = scan.observations.find(({ port }) => port === one.port) ?? one;
      const over = await place(one.port, result);
      scan.amend({
        ...now,
        attempts: now.attempts + result.attempts,
        flows: { ...result.flows, ...(over === null ? {} : { over }) },
      });
    }),
  );
  return { hops };
};

import { isResponderProven, type PortObservation, refusesUnused } from '../../model/evidence.ts';
import { looksFiltered } from '../../model/reply.ts';
import {
  CONFIRMED_ROUNDS,
  ENOUGH_CONTROLS,
  enoughSilence,
  LOOKS_PER_FLOW,
  MOST_EXTRA_ROUNDS,
} from '../retry/policy.ts';
import type { HostControl } from './control.ts';
import type { PortScan } from './port-scan.ts';

/** Runs of neighbours, in port order, that were all silent: a filter drops blocks, loss does not. */
const silentRuns = (ports: readonly PortObservation[]): PortObservation[][] => {
  const runs: PortObservation[][] = [];
  let run: PortObservation[] = [];
  for (const port of ports) {
    if (port.reply.kind === 'silent') {
      if (run.length === 0) runs.push(run);
      run.push(port);
    } else run = [];
  }
  return runs;
};

/** A silence, how many probes it should have had, and how many of them in rounds in which the controls answered. */
interface Doubt {
  readonly observation: PortObservation;
  readonly wanted: number;
  readonly confirmed: number;
}

/**
 * Silences that decide something, and how often each must be asked about. On a host that refuses unused ports each does, a
 * run of neighbours together, and where a responder listens too. On a stealthy host silence is expected, and the retries are enough (docs/verdicts.md).
 */
export const silencesOf = (
  observations: readonly PortObservation[],
  retries: number,
  loss: number,
): readonly Doubt[] => {
  if (retries === 0) return [];
  const enough = enoughSilence(loss);
  const singles = observations
    .filter(({ reply, why }) => reply.kind === 'silent' && why !== 'sampled')
    .map((observation) => ({ observation, wanted: enough, confirmed: CONFIRMED_ROUNDS }));
  const sampled = observations.filter(({ why }) => why === 'sampled');
  const decides = refusesUnused(observations) || isResponderProven(observations);
  const runs = silentRuns(sampled).flatMap((run) => {
    const wanted = decides ? Math.max(2, Math.ceil(enough / run.length)) : retries + 1;
    return run.map((observation) => ({ observation, wanted, confirmed: decides ? CONFIRMED_ROUNDS : 0 }));
  });
  return [...singles, ...runs];
};

/** By port: probes whose silence does not count, and those in rounds in which all controls answered. */
export interface SilenceRounds {
  readonly discounted: Map<number, number>;
  readonly confirmed: Map<number, number>;
}

/** Whether anything was seen that may be a filter's doing, so that it must be known that the host still answers. */
const isSuspicious = (observations: readonly PortObservation[]): boolean =>
  observations.some(({ reply }) => looksFiltered(reply));

/**
 * Probes silent ports again, all of them once a round, with the controls right behind them; what was silent in a round in which
 * a control was, too, does not count. `changesFlow`: whether each flow is probed twice only. Ends when every silence stands, when answers have stopped, or when nothing can be probed any more.
 */
export const confirmSilence = async (
  scan: PortScan,
  control: HostControl,
  {
    retries,
    loss,
    changesFlow,
  }: { readonly retries: number; readonly loss: () => number; readonly changesFlow: () => boolean },
  waits: { readonly usual: () => number; readonly last: () => number },
  rounds: SilenceRounds,
): Promise<void> => {
  let isChecked = false;
  const { discounted, confirmed } = rounds;
  const count = (counts: Map<number, number>, ports: readonly Doubt[]): void => {
    for (const { observation } of ports)
      counts.set(observation.port, (counts.get(observation.port) ?? 0) + 1);
  };
  /** What is still missing: looks whose silence counts, and rounds in which the controls answered. */
  const missing = ({
    observation: { port, attempts },
    ...needed
  }: Doubt): readonly [looks: number, rounds: number] => [
    needed.wanted - attempts + (discounted.get(port) ?? 0),
    control.isPossible ? roundsFor(needed.confirmed) - (confirmed.get(port) ?? 0) : 0,
  ];
  const isOpen = (doubt: Doubt): boolean => Math.max(...missing(doubt)) > 0;
  // Where controls are lost, silence proves less each time.
  const roundsFor = (rounds: number): number =>
    rounds === 0 ? 0 : rounds + Math.min(MOST_EXTRA_ROUNDS, 2 * control.losses.lost);
  for (;;) {
    const open = silencesOf(scan.observations, retries, loss()).filter(isOpen);
    if (open.length === 0) break;
    const isProven = isResponderProven(scan.observations);
    const asking = Promise.all(
      open.map((doubt) => {
        const { observation } = doubt;
        const decides = observation.why !== 'sampled';
        if (decides && observation.attempts % LOOKS_PER_FLOW === 0 && changesFlow())
          scan.changeFlow(observation.port);
        // Past the kernel's first retransmission: a host that holds half a connection answers on that flow again by then. Only the look
        // after which the silence would stand: void rounds would otherwise take that long each.
        const isLast = (decides || isProven) && Math.max(...missing(doubt)) <= 1;
        return scan.probeAgain(observation.port, isLast ? waits.last() : waits.usual());
      }),
    );
    const [learnt, controls] = await Promise.all([asking, control.isPossible ? control.check() : null]);
    if (!learnt.includes(true) || controls === 'stopped') return;
    if (controls === null) continue;
    isChecked = true;
    count(controls === 'void' ? discounted : confirmed, open);
  }
  if (!control.isPossible || !isSuspicious(scan.observations)) return;
  while (!isChecked || (control.losses.asked < ENOUGH_CONTROLS && !control.hasStopped)) {
    isChecked = true;
    await control.check();
  }
};

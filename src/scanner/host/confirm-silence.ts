import { type PortObservation, refusesUnused } from '../../model/evidence.ts';
import { enoughSilence } from '../retry/policy.ts';
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

/** A silence that was not asked about often enough yet, and how many probes it should have had. */
interface Doubt {
  readonly observation: PortObservation;
  readonly wanted: number;
}

/**
 * Silences that decide something and were not asked about often enough yet. On a host that refuses unused ports each does, a
 * run of neighbours together. On a stealthy host silence is expected, and the retries are enough (docs/verdicts.md).
 */
export const doubtful = (
  observations: readonly PortObservation[],
  retries: number,
  loss: number,
): readonly Doubt[] => {
  if (retries === 0) return [];
  const enough = enoughSilence(loss);
  const singles = observations
    .filter(({ reply, why }) => reply.kind === 'silent' && why !== 'sampled')
    .map((observation) => ({ observation, wanted: enough }));
  const sampled = observations.filter(({ why }) => why === 'sampled');
  const refuses = refusesUnused(observations);
  const runs = silentRuns(sampled).flatMap((run) => {
    const wanted = refuses ? Math.max(2, Math.ceil(enough / run.length)) : retries + 1;
    return run.map((observation) => ({ observation, wanted }));
  });
  return [...singles, ...runs].filter(({ observation, wanted }) => observation.attempts < wanted);
};

/** Whether anything was seen that may be a filter's doing, so that it must be known that the host still answers. */
const isSuspicious = ({ reply }: PortObservation): boolean =>
  reply.kind === 'silent' ||
  reply.kind === 'rejected' ||
  (reply.kind === 'refused' && reply.by === 'middlebox');

/**
 * Asks silent ports again, all of them once a round, with the controls right behind them; what was silent in a round in which
 * a control was, too, does not count. Ends when every silence stands, when answers have stopped, or when nothing can be asked any more.
 */
export const confirmSilence = async (
  scan: PortScan,
  control: HostControl,
  { retries, loss }: { readonly retries: number; readonly loss: () => number },
  waits: { readonly usual: number; readonly last: number },
): Promise<void> => {
  let isChecked = false;
  // Probes whose silence does not count, by port.
  const discounted = new Map<number, number>();
  for (;;) {
    const open = doubtful(
      scan.observations.map((one) => ({ ...one, attempts: one.attempts - (discounted.get(one.port) ?? 0) })),
      retries,
      loss(),
    );
    if (open.length === 0) break;
    const asking = Promise.all(
      open.map(({ observation, wanted }) => {
        const isLast = observation.attempts + 1 >= wanted && observation.why !== 'sampled';
        return scan.askAgain(observation.port, isLast ? waits.last : waits.usual);
      }),
    );
    const [learnt, outcome] = await Promise.all([asking, control.isPossible ? control.check() : null]);
    if (!learnt.includes(true) || outcome === 'stopped') return;
    isChecked ||= outcome !== null;
    if (outcome === 'void') {
      for (const { observation } of open) {
        discounted.set(observation.port, (discounted.get(observation.port) ?? 0) + 1);
      }
    }
  }
  if (!isChecked && control.isPossible && scan.observations.some(isSuspicious)) await control.check();
};

import type { HostEvidence, PortObservation } from '../model/evidence.ts';
import { fisherExact, isMoreThanLimit, WRONG_PROOF } from '../model/inference.ts';
import { isReachable } from '../model/reply.ts';
import type { Confidence } from '../model/report.ts';

/** Share of lost probes above which silence is weak evidence (docs/verdicts.md). */
const LOSSY = 0.05;
/** Lost probes below which a small share means nothing: two of thirty may be a busy machine. */
const FEWEST_LOST = 5;
/**
 * Above this share a few lost probes are enough: six probes that all get lost by chance, as often as a silence that decides
 * is asked, stay below one in four thousand a port only up to here.
 */
const VERY_LOSSY = 0.25;
/** Answers of the control from which on it held. */
const FEWEST_CONTROLS = 3;

/** Whether answers stopped for good while this host was asked: then nothing that came, or did not come, afterwards tells anything. */
export const stoppedAfter = ({ control }: HostEvidence): number | null => control?.stoppedAfter ?? null;

/** Whether all that had answered before answered to the last while silence was asked: the silence is about the port. */
export const controlHeld = ({ control }: HostEvidence): boolean =>
  control !== null &&
  control.stoppedAfter === null &&
  control.asked >= FEWEST_CONTROLS &&
  control.answered === control.asked;

/** Probes of a port that got no answer while it kept silent. */
const silences = ({ reply, attempts }: PortObservation): number =>
  reply.kind === 'silent' ? Math.max(reply.attempts, attempts) : 0;

/** Whether the silence of a port says more than that answers are limited. */
export const silenceTells = ({ control }: HostEvidence, observation: PortObservation): boolean =>
  isMoreThanLimit(control, silences(observation));

/** Whether this path loses packets: of the probes to ports that answer, counted by what got no answer before one did. */
export const isLossy = ({ lossEstimate, ports }: HostEvidence): boolean =>
  lossEstimate > VERY_LOSSY ||
  (lossEstimate > LOSSY && ports.reduce((sum, { lost = 0 }) => sum + lost, 0) >= FEWEST_LOST);

/**
 * Whether lost packets cannot have made these silences: each entry is the number of probes of one port or flow that got no
 * answer, out of `among` that were asked. A path is taken to lose one packet of twenty at least.
 */
export const isMoreThanLoss = (
  { lossEstimate }: HostEvidence,
  unanswered: readonly number[],
  among: number,
): boolean => {
  const loss = Math.max(lossEstimate, LOSSY);
  return unanswered.reduce((chance, times) => chance * among * loss ** times, 1) <= WRONG_PROOF;
};

/** The same for silent ports among those that were asked. */
export const isSilentEnough = (
  evidence: HostEvidence,
  silent: readonly PortObservation[],
  among: number,
): boolean => isMoreThanLoss(evidence, silent.map(silences), among);

/** How sure silence can be here: one probe, or a path that loses packets, makes it weak. */
export const silenceConfidence = (
  evidence: HostEvidence,
  observations: readonly PortObservation[],
  best: Confidence,
): Confidence => (isLossy(evidence) || observations.every((one) => silences(one) < 2) ? 'weak' : best);

/** Whether a port answers over some of its flows and stays silent over others. */
export const isHalfFiltered = ({ reply, flows }: PortObservation): boolean =>
  flows !== undefined && flows.answered > 0 && flows.answered < flows.asked && isReachable(reply);

/** Probes that each silent flow of such a port left unanswered, on average. */
const perSilentFlow = ({ attempts, flows, lost = 0 }: PortObservation): number =>
  flows ? Math.floor((attempts - flows.answered - lost) / Math.max(1, flows.asked - flows.answered)) : 0;

/** Whether single packets over new flows were answered more seldom than those to a port that answers, which loss does not explain. */
const isAnsweredTooSeldom = ({ flows }: PortObservation): boolean =>
  flows?.control !== undefined &&
  fisherExact({ flows: flows.asked, passed: flows.answered, control: flows.control }) <= WRONG_PROOF;

/** Whether the silent flows of a port say more than that answers are limited. */
export const silentFlowsTell = ({ control }: HostEvidence, observation: PortObservation): boolean =>
  isAnsweredTooSeldom(observation) || isMoreThanLimit(control, perSilentFlow(observation));

/** How sure the silence of some flows is: proven when the control held and lost packets cannot have made it. */
export const flowConfidence = (evidence: HostEvidence, observation: PortObservation): Confidence => {
  if (isAnsweredTooSeldom(observation)) return controlHeld(evidence) ? 'proven' : 'likely';
  const { asked, answered } = observation.flows ?? { asked: 0, answered: 0 };
  const unanswered = Array.from({ length: asked - answered }, () => perSilentFlow(observation));
  if (isLossy(evidence) || perSilentFlow(observation) < 2) return 'weak';
  return controlHeld(evidence) && isMoreThanLoss(evidence, unanswered, asked) ? 'proven' : 'likely';
};

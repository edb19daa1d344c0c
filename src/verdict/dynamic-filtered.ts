import type { PortObservation } from '../model/evidence.ts';
import { strongest } from './confidence.ts';
import {
  type Dynamic,
  type DynamicRule,
  extentWords,
  isScattered,
  portsOf,
  portWords,
  rangeWords,
} from './dynamic-facts.ts';
import {
  type HostFacts,
  isOwnRefusal,
  isRejectedByFilter,
  isRejectedByHost,
  isSeenFiltered,
  rejecterWords,
  rejectionConfidence,
  resetConfidence,
} from './host-facts.ts';
import { deathWords, diesAtOnce, diesOnPath } from './path.ts';
import { RESPONDER } from './responder.ts';
import { fail, undetermined } from './ruling.ts';
import {
  flowConfidence,
  isHalfFiltered,
  isSilentEnough,
  silenceConfidence,
  silenceTells,
  silentFlowsTell,
} from './silence.ts';
import { limitWords, resetPlace, resetWhy } from './sole-port.ts';

const notAsked: DynamicRule = (facts, { range, probed, faults }) => {
  // Doubt about more than half of the sample is doubt about the range, unless a filter has shown itself.
  if (probed.length > faults || probed.some((one) => isSeenFiltered(facts, one))) return null;
  return undetermined(
    'dynamic-not-asked',
    `The dynamic ports ${rangeWords(range)} could not be probed from here, or too few of them.`,
    [],
  );
};

const rejected: DynamicRule = (facts, seen) => {
  const hit = seen.rejected.filter((one) => isRejectedByFilter(facts, one));
  const [first] = hit;
  if (!first) return null;
  const byHost = hit.filter((one) => isRejectedByHost(facts, one)).length;
  const side = byHost === hit.length ? 'host' : byHost === 0 ? 'network' : 'either';
  return fail(
    rejectionConfidence(hit),
    'dynamic-rejected',
    `Dynamic RPC ports are rejected by ${rejecterWords(facts, first)}: ${extentWords(facts, seen, hit)}`,
    portsOf(hit),
    side,
  );
};

const resetOnWay: DynamicRule = (facts, seen) => {
  const hit = seen.reset;
  const [first] = hit;
  if (!first) return null;
  const confidence = resetConfidence(hit);
  const from = hit.find(({ reply }) => reply.kind === 'refused' && reply.from) ?? first;
  return fail(
    confidence,
    'dynamic-reset-on-way',
    `Dynamic RPC ports are reset on the path${resetPlace(facts, from)}: ${extentWords(facts, seen, hit, from.port)} ${resetWhy(confidence)}`,
    portsOf(hit),
    'network',
  );
};

const droppedOnWay: DynamicRule = (facts, seen) => {
  const dying = seen.probed.filter((one) => diesOnPath(facts.path, one));
  const [first] = dying;
  if (!first) return null;
  // On a stealthy host nothing is known of the silent ports that were not traced.
  const tells = (one: PortObservation): boolean =>
    seen.silent.includes(one) && (facts.refuses || facts.responder?.listening?.has(one.port) === true);
  const hit = seen.probed.filter((one) => dying.includes(one) || tells(one));
  return fail(
    facts.controlHeld ? 'proven' : 'likely',
    'dynamic-dropped-on-way',
    `Dynamic RPC ports are silently dropped ${deathWords(facts.path, first.port)}: ${extentWords(facts, seen, hit, first.port)}`,
    portsOf(hit),
    diesAtOnce(facts.path, first.port) ? 'near' : 'network',
  );
};

const someFlows: DynamicRule = ({ evidence }, { answered }) => {
  const hit = answered.filter((one) => isHalfFiltered(one) && silentFlowsTell(evidence, one));
  if (hit.length === 0) return null;
  const over = hit.map(({ flows }) => flows?.over).find(Boolean);
  return fail(
    strongest(hit.map((one) => flowConfidence(evidence, one))),
    'dynamic-some-flows',
    `TCP ${portWords(hit)} answers on some flows and never on others${over ? `, which all cross ${over}` : ''}. Traffic is shared among equal-cost paths, and one of them drops dynamic RPC ports.`,
    portsOf(hit),
    'network',
  );
};

const listedRefused: DynamicRule = (_, { listed }) => {
  const refused = listed.filter(({ reply }) => reply.kind === 'refused');
  if (refused.length === 0) return null;
  return undetermined(
    'dynamic-listed-refused',
    `The endpoint mapper lists TCP ${portWords(refused)}, so something should be listening there, yet it is refused: the list is stale, address translation leads elsewhere, or a device sends resets on the host's behalf.`,
    portsOf(refused),
    'either',
  );
};

/**
 * Whether the host is shown to treat like ports differently: it refuses some of this range itself, and answered to the last,
 * while others were asked so often that neither loss nor a limit explains their silence.
 */
const isShown = (facts: HostFacts, seen: Dynamic, silent: readonly PortObservation[]): boolean =>
  facts.controlHeld &&
  seen.answered.some(({ reply }) => isOwnRefusal(facts, reply)) &&
  !isScattered(facts, seen) &&
  isSilentEnough(facts.evidence, silent, seen.probed.length);

const selective: DynamicRule = (facts, seen) => {
  const silent = seen.silent.filter((one) => silenceTells(facts.evidence, one));
  if (!facts.refuses || silent.length === 0) return null;
  return fail(
    silenceConfidence(facts.evidence, silent, isShown(facts, seen, silent) ? 'proven' : 'likely'),
    'dynamic-selective',
    `This host resets closed ports, but some dynamic RPC ports get no answer, so a firewall silently drops them, on the path (there or back) or on the host: ${extentWords(facts, seen, silent)}`,
    portsOf(silent),
    'either',
  );
};

const limited: DynamicRule = ({ evidence: { control }, refuses }, { silent }) => {
  if (!control || !refuses || silent.length === 0) return null;
  return undetermined(
    'dynamic-limited',
    `TCP ${portWords(silent)} gave no answer, but ${limitWords(control)}: this proves nothing about these ports.`,
    portsOf(silent),
    'either',
  );
};

/** What stops the dynamic range: our own troubles, filters that show themselves, and those that silence gives away. */
export const FILTERED: readonly DynamicRule[] = [
  notAsked,
  rejected,
  resetOnWay,
  droppedOnWay,
  someFlows,
  RESPONDER,
  listedRefused,
  selective,
  limited,
];

import { type DynamicRule, extentWords, isScattered, portsOf, rangeWords } from './dynamic-facts.ts';
import {
  isRejectedByFilter,
  isRejectedByHost,
  isSeenFiltered,
  rejecterWords,
  rejectionConfidence,
  silenceConfidence,
} from './facts.ts';
import { diesOnTheWay, lastHopOf } from './path.ts';
import { fail, undetermined } from './ruling.ts';

const notAsked: DynamicRule = (facts, { range, told, faults }) => {
  // Doubt about more than half of the sample is doubt about the range, unless a filter has shown itself.
  if (told.length > faults || told.some((one) => isSeenFiltered(facts, one))) return null;
  return undetermined(
    'dynamic-not-asked',
    `The dynamic ports ${rangeWords(range)} could not be asked from here, or too few of them.`,
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
  if (hit.length === 0) return null;
  const place = hit.map(({ reply }) => (reply.kind === 'refused' ? reply.from : undefined)).find(Boolean);
  return fail(
    'proven',
    'dynamic-reset-on-way',
    `Dynamic RPC ports are reset on the way${place ? ` after ${place}` : ''}: ${extentWords(facts, seen, hit)}`,
    portsOf(hit),
    'network',
  );
};

const droppedOnWay: DynamicRule = (facts, seen) => {
  const dying = seen.told.filter((one) => diesOnTheWay(facts.way, one));
  const [first] = dying;
  if (!first) return null;
  // On a stealthy host nothing is known of the silent ports that were not traced.
  const hit = facts.refuses
    ? seen.told.filter((one) => dying.includes(one) || seen.silent.includes(one))
    : dying;
  const place = lastHopOf(facts.way, first.port)?.address;
  return fail(
    'proven',
    'dynamic-dropped-on-way',
    `Dynamic RPC ports are dropped ${place ? `after ${place}` : 'before the first hop'}: ${extentWords(facts, seen, hit)}`,
    portsOf(hit),
    'network',
  );
};

const selective: DynamicRule = (facts, seen) => {
  if (!facts.refuses || seen.silent.length === 0) return null;
  // Refusals of this very range beside its silence are two treatments of like ports, whoever sends the refusals.
  const refusedHere = seen.answered.some(({ reply }) => reply.kind === 'refused');
  const best = refusedHere && !isScattered(facts, seen) ? 'proven' : 'likely';
  return fail(
    silenceConfidence(facts, seen.silent, best),
    'dynamic-selective',
    `This host refuses unused ports at once, but some dynamic RPC ports get no answer, so a firewall drops them: ${extentWords(facts, seen, seen.silent)}`,
    portsOf(seen.silent),
    'either',
  );
};

/** What stops the dynamic range: our own troubles, filters that show themselves, and those that silence gives away. */
export const FILTERED: readonly DynamicRule[] = [notAsked, rejected, resetOnWay, droppedOnWay, selective];

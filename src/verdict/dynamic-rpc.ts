import type { MappedRange, PortObservation } from '../model/evidence.ts';
import { isReachable } from '../model/reply.ts';
import { inRange, type PortRange } from '../model/target.ts';
import { type Facts, isFilterProven, isProhibited, rejecterOf, silenceConfidence } from './facts.ts';
import { lastHopOf } from './path.ts';
import { type Rule, ruling } from './ruling.ts';

/** More stretches than this are counted instead of listed. */
const MOST_NAMED = 4;

interface Dynamic {
  /** Asked ports of the range that say something. */
  readonly told: readonly PortObservation[];
  readonly ports: readonly number[];
  readonly faults: number;
  readonly answered: readonly PortObservation[];
  readonly silent: readonly PortObservation[];
  /** Ports that listen: named by the endpoint mapper, or found open. They answer even on a stealthy host. */
  readonly listening: readonly PortObservation[];
}

const within = (facts: Facts, range: PortRange): Dynamic => {
  const asked = facts.dynamic.filter(({ port }) => inRange(port, range));
  const told = asked.filter(({ reply }) => reply.kind !== 'unknown');
  return {
    told,
    ports: told.map(({ port }) => port),
    faults: asked.length - told.length,
    answered: told.filter(({ reply }) => isReachable(reply)),
    silent: told.filter(({ reply }) => reply.kind === 'silent'),
    listening: told.filter(({ reply, why }) => why === 'listed' || reply.kind === 'accepted'),
  };
};

const portsOf = (observations: readonly PortObservation[]): number[] => observations.map(({ port }) => port);

const named = ({ from, to }: PortRange): string => (from === to ? String(from) : `${from}-${to}`);

/** The exact filtered stretches of the range in words, or how many of the sampled ports were filtered. */
const filteredWords = (
  facts: Facts,
  range: PortRange,
  filtered: readonly PortObservation[],
  asked: number,
): string => {
  // TCP 3389 is a requirement of its own; filtered by itself it is no part of this one.
  const overlaps = (stretch: MappedRange): boolean =>
    stretch.from <= range.to && stretch.to >= range.from && !(stretch.from === 3389 && stretch.to === 3389);
  const stretches = facts.evidence.mapped.filter(
    (stretch) => stretch.state === 'filtered' && overlaps(stretch),
  );
  if (stretches.length === 0 || stretches.length > MOST_NAMED)
    return `${filtered.length} of ${asked} ports asked`;
  return `TCP ${stretches.map(named).join(', ')}`;
};

/** What is left open, in words, where it was mapped. */
const openWords = (facts: Facts, range: PortRange): string => {
  const open = facts.evidence.mapped.filter(
    ({ state, from, to }) => state === 'reachable' && from <= range.to && to >= range.from,
  );
  if (open.length === 0 || open.length > MOST_NAMED) return '';
  return ` Left open: ${open.map(named).join(', ')}.`;
};

/** The dynamic range that matters for one generation, in order; the first that matches decides. */
export const dynamicRules = (range: PortRange): readonly Rule[] => [
  (facts) => {
    const { told, faults } = within(facts, range);
    const proven = told.some((one) => isFilterProven(facts, one));
    // Doubt about more than half of the sample is doubt about the range, unless a filter has shown itself.
    if (told.length > faults || proven) return null;
    return ruling(
      'undetermined',
      'weak',
      'dynamic-not-asked',
      `The dynamic ports ${named(range)} could not be asked from here.`,
      [],
    );
  },
  (facts) => {
    const { told } = within(facts, range);
    const rejected = told.filter((one) => isProhibited(facts, one));
    const [first] = rejected;
    if (!first) return null;
    const what = filteredWords(facts, range, rejected, told.length);
    return ruling(
      'fail',
      'proven',
      'dynamic-rejected',
      `Dynamic RPC ports are rejected by ${rejecterOf(facts, first)}: ${what}.${openWords(facts, range)}`,
      portsOf(rejected),
    );
  },
  (facts) => {
    const { told } = within(facts, range);
    const reset = told.filter(({ reply }) => reply.kind === 'refused' && reply.by === 'middlebox');
    if (reset.length === 0) return null;
    const place = reset.map(({ reply }) => (reply.kind === 'refused' ? reply.from : undefined)).find(Boolean);
    const what = filteredWords(facts, range, reset, told.length);
    return ruling(
      'fail',
      'proven',
      'dynamic-reset-on-way',
      `Dynamic RPC ports are reset on the way${place ? ` after ${place}` : ''}: ${what}.${openWords(facts, range)}`,
      portsOf(reset),
    );
  },
  (facts) => {
    const { told, silent } = within(facts, range);
    const dying = silent.filter((one) => isFilterProven(facts, one));
    const [first] = dying;
    if (!first) return null;
    const what = filteredWords(facts, range, silent, told.length);
    return ruling(
      'fail',
      'proven',
      'dynamic-dropped-on-way',
      `Dynamic RPC ports are dropped after ${lastHopOf(facts.way, first.port)?.address ?? 'this machine'}: ${what}.${openWords(facts, range)}`,
      portsOf(facts.refuses ? silent : dying),
    );
  },
  (facts) => {
    const { told, silent, answered } = within(facts, range);
    const unlisted = silent.filter(({ why }) => why !== 'listed');
    if (!facts.refuses || unlisted.length === 0) return null;
    const best = answered.length > 0 ? 'proven' : 'likely';
    const what = filteredWords(facts, range, unlisted, told.length);
    return ruling(
      'fail',
      silenceConfidence(facts, unlisted, best),
      'dynamic-selective',
      `This host refuses unused ports at once, but some dynamic RPC ports get no answer: ${what}. A firewall drops them.${openWords(facts, range)}`,
      portsOf(unlisted),
    );
  },
  (facts) => {
    const { told, silent, ports } = within(facts, range);
    if (told.length === 0 || silent.length > 0 || !told.every(({ reply }) => isReachable(reply))) return null;
    const onlyAccepted = told.every(({ reply }) => reply.kind === 'accepted');
    return ruling(
      'pass',
      onlyAccepted ? 'proven' : facts.refusal,
      'dynamic-all-answered',
      `All ${told.length} dynamic ports asked in ${named(range)} answered, so the way there is clear as far as the sample shows.`,
      ports,
    );
  },
  (facts) => {
    const { listening } = within(facts, range);
    if (listening.length === 0 || !listening.every(({ reply }) => isReachable(reply))) return null;
    return ruling(
      'pass',
      'likely',
      'dynamic-listening-answer',
      `All ${listening.length} dynamic ports that are known to listen answer; the others are silent, as they are on every Windows host with its firewall on. Proven for ${portsOf(listening).slice(0, 8).join(', ')}, likely for the rest.`,
      portsOf(listening),
    );
  },
  (facts) => {
    const { listening } = within(facts, range);
    const open = listening.filter(({ reply }) => isReachable(reply));
    if (open.length === 0) return null;
    const shut = listening.filter((one) => !open.includes(one));
    return ruling(
      'undetermined',
      'weak',
      'dynamic-listening-partly',
      `Of the dynamic ports that the endpoint mapper lists, ${portsOf(open).slice(0, 8).join(', ')} answer and ${portsOf(shut).slice(0, 8).join(', ')} do not. The host may keep single programs closed, or a filter may drop part of the range.`,
      portsOf(shut),
    );
  },
  (facts) => {
    const { listening } = within(facts, range);
    if (listening.length === 0) return null;
    return ruling(
      'undetermined',
      'weak',
      'dynamic-listening-silent',
      'None of the dynamic ports that the endpoint mapper lists answers. A healthy Windows client looks like this, because its firewall opens ports per program; a network that filters the range looks like this too.',
      portsOf(listening),
    );
  },
  (facts) => {
    const { ports } = within(facts, range);
    if (!facts.alive) return null;
    return ruling(
      'undetermined',
      'weak',
      'dynamic-silent',
      `No dynamic port asked in ${named(range)} answers. On a Windows host with its firewall on, unused ports are silent, so this tells neither a filter nor its absence.`,
      ports,
    );
  },
  () =>
    ruling(
      'undetermined',
      'weak',
      'dynamic-no-answer',
      'No dynamic port answers, and neither does anything else of this host.',
      [],
    ),
];

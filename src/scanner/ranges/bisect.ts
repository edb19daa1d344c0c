import type { MappedRange, RangeState } from '../../model/evidence.ts';
import type { PortRange } from '../../model/target.ts';
import { MAP_LIMITS } from '../retry/policy.ts';

/**
 * What a port is to the map. `quiet` is silence on a host that refuses nothing (stealth), where silence is no evidence;
 * `fault` is a fault of this machine. Neither is filtered.
 */
export type PortClass = 'reachable' | 'filtered' | 'quiet' | 'fault';

/** One answer. `sure` when something came back; a silence is not sure, loss looks the same. */
export interface Marked {
  readonly class: PortClass;
  readonly sure: boolean;
}

/** Probes these ports at once, a port named twice is probed twice; one answer each, in order. Null when answers have stopped. */
export type ProbePorts = (ports: readonly number[]) => Promise<readonly Marked[] | null>;

/** Ports probed between two neighbours in one round, at most: 16 parts, so the widest gap takes four rounds. */
const MOST_FAN_OUT = 15;

interface Point {
  readonly port: number;
  class: PortClass;
  silences: number;
  sure: boolean;
  faults: number;
}

/** Whether a boundary lies between two neighbours. Between a listener and stealthy silence there is none to find. */
const differ = (a: Point, b: Point): boolean => {
  if (a.class === b.class || a.class === 'fault' || b.class === 'fault') return false;
  return a.class === 'filtered' || b.class === 'filtered';
};

const STATES: Readonly<Record<PortClass, RangeState>> = {
  reachable: 'reachable',
  filtered: 'filtered',
  quiet: 'unknown',
  fault: 'unknown',
};

/** Evenly spread ports strictly between two. */
const between = (from: number, to: number, most: number): number[] => {
  const count = Math.min(most, to - from - 1);
  return Array.from({ length: count }, (_, i) => from + Math.round(((to - from) * (i + 1)) / (count + 1)));
};

class PortMap {
  readonly #points = new Map<number, Point>();
  /** Silences on the port at an edge after which the edge stands, if others beside it are silent, too. */
  readonly #sureAfter: number;

  constructor(sureAfter: number) {
    this.#sureAfter = sureAfter;
  }

  /**
   * Silences that a point needs. A silent port all by itself is more likely one of the many reachable ones that a search probes,
   * kept silent by loss, than a filter of one port: twice as many.
   */
  #needed(points: readonly Point[], i: number): number {
    const point = points[i];
    const isAlone = [points[i - 1], points[i + 1]].every(
      (other) => !other || (point && differ(point, other) && Math.abs(other.port - point.port) === 1),
    );
    return isAlone ? 2 * this.#sureAfter : this.#sureAfter;
  }

  #isSure(points: readonly Point[], i: number): boolean {
    const point = points[i];
    return point !== undefined && (point.sure || point.silences >= this.#needed(points, i));
  }

  get sorted(): Point[] {
    return [...this.#points.values()].toSorted((a, b) => a.port - b.port);
  }

  has(port: number): boolean {
    return this.#points.has(port);
  }

  /**
   * A later answer wins when it is sure: loss turns an answer into silence, nothing turns silence into an answer. A fault of this machine
   * says nothing about a port that was probed before, unless it stays.
   */
  mark(port: number, answer: Marked, silences = 1): void {
    const point = this.#points.get(port);
    if (!point) {
      this.#points.set(port, { port, ...answer, silences: answer.sure ? 0 : silences, faults: 0 });
    } else if (answer.class === 'fault' && ++point.faults < MAP_LIMITS.faults) return;
    else if (answer.class === 'fault' || answer.sure) {
      point.class = answer.class;
      point.sure = true;
    } else point.silences += silences;
  }

  /** What to probe next: doubtful points first (a lone silence is more likely loss than a filter), then open gaps. */
  wanted(budget: number): number[] {
    const points = this.sorted;
    const again: number[] = [];
    const gaps: [Point, Point][] = [];
    const isDoubtful = (point: Point, i: number): boolean => {
      if (this.#isSure(points, i)) return false;
      const [left, right] = [points[i - 1], points[i + 1]];
      const atEdge = [left, right].some(
        (other) => other && differ(point, other) && Math.abs(other.port - point.port) === 1,
      );
      const alone = [left, right].every((other) => !other || differ(point, other));
      return atEdge || alone;
    };
    const doubtful = new Set(points.filter(isDoubtful));
    points.forEach((point, i) => {
      if (!doubtful.has(point)) return;
      again.push(...Array.from({ length: this.#needed(points, i) - point.silences }, () => point.port));
    });
    points.slice(1).forEach((right, i) => {
      const left = points[i];
      if (!left || right.port - left.port < 2 || !differ(left, right)) return;
      if (!doubtful.has(left) && !doubtful.has(right)) gaps.push([left, right]);
    });
    // Four rounds of this width still fit into what is left.
    const fanOut = Math.max(1, Math.min(MOST_FAN_OUT, Math.floor(budget / (4 * Math.max(1, gaps.length)))));
    return [...again, ...gaps.flatMap(([a, b]) => between(a.port, b.port, fanOut))].slice(0, budget);
  }

  /** The whole range as stretches of one state; what lies between two states that were not brought together is unknown. */
  ranges(range: PortRange): MappedRange[] {
    const points = this.sorted;
    const out: MappedRange[] = [];
    let from = range.from;
    let leftTight = this.has(range.from);
    points.forEach((point, i) => {
      const next = points[i + 1];
      const state = STATES[point.class];
      if (next && STATES[next.class] === state) return;
      if (!next) {
        out.push({ from, to: range.to, state, exact: leftTight && this.has(range.to) });
        return;
      }
      const tight = next.port - point.port === 1 && this.#isSure(points, i) && this.#isSure(points, i + 1);
      out.push({ from, to: point.port, state, exact: leftTight && tight });
      if (next.port - point.port > 1) {
        out.push({ from: point.port + 1, to: next.port - 1, state: 'unknown', exact: false });
      }
      from = next.port;
      leftTight = tight;
    });
    return out;
  }
}

/**
 * Finds the exact edges of every change of state between known ports by dividing the gaps, several gaps and several
 * ports a round, until neighbours touch and every silent edge was probed `sureAfter` times (a silent port by itself twice that), or the budget is used up.
 * `known` holds the states of the sample, with the number of silences behind each. Returns the whole range as stretches in
 * order, without gaps or overlap; empty when nothing is filtered, so that there is nothing to map; null when answers stopped.
 */
export const bisectRange = async (
  range: PortRange,
  known: ReadonlyMap<number, Marked & { readonly silences: number }>,
  ask: ProbePorts,
  { budget, sureAfter }: { readonly budget: number; readonly sureAfter: number },
): Promise<MappedRange[] | null> => {
  const map = new PortMap(sureAfter);
  for (const [port, answer] of known) map.mark(port, answer, answer.silences);
  if (!map.sorted.some((point) => point.class === 'filtered')) return [];
  const edges = [...new Set([range.from, range.to])].filter((port) => !map.has(port));
  let left = budget;
  for (let round = 0; ; round++) {
    const wanted = map.wanted(left);
    const ports = round === 0 ? [...edges, ...wanted].slice(0, left) : wanted;
    if (ports.length === 0) return map.ranges(range);
    left -= ports.length;
    const answers = await ask(ports);
    if (answers === null) return null;
    ports.forEach((port, i) => {
      const answer = answers[i];
      if (answer) map.mark(port, answer);
    });
  }
};

import type { PortReason } from '../model/reply.ts';
import { type HostReport, isClearSoFar, type Verdict } from '../model/report.ts';
import type { Disagreement, VantageCell, VantageRow } from '../model/vantages.ts';
import { andList } from '../text/and-list.ts';
import { counted } from '../text/counts.ts';
import { blockPlaceOf, blockWords } from './groups/prefixes.ts';

/** Hosts that other vantages must have reached before one that reached none is called sick. */
const QUORUM_HOSTS = 3;
/** Hosts that a finding names. */
const MOST_EXAMPLES = 5;
/** Rows of the matrix at most; hosts of further subnets are counted in the last. */
const MOST_ROWS = 65_536;

const ANSWERS: ReadonlySet<PortReason> = new Set(['syn-ack', 'conn-refused', 'reset']);

/** Whether anything came back from a host itself: what a filter or a router says in its place does not count. */
export const hasAnswered = ({ ports }: HostReport): boolean =>
  ports.some(({ reason }) => ANSWERS.has(reason));

type Seen = 'clear' | 'blocked' | 'undetermined' | 'unreachable';

const seenAs = (report: HostReport): Seen => {
  if (report.verdict === 'ready' || isClearSoFar(report)) return 'clear';
  return report.verdict satisfies Verdict as Exclude<Verdict, 'ready'>;
};

const seenIn = (report: HostReport | null): Seen => (report === null ? 'undetermined' : seenAs(report));

const subnetOf = (reports: readonly (HostReport | null)[]): string | null => {
  const address = reports.find((report) => report !== null && report.address !== null)?.address ?? null;
  const spot = address === null ? null : blockPlaceOf(address);
  return spot && blockWords(spot.block);
};

interface Pattern {
  readonly subnet: string | null;
  readonly seen: readonly Seen[];
  readonly examples: string[];
  hosts: number;
}

/** Hosts on which vantages disagree, by subnet and by who sees what. */
class Patterns {
  readonly #names: readonly string[];
  readonly #found = new Map<string, Pattern>();

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  add(seen: readonly Seen[], subnet: string | null, target: string): void {
    if (!seen.includes('blocked') || !seen.includes('clear')) return;
    const pattern = `${subnet} ${seen.join(' ')}`;
    const found = this.#found.get(pattern) ?? { subnet, seen, examples: [], hosts: 0 };
    this.#found.set(pattern, found);
    found.hosts += 1;
    if (found.examples.length < MOST_EXAMPLES) found.examples.push(target);
  }

  /** On what vantages disagree, the findings of most hosts first. */
  findings(): Disagreement[] {
    const which = (seen: readonly Seen[], is: (one: Seen) => boolean): string[] =>
      this.#names.filter((_, at) => is(seen[at] ?? 'undetermined'));
    return [...this.#found.values()]
      .map(({ subnet, seen, examples, hosts }) => {
        const blocked = which(seen, (one) => one === 'blocked');
        const clear = which(seen, (one) => one === 'clear');
        const unknown = which(seen, (one) => one !== 'blocked' && one !== 'clear');
        return { ...disagreement(blocked, clear, unknown), subnet, hosts, examples, blocked, clear, unknown };
      })
      .map((found) => ({ ...found, text: textOf(found) }))
      .toSorted((a, b) => b.hosts - a.hosts || (a.text < b.text ? -1 : 1));
  }
}

/**
 * Which vantages are sick, of those to which something came back from `answering` hosts: from none of them, while another vantage
 * reached several.
 */
export const sickOf = (answering: readonly number[]): boolean[] =>
  answering.map((count) => count === 0 && answering.some((other) => other >= QUORUM_HOSTS));

/**
 * Compares what several vantages see of the same hosts, one host after the other; memory grows with the subnets. Vantages that
 * are sick have undetermined hosts only, and take no part in findings.
 */
export class VantageTally {
  readonly #names: readonly string[];
  readonly #rows = new Map<string | null, Record<Seen, number>[]>();
  readonly #patterns: Patterns;

  /** Hosts from which anything came back, for each vantage. */
  readonly answering: number[];

  constructor(names: readonly string[]) {
    this.#names = names;
    this.answering = names.map(() => 0);
    this.#patterns = new Patterns(names);
  }

  /** Takes the reports on one host, one for each vantage in their order; null where a vantage did not judge it. */
  add(reports: readonly (HostReport | null)[]): void {
    const subnet = subnetOf(reports);
    const key = this.#rows.size < MOST_ROWS || this.#rows.has(subnet) ? subnet : null;
    const none = () => ({ clear: 0, blocked: 0, undetermined: 0, unreachable: 0 });
    const row = this.#rows.get(key) ?? this.#names.map(none);
    this.#rows.set(key, row);
    const seen = reports.map(seenIn);
    for (const [at, report] of reports.entries()) {
      const cell = row[at];
      const as = seen[at];
      if (report && cell && as) cell[as] += 1;
      if (report && hasAnswered(report)) this.answering[at] = (this.answering[at] ?? 0) + 1;
    }
    this.#patterns.add(seen, key, reports.find((report) => report !== null)?.target ?? '');
  }

  /** The matrix, subnets in the order in which they came. */
  matrix(): VantageRow[] {
    return [...this.#rows].map(([subnet, cells]) => ({
      subnet,
      cells: cells.map((cell, at): VantageCell => {
        const hosts = cell.clear + cell.blocked + cell.undetermined + cell.unreachable;
        return { vantage: this.#names[at] ?? '', hosts, ...cell };
      }),
    }));
  }

  /** On what vantages disagree, the findings of most hosts first. */
  findings(): Disagreement[] {
    return this.#patterns.findings();
  }
}

const disagreement = (
  blocked: readonly string[],
  clear: readonly string[],
  unknown: readonly string[],
): Pick<Disagreement, 'kind'> => {
  if (blocked.length === 1 && (clear.length >= 2 || unknown.length === 0))
    return { kind: 'blocked-only-from' };
  if (clear.length === 1 && blocked.length >= 2 && unknown.length === 0) return { kind: 'clear-only-from' };
  return { kind: 'blocked-from' };
};

/** The finding as a sentence, with how many vantages say what. */
const textOf = ({ kind, subnet, hosts, blocked, clear, unknown }: Omit<Disagreement, 'text'>): string => {
  const of = blocked.length + clear.length + unknown.length;
  const what = `${counted(hosts, 'host')}${subnet === null ? '' : ` in ${subnet}`}`;
  const cannotTell = unknown.length === 0 ? '' : `, ${andList(unknown)} cannot tell`;
  const is = hosts === 1 ? 'is' : 'are';
  if (kind === 'clear-only-from')
    return `${what} ${is} clear only from ${andList(clear)} (1 of ${of} vantages): blocked from ${andList(blocked)}.`;
  const only = kind === 'blocked-only-from' ? 'only ' : '';
  return `${what} ${is} blocked ${only}from ${andList(blocked)} (${blocked.length} of ${of} vantages): clear from ${andList(clear)}${cannotTell}. What blocks depends on where the offer comes from: a filter on the way from there, or a rule at the host for such sources.`;
};

const CODES: readonly Seen[] = ['clear', 'blocked', 'undetermined', 'unreachable'];

/** What vantages disagree on while they probe: a host counts when all of them have judged it. Takes a byte for each host and vantage. */
export class Disagreements {
  readonly #patterns: Patterns;
  readonly #vantages: number;
  /** A code from 1 on for each host of each vantage that was judged, the vantages of a host side by side. */
  readonly #seen: Uint8Array;

  constructor(names: readonly string[], hosts: number) {
    this.#patterns = new Patterns(names);
    this.#vantages = names.length;
    this.#seen = new Uint8Array(hosts * names.length);
  }

  /** The vantage at this place has judged the host; false where that was known. */
  add(vantage: number, index: number, report: HostReport): boolean {
    const first = index * this.#vantages;
    if (this.#seen[first + vantage] !== 0) return false;
    this.#seen[first + vantage] = CODES.indexOf(seenAs(report)) + 1;
    const codes = [...this.#seen.subarray(first, first + this.#vantages)];
    if (codes.includes(0)) return true;
    const seen = codes.map((code) => CODES[code - 1] ?? 'undetermined');
    this.#patterns.add(seen, subnetOf([report]), report.target);
    return true;
  }

  /** On what they disagree by now, the findings of most hosts first. */
  findings(): Disagreement[] {
    return this.#patterns.findings();
  }
}

/** The report on a host from a vantage that is sick: what it saw says nothing about the host. */
export const fromSickVantage = (report: HostReport, vantage: string): HostReport => ({
  ...report,
  verdict: 'undetermined',
  confidence: 'weak',
  byGeneration: { 'xp-2003': 'undetermined', 'vista-or-later': 'undetermined' },
  because: [
    {
      rule: 'vantage-sick',
      text: `Nothing came back to ${vantage} from any host, while other vantages reached several: the trouble is at ${vantage}, and says nothing about this host.`,
      ports: [],
    },
    ...report.because,
  ],
  remedies: [],
});

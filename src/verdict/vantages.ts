import type { PortReason } from '../model/reply.ts';
import { type HostReport, isClearSoFar, type Verdict } from '../model/report.ts';
import type { Disagreement, VantageCell, VantageRow } from '../model/vantages.ts';
import { counted } from '../text/counts.ts';
import { blockPlaceOf, blockWords } from './groups/prefixes.ts';

/** Hosts that other vantages must have reached before one that reached none is called sick. */
export const QUORUM_HOSTS = 3;
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

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

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

/**
 * Compares what several vantages see of the same hosts, one host after the other; memory grows with the subnets. Vantages that
 * are sick take no part in findings.
 */
export class VantageTally {
  readonly #names: readonly string[];
  readonly #isSick: readonly boolean[];
  readonly #rows = new Map<string | null, Record<Seen, number>[]>();
  readonly #patterns = new Map<string, Pattern>();

  constructor(vantages: readonly { readonly name: string; readonly sick: boolean }[]) {
    this.#names = vantages.map(({ name }) => name);
    this.#isSick = vantages.map(({ sick }) => sick);
  }

  /** Takes the reports on one host, one for each vantage in their order; null where a vantage did not judge it. */
  add(reports: readonly (HostReport | null)[]): void {
    const subnet = subnetOf(reports);
    const key = this.#rows.size < MOST_ROWS || this.#rows.has(subnet) ? subnet : null;
    const none = () => ({ clear: 0, blocked: 0, undetermined: 0, unreachable: 0 });
    const row = this.#rows.get(key) ?? this.#names.map(none);
    this.#rows.set(key, row);
    const seen = reports.map((report): Seen => (report === null ? 'undetermined' : seenAs(report)));
    for (const [at, report] of reports.entries()) {
      const cell = row[at];
      const as = seen[at];
      if (report && cell && as) cell[as] += 1;
    }
    const voices = seen.map((one, at) => (this.#isSick[at] ? 'undetermined' : one));
    if (!voices.includes('blocked') || !voices.includes('clear')) return;
    const pattern = `${key} ${voices.join(' ')}`;
    const found = this.#patterns.get(pattern) ?? { subnet: key, seen: voices, examples: [], hosts: 0 };
    this.#patterns.set(pattern, found);
    found.hosts += 1;
    const target = reports.find((report) => report !== null)?.target;
    if (target !== undefined && found.examples.length < MOST_EXAMPLES) found.examples.push(target);
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
    const which = (seen: readonly Seen[], is: (one: Seen) => boolean): string[] =>
      this.#names.filter((_, at) => is(seen[at] ?? 'undetermined'));
    return [...this.#patterns.values()]
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

const disagreement = (
  blocked: readonly string[],
  clear: readonly string[],
  unknown: readonly string[],
): Pick<Disagreement, 'kind'> => {
  if (blocked.length === 1 && clear.length >= 1 && unknown.length === 0) return { kind: 'blocked-only-from' };
  if (blocked.length === 1 && clear.length >= 2) return { kind: 'blocked-only-from' };
  if (clear.length === 1 && blocked.length >= 2 && unknown.length === 0) return { kind: 'clear-only-from' };
  return { kind: 'blocked-from' };
};

/** The finding as a sentence, with how many vantages say what. */
const textOf = ({ kind, subnet, hosts, blocked, clear, unknown }: Omit<Disagreement, 'text'>): string => {
  const of = blocked.length + clear.length + unknown.length;
  const what = `${counted(hosts, 'host')}${subnet === null ? '' : ` in ${subnet}`}`;
  const cannotTell = unknown.length === 0 ? '' : `, ${listed(unknown)} cannot tell`;
  const is = hosts === 1 ? 'is' : 'are';
  if (kind === 'clear-only-from')
    return `${what} ${is} clear only from ${listed(clear)} (1 of ${of} vantages): blocked from ${listed(blocked)}.`;
  const only = kind === 'blocked-only-from' ? 'only ' : '';
  return `${what} ${is} blocked ${only}from ${listed(blocked)} (${blocked.length} of ${of} vantages): clear from ${listed(clear)}${cannotTell}. What blocks depends on where the offer comes from: a filter on the way from there, or a rule at the host for such sources.`;
};

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

import type { Group, HostReport, Summary } from '../model/report.ts';
import { noShownCounts, shownVerdict } from '../model/shown-verdict.ts';
import { type Bits, bit } from './groups/bits.ts';
import { Block, silenceOf } from './groups/block.ts';
import { groupHosts } from './groups/group-hosts.ts';
import { type BlockPlace, blockPlaceOf } from './groups/prefixes.ts';
import { raiseBy } from './groups/raise.ts';
import { silentHostOf } from './witness/silent-host.ts';
import { Witnesses } from './witness/witnesses.ts';

/** Hosts whose numbers are marked in one set. */
const CHUNK = 256;

/** Whether the neighbours of a host may yet make its report another. */
export const mayBeRaised = (report: HostReport): boolean =>
  (report.verdict !== 'blocked' && silenceOf(report) !== null) || silentHostOf(report) !== null;

/**
 * Counts and groups judged hosts one at a time and forgets them. What it keeps is one bit for each host, and for each /24
 * (IPv6: /120) a few sets of 256 bits: a million hosts need no more than the 4,000 blocks they lie in. The order in
 * which hosts come does not matter.
 */
export class Tally {
  readonly #blocks = new Map<bigint, Block>();
  readonly #seen = new Map<number, Bits>();
  readonly #counts = noShownCounts();
  /** Raised hosts of each block that has any, and the blocks in which that may have changed. */
  readonly #raised = new Map<bigint, ReturnType<Block['raised']>>();
  readonly #changed = new Set<bigint>();
  readonly #witnesses = new Witnesses(
    (block, doubt) => (this.#blocks.get(block)?.likely(doubt).length ?? 0) > 0,
  );

  /**
   * Takes the report on the host with number `index` in the run, not raised yet. A host that comes again, as after a
   * resume, is not counted again.
   */
  add(index: number, report: HostReport): void {
    if (this.#isKnown(index)) return;
    this.#counts[shownVerdict(report)] += 1;
    const spot = this.#blockPlaceOf(report);
    if (!spot) return;
    const block = this.#blocks.get(spot.block) ?? new Block();
    this.#blocks.set(spot.block, block);
    block.add(spot.low, report);
    if (block.silences.length > 0) this.#changed.add(spot.block);
    this.#witnesses.add(report, spot.block, silenceOf(report));
  }

  /** How many of the hosts added by now get another report by their neighbours. */
  get raised(): number {
    const { ready, 'clear-so-far': clear, undetermined } = this.#countRaised();
    const settled = this.#witnesses.settled;
    return ready + clear + undetermined + settled.clear + settled.disagree;
  }

  #countRaised(): Record<'ready' | 'clear-so-far' | 'undetermined', number> {
    for (const number of this.#changed) {
      const block = this.#blocks.get(number);
      if (block) this.#raised.set(number, block.raised());
    }
    this.#changed.clear();
    const sum = { ready: 0, 'clear-so-far': 0, undetermined: 0 };
    for (const one of this.#raised.values()) {
      sum.ready += one.ready;
      sum['clear-so-far'] += one['clear-so-far'];
      sum.undetermined += one.undetermined;
    }
    return sum;
  }

  /** Counts of the hosts added by now, with those as blocked or ready whose neighbours make that likely. */
  get summary(): Summary {
    const was = this.#countRaised();
    const counts = this.#counts;
    const { clear } = this.#witnesses.settled;
    const ready = counts.ready - was.ready + clear;
    const clearSoFar = counts['clear-so-far'] - was['clear-so-far'] - clear;
    const undetermined = clearSoFar + counts.undetermined - was.undetermined;
    const blocked = counts.blocked + was.ready + was['clear-so-far'] + was.undetermined;
    const { unreachable } = counts;
    const hosts = ready + blocked + undetermined + unreachable;
    return { hosts, ready, blocked, undetermined, clearSoFar, unreachable };
  }

  /** The filters that the hosts added by now share, those of most hosts first. */
  groups(): Group[] {
    return groupHosts(this.#blocks);
  }

  /**
   * The report of a host in the light of all that were added: one that is undetermined, or ready by a few servers, becomes
   * blocked, likely, when its neighbours prove a filter that its silence fits; and one that is clear so far becomes ready, likely, when
   * they show that the network passes what it is silent in. For the second walk over the hosts, when the whole run is known.
   */
  raise(report: HostReport): HostReport {
    const spot = this.#blockPlaceOf(report);
    const block = spot ? this.#blocks.get(spot.block) : undefined;
    if (!spot || !block) return report;
    const raised = raiseBy(spot.block, block, report);
    return raised === report ? this.#witnesses.settle(report) : raised;
  }

  #blockPlaceOf({ address }: HostReport): BlockPlace | null {
    return address === null ? null : blockPlaceOf(address);
  }

  #isKnown(index: number): boolean {
    const chunk = Math.floor(index / CHUNK);
    const seen = this.#seen.get(chunk) ?? 0n;
    const own = bit(index % CHUNK);
    this.#seen.set(chunk, seen | own);
    return (seen & own) !== 0n;
  }
}

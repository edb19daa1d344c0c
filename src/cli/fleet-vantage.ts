import type { BatchMessage } from '../fleet/messages.ts';
import { ShardTracker } from '../fleet/shard-tracker.ts';
import type { HostReport, Run, RunStart } from '../model/report.ts';
import { hostsIn, type IndexRange, placesIn } from '../model/shard.ts';
import type { TargetSpace } from '../model/target.ts';
import type { RunHistory } from '../store/memory-history.ts';
import type { Recorder } from '../store/recorder.ts';
import type { Entry, JudgedOrdinals } from '../store/reports.ts';
import { shardsOf, specWithin } from '../targets/shards.ts';
import type { SpaceSpec } from '../targets/space.ts';
import { Tally } from '../verdict/tally.ts';
import { fromSickVantage, hasAnswered } from '../verdict/vantages.ts';
import { amendAll, finishRun } from './finish-run.ts';

/** Shards whose ranges are remembered. */
const MOST_REMEMBERED = 2048;

/** A space cut into shards for the workers of a fleet, numbered from 1. */
export interface Cuts {
  readonly count: number;
  readonly rangesOf: (shard: number) => IndexRange[];
  /** What travels: the hosts of a shard as a space of their own. */
  readonly shardOf: (shard: number) => { readonly spec: SpaceSpec; readonly hosts: number };
}

/** Cuts a space of `size` hosts into shards of about `hosts`. */
export const cutSpace = (spec: SpaceSpec, size: number, hosts: number): Cuts => {
  const count = Math.max(1, Math.ceil(size / hosts));
  const find = shardsOf(spec, count);
  const known = new Map<number, IndexRange[]>();
  const rangesOf = (shard: number): IndexRange[] => {
    const found = known.get(shard);
    if (found) return found;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const ranges = find(shard);
    known.set(shard, ranges);
    return ranges;
  };
  const shardOf = (shard: number) => {
    const ranges = rangesOf(shard);
    return { spec: specWithin(spec, ranges), hosts: hostsIn(ranges) };
  };
  return { count, rangesOf, shardOf };
};

/** Where the hosts of a vantage come from and go to. */
export interface VantageHosts {
  /** Reads the report of a host; throws for what is none. */
  readonly readHost: (value: unknown) => HostReport;
  /** Called with each host that is kept. */
  readonly onJudged?: (index: number, report: HostReport) => void;
}

/** A host of a batch: its place in the shard, and its number in the whole. */
interface NewHost {
  readonly place: number;
  readonly index: number;
  readonly report: HostReport;
}

/** What a vantage has of a run, as it is kept in the history. */
export class FleetVantage {
  readonly name: string;
  readonly tracker: ShardTracker;
  readonly tally = new Tally();
  readonly #cuts: Cuts;
  readonly #space: TargetSpace;
  readonly #hosts: VantageHosts;
  #recorder: Recorder | null = null;
  #run: RunStart | null = null;
  #sent = 0;
  /** Hosts from which anything came back. */
  answering = 0;
  /** Hosts kept, those of earlier processes among them. */
  judged = 0;

  constructor(name: string, cuts: Cuts, space: TargetSpace, done: JudgedOrdinals, hosts: VantageHosts) {
    this.name = name;
    this.#cuts = cuts;
    this.#space = space;
    this.#hosts = hosts;
    const isDone = (index: number): boolean => index < done.low || done.above.has(index);
    this.tracker = new ShardTracker({
      shards: cuts.count,
      sizeOf: (shard) => hostsIn(cuts.rangesOf(shard)),
      wasJudged: (shard, place) => isDone(placesIn(cuts.rangesOf(shard)).inWhole(place)),
    });
  }

  get run(): RunStart {
    if (!this.#run) throw new Error(`the run of ${this.name} has not begun`);
    return this.#run;
  }

  get sent(): number {
    return this.#sent;
  }

  get hasBegun(): boolean {
    return this.#run !== null;
  }

  /** Whether it has something to probe, or is to find out. */
  get isOpen(): boolean {
    return this.judged < this.#space.size && (this.#recorder !== null || !this.hasBegun);
  }

  /** Its run is recorded from now on; one that has ended has no recorder. */
  begin(run: RunStart, recorder: Recorder | null, sent = 0): void {
    this.#run = run;
    this.#recorder = recorder;
    this.#sent = sent;
  }

  /** Counts a host that was judged before. */
  count(index: number, report: HostReport): void {
    this.tally.add(index, report);
    this.judged += 1;
    if (hasAnswered(report)) this.answering += 1;
  }

  /** Keeps the hosts of a batch that are new, and its packets, before the batch is forgotten elsewhere. One that comes again changes nothing. */
  keep(batch: BatchMessage): void {
    const recorder = this.#recorder;
    if (!recorder) throw new Error(`a batch for ${this.name} before its run has begun`);
    const { shard, attempt, number } = batch;
    const news = this.#newsIn(batch);
    const probesSent = this.#sent + batch.sent;
    const hosts = news.map(({ index, report }) => ({ index, ordinal: index, report }));
    if (!recorder.deliver({ id: `${shard}-${attempt}-${number}`, hosts, probesSent })) return;
    // Only now: what could not be written is still to come.
    this.#sent = probesSent;
    for (const { place, index, report } of news) {
      this.tracker.take(shard, place);
      this.count(index, report);
      this.#hosts.onJudged?.(index, report);
    }
  }

  /** The hosts of a batch that are still to come, each once. */
  #newsIn({ shard, hosts }: BatchMessage): NewHost[] {
    if (shard < 1 || shard > this.#cuts.count) return [];
    const places = placesIn(this.#cuts.rangesOf(shard));
    const news = new Map<number, NewHost>();
    for (const { place, report: value } of hosts) {
      if (news.has(place) || !this.tracker.lacks(shard, place)) continue;
      const report = this.#hosts.readHost(value);
      const index = places.inWhole(place);
      // A worker that was given other targets than it says is no worker of ours.
      if (report.target === this.#space.at(index).text) news.set(place, { place, index, report });
    }
    return [...news.values()];
  }

  /** Says that the run goes on. */
  beat(): void {
    this.#recorder?.flush(this.#sent);
  }

  /** Ends the record of its run. A vantage that is sick has found nothing. */
  async end(history: RunHistory, run: Run, sick: boolean): Promise<void> {
    const recorder = this.#recorder;
    if (!recorder) return;
    if (run.interrupted) recorder.finish(run);
    else if (!sick) await finishRun(history, recorder, run, this.tally);
    else {
      recorder.flush();
      await amendAll(recorder, this.#seenSick(history.entries(run.id)));
      recorder.finish(run, []);
    }
  }

  *#seenSick(all: Iterable<Entry>): Generator<Entry> {
    for (const { index, report } of all) yield { index, report: fromSickVantage(report, this.name) };
  }
}

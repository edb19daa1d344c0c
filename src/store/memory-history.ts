import type { RunEntry, RunState } from '../model/history.ts';
import { type Group, type HostReport, isClearSoFar, type Run, type Summary } from '../model/report.ts';
import { eachCount } from '../model/summary.ts';
import type { History, NewRun } from './history.ts';
import type { Delivery, Recorder } from './recorder.ts';
import type { Entry } from './reports.ts';

/** What an audit needs of a history while it runs and for its report. */
export type RunHistory = Pick<
  History,
  'begin' | 'forget' | 'lastOf' | 'find' | 'run' | 'hosts' | 'entries' | 'host' | 'summary' | 'groups'
>;

/** One run with its reports as they are, by the number of the host. */
class MemoryRun implements Recorder {
  readonly reports: HostReport[] = [];
  state: RunState = 'running';
  end: Run | null = null;
  groups: readonly Group[] | null = null;
  #probesSent = 0;
  readonly #amended = new Map<number, HostReport>();
  readonly #delivered = new Set<string>();

  constructor(readonly begun: NewRun) {}

  record({ index, report, probesSent }: Parameters<Recorder['record']>[0]): void {
    this.reports[index] = report;
    this.#probesSent = probesSent ?? this.#probesSent;
  }

  flush(probesSent?: number): void {
    this.#probesSent = probesSent ?? this.#probesSent;
  }

  deliver({ id, hosts, probesSent }: Delivery): boolean {
    if (this.#delivered.has(id)) return false;
    this.#delivered.add(id);
    for (const host of hosts) this.record(host);
    this.#probesSent = probesSent;
    return true;
  }

  amend({ index, report }: Entry): void {
    this.#amended.set(index, report);
  }

  finish(run: Run, groups: readonly Group[] | null = null): void {
    for (const [index, report] of this.#amended) this.reports[index] = report;
    this.#amended.clear();
    this.end = run;
    this.groups = groups;
    this.state = run.interrupted ? 'interrupted' : 'finished';
  }

  /** Its hosts by ascending index; those that were not judged are left out. */
  *entries(): Generator<Entry> {
    for (const [index, report] of Object.entries(this.reports)) yield { index: Number(index), report };
  }

  get summary(): Summary {
    const summary = { ...eachCount(0) };
    for (const { report } of this.entries()) {
      summary.hosts++;
      summary[report.verdict]++;
      if (isClearSoFar(report)) summary.clearSoFar++;
    }
    return summary;
  }

  get entry(): RunEntry {
    const { run, targets, hosts } = this.begun;
    return {
      ...run,
      state: this.state,
      finishedAt: this.end?.finishedAt ?? null,
      targets,
      hosts,
      summary: this.summary,
      probesSent: this.end?.probesSent ?? this.#probesSent,
      durationMs: this.end?.durationMs ?? 0,
    };
  }
}

/**
 * The history of one audit where nothing reads SQLite: it ends with the process, takes memory for every host, and can be neither
 * resumed nor compared.
 */
export const memoryHistory = (): RunHistory => {
  const runs = new Map<string, MemoryRun>();
  const of = (id: string): MemoryRun => {
    const run = runs.get(id);
    if (!run) throw new Error(`no run ${id} was begun`);
    return run;
  };
  return {
    begin: (begun) => {
      const run = new MemoryRun(begun);
      runs.set(begun.run.id, run);
      return run;
    },
    forget: async (id) => {
      runs.delete(id);
    },
    lastOf: () => null,
    find: (id) => of(id).entry,
    run: (id) => {
      const { begun, end, entry } = of(id);
      const { probesSent, durationMs } = entry;
      const finishedAt = end?.finishedAt ?? begun.run.startedAt;
      return end ?? { ...begun.run, finishedAt, probesSent, durationMs, interrupted: false, running: true };
    },
    hosts: (id) => Object.values(of(id).reports),
    entries: (id, verdict) =>
      [...of(id).entries()].filter(({ report }) => verdict === undefined || report.verdict === verdict),
    host: (id, index) => of(id).reports[index] ?? null,
    summary: (id) => of(id).summary,
    groups: (id) => {
      const { groups } = of(id);
      return groups && [...groups];
    },
  };
};

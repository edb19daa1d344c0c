import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditOutput } from '../../src/cli/audit-output.ts';
import { type AuditRun, runAudit } from '../../src/cli/audit-run.ts';
import { AUDIT } from '../../src/cli/options/scan-mode.ts';
import type { GivenOptions } from '../../src/cli/options/scan-values.ts';
import { resolveOptions } from '../../src/cli/options.ts';
import { memoryHistory, type RunHistory } from '../../src/store/memory-history.ts';
import type { Recorder } from '../../src/store/recorder.ts';
import { permutation } from '../../src/targets/permutation.ts';
import { readExcludes } from '../../src/targets/read-excludes.ts';
import { ready } from '../output/reports.ts';
import { type Answer, accepted, address, all, FakeWire, run, unreachable } from '../scanner/fakes.ts';
import { listener } from './audit-listener.ts';

const TARGETS = ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4'];
const SPACE = all(TARGETS.map(address)).space;

/** A router of the network refuses everything. */
const refusing: Answer = () => unreachable(13);

/** Answers that come in a minute: such a run ends only when something stops it. */
const late: Answer = () => ({ ...accepted, rttMs: 60_000 });

/** What was said on standard error, and the intervals that were opened and not closed. */
let said: string;

let ticking: Set<unknown>;
const { write } = process.stderr;
const { setInterval: open, clearInterval: close } = globalThis;

beforeEach(() => {
  said = '';
  process.stderr.write = ((text: string) => {
    said += text;
    return true;
  }) as typeof write;
  ticking = new Set();
  globalThis.setInterval = ((...given: Parameters<typeof open>) => {
    const timer = open(...given);
    ticking.add(timer);
    return timer;
  }) as typeof open;
  globalThis.clearInterval = ((timer: NodeJS.Timeout) => {
    ticking.delete(timer);
    close(timer);
  }) as typeof close;
});

afterEach(() => {
  process.stderr.write = write;
  globalThis.setInterval = open;
  globalThis.clearInterval = close;
});

interface Given {
  readonly answer?: Answer;
  readonly flags?: GivenOptions;
  readonly history?: RunHistory;
  /** Put in place of what the recorder of the history does. */
  readonly recording?: Partial<Recorder>;
}

/** An audit of four hosts by a made-up wire. */
const auditOf = (
  { answer = refusing, flags = {}, history = memoryHistory(), recording = {} }: Given,
  changes: Partial<AuditRun> = {},
): AuditRun & { readonly wire: FakeWire } => {
  const wire = new FakeWire(answer);
  const given = { retries: 0, sample: 1, ping: false, locate: false, timeoutMs: 90_000, ...flags };
  const options = resolveOptions(given, { options: {}, scope: { allow: [], deny: [] } }, AUDIT);
  const plan = { spec: { parts: [] }, excludes: readExcludes([]), options, shard: null } as never;
  const recorder = history.begin({ run, targets: TARGETS, hosts: SPACE.size, plan });
  return {
    wire,
    history,
    recorder: Object.assign(recorder, recording),
    run,
    earlier: null,
    space: SPACE,
    excludes: readExcludes([]),
    done: { low: 0, above: new Set(), begun: [] },
    engine: { wire, why: 'test' },
    extraProbes: [],
    options,
    policy: null,
    ...changes,
  };
};

/** A history that lasts longer than the process, so that a run of it can be resumed. */
const kept = (): RunHistory => Object.assign(memoryHistory(), { resume: () => {} });

/** Stops the run as its user does, before anything was judged. */
const stopping = (): Partial<AuditOutput> => ({
  follow: async (events, { interrupt }) => {
    for await (const { type } of events) if (type === 'run-started') interrupt.stop();
  },
});

describe('an audit', () => {
  it('writes each host down with its place and the probes so far, before it is passed on', async () => {
    const records: (Parameters<Recorder['record']>[0] & { readonly passedOn: number })[] = [];
    const { sink, hosts } = listener();
    const audit = auditOf(
      { recording: { record: (host) => records.push({ ...host, passedOn: hosts().length }) } },
      { sink },
    );
    await runAudit(audit);
    const numberAt = permutation(SPACE.size, run.seed);
    expect(records.map(({ index }) => index)).toEqual(hosts());
    expect(records.map(({ passedOn }) => passedOn)).toEqual([0, 1, 2, 3]);
    for (const { index, ordinal, report } of records) {
      expect(numberAt(ordinal)).toBe(index);
      expect(report.target).toBe(TARGETS[index]);
    }
    expect(records.at(-1)?.probesSent).toBe(audit.wire.sent.length);
  });

  it('ends its record with what hosts share, and delivers the report of the whole run', async () => {
    const { sink, events, delivered } = listener();
    const audit = auditOf({ history: kept() }, { sink });
    const report = await runAudit(audit);
    expect(delivered).toEqual([report]);
    expect(report).toMatchObject({
      summary: { hosts: 4, blocked: 4 },
      run: { id: run.id, interrupted: false },
    });
    expect(report.run.probesSent).toBe(audit.wire.sent.length);
    expect([...report.hosts].map(({ target }) => target)).toEqual(TARGETS);
    expect(report.groups).toMatchObject([{ hosts: 4 }]);
    expect(audit.history.groups(run.id)).toEqual(report.groups);
    expect(audit.history.find(run.id).state).toBe('finished');
    expect([events.at(0)?.type, events.at(-1)?.type]).toEqual(['run-started', 'run-finished']);
    expect(said).toBe('');
    expect(ticking).toEqual(new Set());
  });

  it('that is resumed counts what went before, and gives the hosts that were judged then', async () => {
    const { sink, hosts, events } = listener();
    const history = memoryHistory();
    const first = permutation(SPACE.size, run.seed)(0);
    const records: Parameters<Recorder['record']>[0][] = [];
    const audit = auditOf({ history }, { sink, done: { low: 1, above: new Set(), begun: [] } });
    audit.recorder.record({ index: first, ordinal: 0, report: { ...ready, target: 'before' } });
    const record = audit.recorder.record.bind(audit.recorder);
    audit.recorder.record = (host) => {
      records.push(host);
      record(host);
    };
    const earlier = { ...history.find(run.id), probesSent: 1000, durationMs: 500_000 };
    const report = await runAudit({ ...audit, earlier });
    expect(records.map(({ index }) => index)).not.toContain(first);
    expect(hosts().toSorted()).toEqual([0, 1, 2, 3]);
    expect(report.summary).toMatchObject({ hosts: 4, ready: 1, blocked: 3 });
    expect(records.at(-1)?.probesSent).toBe(1000 + audit.wire.sent.length);
    expect(report.run.probesSent).toBe(1000 + audit.wire.sent.length);
    expect(report.run.durationMs).toBeGreaterThanOrEqual(500_000);
    expect(report.run.durationMs).toBeLessThan(600_000);
    expect(events.at(-1)).toEqual({ type: 'run-finished', run: report.run });
  });

  it('whose history cannot be written any more ends with that error, though no host answers, and says nothing else', async () => {
    const flushes: unknown[] = [];
    let abandoned = 0;
    let isStopped = false;
    const { sink, delivered } = listener({
      follow: async (events, { interrupt }) => {
        try {
          for await (const _ of events);
        } finally {
          isStopped = interrupt.signal.aborted;
        }
      },
      abandon: async () => {
        abandoned += 1;
      },
    });
    const earlier = { ...auditOf({}).history.find(run.id), probesSent: 1000 };
    const audit = auditOf({ answer: late }, { sink, earlier });
    audit.recorder.flush = (sent, begun) => {
      const asked = new Set(audit.wire.sent.map(({ address }) => address)).size;
      if (asked < SPACE.size) return;
      flushes.push([sent, begun]);
      expect(sent).toBe(1000 + audit.wire.sent.length);
      throw new Error('no room left');
    };
    await expect(runAudit(audit)).rejects.toThrow('no room left');
    expect(flushes).toEqual([[expect.any(Number), SPACE.size]]);
    expect(isStopped).toBe(true);
    expect(delivered).toEqual([]);
    expect(abandoned).toBe(1);
    expect(said).toBe('');
    expect(ticking).toEqual(new Set());
  });

  it('whose output fails ends with that error, also where the output has nothing to give up', async () => {
    const deliver = async () => {
      throw new Error('the pipe is closed');
    };
    await expect(runAudit(auditOf({}, listener({ deliver })))).rejects.toThrow('the pipe is closed');
  });

  it('is no audit where its events are not read to the end', async () => {
    const follow: AuditOutput['follow'] = async (events) => {
      for await (const _ of events) break;
    };
    await expect(runAudit(auditOf({}, listener({ follow })))).rejects.toThrow(
      'the stream ended without run-finished',
    );
  });

  it('writes where the options say, if nobody listens', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ra-audit-'));
    try {
      const path = join(folder, 'report.json');
      await runAudit(auditOf({ flags: { outputs: [path], quiet: true } }));
      expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
        run: { id: run.id },
        summary: { blocked: 4 },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('an audit that is stopped', () => {
  const stopped = async (given: Given, changes: Partial<AuditRun> = {}) => {
    const audit = auditOf(
      { answer: late, history: kept(), ...given },
      { ...listener(stopping()), ...changes },
    );
    const report = await runAudit(audit);
    expect(report.run.interrupted).toBe(true);
    return audit.history;
  };
  const RESULTS = 'ra-preflight: stopping; the results so far follow\n';
  const RESUME = `ra-preflight: resume with: ra-preflight audit --resume ${run.id}\n`;

  it('says so and how it is resumed; it has no groups yet', async () => {
    const history = await stopped({});
    expect(said).toBe(RESULTS + RESUME);
    expect(history.find(run.id).state).toBe('interrupted');
    expect(history.groups(run.id)).toBeNull();
  });

  it('names no way to resume it where nothing is kept, or nothing is to be said', async () => {
    await stopped({ history: memoryHistory() });
    await stopped({ flags: { db: ':memory:' } });
    await stopped({ flags: { quiet: true } });
    expect(said).toBe(RESULTS.repeat(3));
  });

  it('does not say that it stops to who stops it from elsewhere, and leaves the signals of the process alone', async () => {
    const stop = new AbortController();
    const signals = process.listenerCount('SIGINT');
    const follow: AuditOutput['follow'] = async (events) => {
      expect(process.listenerCount('SIGINT')).toBe(signals);
      for await (const { type } of events) if (type === 'run-started') stop.abort();
    };
    await stopped({}, { ...listener({ follow }), stop: stop.signal });
    expect(said).toBe(RESUME);
  });

  it('does not say that it stops on a live screen, which shows it', async () => {
    const streams = [process.stdin, process.stdout] as const;
    const were = streams.map(({ isTTY }) => isTTY);
    const { CI, TERM } = process.env;
    delete process.env['CI'];
    process.env['TERM'] = 'xterm';
    for (const stream of streams) stream.isTTY = true;
    try {
      await stopped({});
    } finally {
      streams.forEach((stream, i) => {
        stream.isTTY = were[i] as boolean;
      });
      Object.assign(process.env, CI === undefined ? {} : { CI });
      if (TERM === undefined) delete process.env['TERM'];
      else process.env['TERM'] = TERM;
    }
    expect(said).toBe(RESUME);
  });
});

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { RunEntry } from '../../src/model/history.ts';
import type { HostReport, ReportSource } from '../../src/model/report.ts';
import { shownVerdict } from '../../src/model/shown-verdict.ts';
import { renderCsv } from '../../src/output/csv.ts';
import { hostDetails } from '../../src/output/html/host.ts';
import { html } from '../../src/output/html/markup.ts';
import { STYLE } from '../../src/output/html/style.ts';
import { badge, sign } from '../../src/output/html/verdict.ts';
import { renderHtml } from '../../src/output/html.ts';
import { renderNdjson } from '../../src/output/ndjson.ts';
import { renderPrometheus } from '../../src/output/prometheus.ts';
import { hostName, minuteWords } from '../../src/output/report-words.ts';
import type { Dashboard, HostRun, Schedules, Theme } from '../../src/serve/dashboard.ts';
import { type ServeOptions, type Serving, serveDashboard } from '../../src/serve/serve.ts';
import { durationWords } from '../../src/text/duration.ts';
import { auditOf } from '../output/audit-reports.ts';
import { blocked } from '../output/reports.ts';
import { runOf } from '../output/runs.ts';

export const LOOK: Theme = {
  html,
  style: STYLE,
  badge,
  sign,
  hostDetails: (host, index, open) => hostDetails(host, index, open, ''),
  minuteWords,
  durationWords,
  hostName,
};

/** Markup, quotes, a right-to-left override and an escape sequence. */
export const EVIL = `"><img src=x onerror="alert(1)"><script>document.title='owned'</script>'\u202e\u001b[2J`;

export const FINISHED = '20260108T020000Z-4f2a91';
export const EARLIER = '20260107T020000Z-00c1de';
export const RUNNING = '20260109T020000Z-abc123';
export const TOKEN = 'b7f3c1e9d2a84f60b7f3c1e9d2a84f60';

const evilHost: HostReport = {
  ...blocked,
  target: EVIL,
  names: [EVIL],
  because: [{ rule: EVIL, text: EVIL, ports: [135] }],
};

export const runningRun = (done: number): RunEntry =>
  runOf({
    id: RUNNING,
    state: 'running',
    startedAt: '2026-01-09T02:00:00.000Z',
    finishedAt: null,
    hosts: 1000,
    summary: { hosts: done, ready: done, blocked: 0, undetermined: 0, clearSoFar: 0, unreachable: 0 },
    durationMs: done * 10,
    targets: ['10.9.0.0/22'],
  });

const HOSTS = 4000;

/** A history of two finished runs, and of one that goes on when `runs` is changed. It counts what is opened and given back. */
export class FakeDashboard implements Dashboard {
  entries: RunEntry[] = [
    runOf({ id: FINISHED, schedule: EVIL, targets: ['10.64.0.0/20', EVIL] }),
    runOf({ id: EARLIER, startedAt: '2026-01-07T02:00:00.000Z', schedule: EVIL }),
  ];
  targets: string[] = [];
  known: Schedules = {
    isBroken: false,
    schedules: [
      {
        name: EVIL,
        words: EVIL,
        targets: [EVIL],
        isConfigured: true,
        next: ['2026-01-09T02:00:00.000Z'],
        overdueSince: null,
        running: null,
        last: null,
      },
    ],
  };
  polls = 0;
  opened = 0;
  returned = 0;
  pulled = 0;
  broken: Error | null = null;
  /** Replaces the text of every report. */
  endless: (() => Iterator<string>) | null = null;

  source(): ReportSource {
    const audit = auditOf(HOSTS);
    const hosts = function* () {
      yield evilHost;
      yield* audit.hosts;
    };
    return { ...audit, hosts: { [Symbol.iterator]: hosts } };
  }
  counting(pieces: Iterable<string>): Iterable<string> {
    const open = () => {
      this.opened++;
    };
    const shut = () => {
      this.returned++;
    };
    const count = () => {
      this.pulled++;
    };
    return (function* () {
      open();
      try {
        for (const piece of pieces) {
          count();
          yield piece;
        }
      } finally {
        shut();
      }
    })();
  }
  check() {
    if (this.broken) throw this.broken;
  }
  runs(limit: number, offset: number) {
    this.check();
    return this.entries.slice(offset, offset + limit);
  }
  running() {
    this.polls++;
    return this.entries.filter(({ state }) => state === 'running');
  }
  entry(id: string) {
    return this.entries.find((one) => one.id === id) ?? null;
  }
  report(id: string, format: 'html' | 'json' | 'ndjson' | 'csv' | 'prometheus') {
    this.check();
    const { endless } = this;
    if (endless) return this.counting({ [Symbol.iterator]: endless });
    if (!this.entry(id)) return null;
    const render = {
      html: renderHtml,
      json: renderNdjson,
      ndjson: renderNdjson,
      csv: renderCsv,
      prometheus: renderPrometheus,
    }[format];
    return this.counting(render(this.source(), { width: 80, colour: false, verbose: false }));
  }
  diff(before: string, after: string) {
    return this.entry(before) && this.entry(after)
      ? this.counting(renderHtml(this.source(), { width: 80, colour: false, verbose: false }))
      : null;
  }
  hosts(_id: string, { verdict, search, after, limit }: Parameters<Dashboard['hosts']>[1]) {
    return [...this.source().hosts]
      .map((host, index) => ({
        fails: ['Endpoint mapper'],
        why: host.because[0]?.text ?? '',
        index,
        target: host.target,
        address: host.address,
        verdict: shownVerdict(host),
        confidence: host.confidence,
      }))
      .filter((one) => verdict === null || one.verdict === verdict)
      .filter((one) => one.target.includes(search) || (one.address ?? '').includes(search))
      .filter((one) => after === null || one.index > after.index)
      .slice(0, limit);
  }
  host(_id: string, index: number) {
    return [...this.source().hosts][index] ?? null;
  }
  hostRuns(target: string): HostRun[] {
    return this.targets.includes(target) || target === EVIL
      ? this.entries.map((run, index) => ({ run, index, report: { ...evilHost, target } }))
      : [];
  }
  schedules() {
    return this.known;
  }
  scheduleRuns(name: string) {
    return this.entries.filter(({ schedule }) => schedule === name);
  }
}

export interface Rig {
  readonly dashboard: FakeDashboard;
  readonly said: string[];
  readonly serving: Serving;
  readonly port: number;
  now: number;
}

/** A server on a free port of 127.0.0.1 over a fake history. */
export const rigOf = async (changes: Partial<ServeOptions> = {}): Promise<Rig> => {
  const dashboard = new FakeDashboard();
  const said: string[] = [];
  const rig = { dashboard, said, now: 1_800_000_000_000 };
  const serving = await serveDashboard(dashboard, {
    host: '127.0.0.1',
    port: 0,
    token: null,
    names: [],
    look: LOOK,
    now: () => rig.now,
    log: (line) => said.push(line),
    ...changes,
  });
  return Object.assign(rig, { serving, port: Number(new URL(serving.url).port) });
};

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request on a connection of its own. The path goes out as it stands. */
export const ask = ({ port }: Rig, path: string, { method = 'GET', headers = {}, body }: Asked = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(parts).toString(),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });

/** Waits until something is so; fails after a few seconds. */
export const until = async (isSo: () => boolean | Promise<boolean>, ms = 8000): Promise<void> => {
  const end = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostReport, Report } from '../../src/model/report.ts';
import { formats } from '../../src/output/formats.ts';
import { collect } from '../collect.ts';
import { nastyHost, steering } from './hostile.ts';
import { blocked, hostile, ready, reportOf, textOf, unnamed, unreachable } from './reports.ts';

const OPTIONS = { width: 80, colour: false, verbose: false };
const CASES: Readonly<Record<string, readonly HostReport[]>> = {
  none: [],
  ready: [ready],
  hostile: [hostile],
  several: [ready, blocked, unreachable, unnamed],
};
const EXTENSIONS = {
  json: 'json',
  ndjson: 'ndjson',
  csv: 'csv',
  'nmap-xml': 'nmap.xml',
  junit: 'junit.xml',
  nagios: 'nagios.txt',
  prometheus: 'prom',
} as const;

type Machine = keyof typeof EXTENSIONS;
const names = Object.keys(EXTENSIONS) as Machine[];

/** A report whose hosts are made when they are walked, and which knows how far that went and which of them somebody still holds. */
const streamed = (count: number) => {
  const walk = { pulled: 0 };
  const made: WeakRef<HostReport>[] = [];
  const hosts: Iterable<HostReport> = {
    *[Symbol.iterator]() {
      walk.pulled = 0;
      for (let i = 0; i < count; i++) {
        walk.pulled++;
        const host = { ...(i % 2 ? blocked : ready), target: `10.77.${i >> 8}.${i & 255}` };
        made.push(new WeakRef(host));
        yield host;
      }
    },
  };
  const summary = {
    hosts: count,
    ready: count / 2,
    blocked: count / 2,
    undetermined: 0,
    clearSoFar: 0,
    unreachable: 0,
  };
  const held = async (): Promise<number> => {
    // What a WeakRef was made of or asked for stays until the turn ends.
    await new Promise(setImmediate);
    collect();
    return made.filter((host) => host.deref() !== undefined).length;
  };
  return { report: { ...reportOf([]), hosts, summary }, walk, held };
};

describe.each(names)('%s', (name) => {
  const render = async (report: Report): Promise<string> => textOf((await formats[name]())(report, OPTIONS));

  it.each(Object.keys(CASES))('%s', async (kind) => {
    await expect(await render(reportOf(CASES[kind] ?? []))).toMatchFileSnapshot(
      `golden/${kind}.${EXTENSIONS[name]}`,
    );
  });

  it('lets nothing from the network steer what shows it', async () => {
    const format = await formats[name]();
    fc.assert(
      fc.property(nastyHost, (host) => {
        const text = textOf(format(reportOf([host]), OPTIONS));
        expect(text).not.toMatch(steering);
        expect(Buffer.from(text).toString()).toBe(text);
        expect(text.endsWith('\n')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same each time it is asked for', async () => {
    const report = reportOf(CASES['several'] ?? []);
    expect(await render(report)).toBe(await render(report));
  });

  it('holds a few hosts of 20,000 at a time', async () => {
    const { report, walk, held } = streamed(20_000);
    let [furthest, most, pulledBefore, pieces] = [0, 0, 0, 0];
    for (const piece of (await formats[name]())(report, OPTIONS)) {
      // Between two pieces of one walk at most one host is taken, but for hosts that the format leaves out.
      if (pulledBefore > 0 && walk.pulled > pulledBefore)
        furthest = Math.max(furthest, walk.pulled - pulledBefore);
      if (pieces++ % 4000 === 50) most = Math.max(most, await held());
      // A walk before the first word has empty pieces (pieces.test.ts).
      pulledBefore = piece === '' ? 0 : walk.pulled;
    }
    // A monitoring system gets 50 lines.
    expect(walk.pulled).toBe(name === 'nagios' ? 102 : 20_000);
    expect(furthest).toBeLessThanOrEqual(2);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4);
    expect(await held()).toBeLessThanOrEqual(2);
  }, 60_000);
});

describe('formats', () => {
  it('all have a golden file here or a test of their own', () => {
    const others = ['table', 'html'];
    expect(Object.keys(formats).filter((name) => !others.includes(name))).toEqual(names);
  });
});

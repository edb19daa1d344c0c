import { describe, expect, it } from 'vitest';
import { type HostReport, isClearSoFar } from '../../src/model/report.ts';
import { renderTable } from '../../src/output/table.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioFiles } from '../scenarios/load.ts';
import { reportOf, textOf } from './reports.ts';

/** What the rules say of every network of test/scenarios. */
const reports: readonly (readonly [string, HostReport])[] = scenarioFiles()
  .flatMap(({ scenarios }) => scenarios)
  .map((one) => [one.name, judgeHost(evidenceOf(one), planOf(one), capabilitiesOf(one))]);

const linesOf = (host: HostReport, width: number): string[] =>
  textOf(renderTable(reportOf([host]), { width, colour: false, verbose: false }))
    .trimEnd()
    .split('\n');

const PLAIN = new Set(['mapper-answers', 'dynamic-all-answered', 'desktop-not-needed', 'not-visible']);
/** Ready as most hosts are: without a remark. */
const isPlain = ({ because }: HostReport): boolean => because.every(({ rule }) => PLAIN.has(rule));

describe.each([80, 100])('the report on one host at %i columns', (width) => {
  const ready = reports.filter(([, host]) => host.verdict === 'ready');
  const clear = reports.filter(([, host]) => isClearSoFar(host) && host.policy === undefined);
  const plain = ready.filter(([, host]) => isPlain(host));

  it('has plain ready hosts to look at', () => {
    expect(plain.length).toBeGreaterThan(2);
  });

  it.each(plain)('takes twelve lines when it is ready: %s', (_, host) => {
    expect(linesOf(host, width).length).toBeLessThanOrEqual(12);
  });

  it.each(reports)('takes thirty lines at most: %s', (_, host) => {
    expect(linesOf(host, width).length).toBeLessThanOrEqual(30);
  });

  it.each(clear)('has one next step, named with its command: %s', (_, host) => {
    const lines = linesOf(host, width);
    const text = lines.join(' ').replaceAll(/\s+/g, ' ');
    expect(
      lines.filter((line) => /^ {2}\d+\. .*(witness|responder|[Rr]ehearse|dynamic port)/.test(line)),
    ).toHaveLength(1);
    expect(text).toMatch(/ Next: .*ra-preflight (check|respond) /);
    expect(text.match(/Other ways to decide it: /g)).toHaveLength(1);
  });

  it.each(reports)('ends with the verdict: %s', (_, host) => {
    const lines = linesOf(host, width);
    const at = lines.lastIndexOf('');
    expect(lines[at + 1]).toMatch(/^(READY|BLOCKED|UNDETERMINED|CLEAR SO FAR|UNREACHABLE) {2}/);
    expect(lines.length - at).toBeLessThanOrEqual(12);
  });

  it.each(reports)('says nothing twice: %s', (_, host) => {
    const text = linesOf(host, width).join(' ').replaceAll(/\s+/g, ' ');
    expect(text.match(/would have been detected/g)?.length ?? 0).toBeLessThanOrEqual(1);
    for (const { text: reason } of host.because)
      expect(text.split(reason).length - 1, reason).toBeLessThanOrEqual(1);
  });
});

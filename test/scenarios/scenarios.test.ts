import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { RULES } from '../../src/verdict/rules.ts';
import { judge } from './judge.ts';
import { scenarioFiles } from './load.ts';

const stateOf = (report: HostReport, name: string) =>
  report.requirements.find((one) => one.name === name)?.state;

/** The report in the words of the expectation. */
const seenIn = (report: HostReport) => ({
  confidence: report.confidence,
  generation: report.novice.generation,
  mapper: stateOf(report, 'endpoint-mapper'),
  desktop: stateOf(report, 'remote-desktop'),
  dynamic: stateOf(report, 'dynamic-rpc'),
  xp: report.byGeneration['xp-2003'],
  vista: report.byGeneration['vista-or-later'],
  sure: Object.fromEntries(report.requirements.map(({ name, confidence }) => [name, confidence])),
  filters: report.path.filters.map(
    ({ ports, how, afterHop, by }) => `${ports} ${how} after ${afterHop ?? 'nowhere'} by ${by ?? 'nobody'}`,
  ),
  ranges: report.ranges.map(({ from, to, state, exact }) => `${from}-${to} ${state}${exact ? ' exact' : ''}`),
  remedies: report.remedies.map(({ id }) => id),
  coverage: `${report.coverage.sampled} sampled, ${report.coverage.filtered} filtered`,
});

const files = scenarioFiles();
const scenarios = files.flatMap((one) => one.scenarios);

describe.each(files)('$file', ({ scenarios: here }) => {
  it.each(here)('$name', (scenario) => {
    const report = judge(scenario);
    const { verdict, rules: named, never, says, hides, ...rest } = scenario.expect;
    const rules = report.because.map(({ rule }) => rule);
    expect(report.verdict).toBe(verdict);
    expect(rules[0]).toBe(named[0]);
    expect(rules).toEqual(expect.arrayContaining(named));
    expect(rules.filter((rule) => never.includes(rule))).toEqual([]);
    expect(seenIn(report)).toMatchObject(rest);
    const texts = [
      ...[...report.because, ...report.remedies].map(({ text }) => text),
      ...report.remedies.flatMap(({ title, commands }) => [title, ...commands]),
    ].join('\n');
    for (const words of says) expect(texts).toContain(words);
    for (const words of hides) expect(texts).not.toContain(words);
  });
});

describe('every report on a scenario', () => {
  it.each(scenarios)('is in plain sentences and leads nowhere blind: $name', (scenario) => {
    const report = judge(scenario);
    for (const { text } of report.because) {
      expect(text).toMatch(/^[A-Z].*[.]$/s);
      expect(text).not.toMatch(/undefined|null|NaN|\.\.|: \.| {2}/);
    }
    expect(new Set(report.because.map(({ rule }) => rule)).size).toBe(report.because.length);
    expect(new Set(report.remedies.map(({ id }) => id)).size).toBe(report.remedies.length);
    // Somebody must be told what to do about anything but a name that leads nowhere we may go.
    if (report.verdict !== 'undetermined' || report.address !== null)
      expect(report.remedies.length).toBeGreaterThan(0);
  });
});

describe('rules', () => {
  const known: string[] = Object.values(RULES).flatMap(Object.keys);
  // Judged in the tests, not while they are collected: so it is known which test a mutant of the rules needs.
  const namedRules = (): Set<string> =>
    new Set(scenarios.flatMap((scenario) => judge(scenario).because.map(({ rule }) => rule)));

  it('each decide or remark in a scenario that expects them', () => {
    const named = namedRules();
    const expected = new Set(scenarios.flatMap((scenario) => scenario.expect.rules));
    expect(known.filter((rule) => !named.has(rule) || !expected.has(rule))).toEqual([]);
  });

  it('are all registered, each once', () => {
    expect([...namedRules()].filter((rule) => !known.includes(rule))).toEqual([]);
    expect(new Set(known).size).toBe(known.length);
  });

  it('are each explained in docs/verdicts.md, in the order in which they are tried', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../docs/verdicts.md'), 'utf8');
    const rows = [...docs.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, word = '']) => word);
    expect(rows.filter((word) => !['proven', 'likely', 'weak'].includes(word))).toEqual(known);
  });
});

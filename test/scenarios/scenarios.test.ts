import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { capabilitiesOf, evidenceOf, planOf, type Scenario, scenarioFiles } from './load.ts';

const judge = (scenario: Scenario): HostReport =>
  judgeHost(evidenceOf(scenario), planOf(scenario), capabilitiesOf(scenario));

const stateOf = (report: HostReport, name: string) =>
  report.requirements.find((one) => one.name === name)?.state;

const files = scenarioFiles();
const hit = new Set<string>();

describe.each(files)('$file', ({ scenarios }) => {
  it.each(scenarios)('$name', (scenario) => {
    const report = judge(scenario);
    const { expect: wanted } = scenario;
    const rules = report.because.map(({ rule }) => rule);
    for (const rule of rules) hit.add(rule);
    expect(report.verdict).toBe(wanted.verdict);
    expect(rules[0]).toBe(wanted.rules[0]);
    expect(rules).toEqual(expect.arrayContaining([...wanted.rules]));
    const seen = {
      confidence: report.confidence,
      generation: report.novice.generation,
      mapper: stateOf(report, 'endpoint-mapper'),
      desktop: stateOf(report, 'remote-desktop'),
      dynamic: stateOf(report, 'dynamic-rpc'),
      xp: report.byGeneration['xp-2003'],
      vista: report.byGeneration['vista-or-later'],
      filters: report.path.filters.map(
        ({ ports, how, afterHop, by }) =>
          `${ports} ${how} after ${afterHop ?? 'nowhere'} by ${by ?? 'nobody'}`,
      ),
      ranges: report.ranges.map(
        ({ from, to, state, exact }) => `${from}-${to} ${state}${exact ? ' exact' : ''}`,
      ),
      remedies: report.remedies.map(({ id }) => id),
    };
    const { verdict: _verdict, rules: _rules, ...rest } = wanted;
    expect(seen).toMatchObject(rest);
    for (const { text } of report.because) expect(text).toMatch(/^[A-Z].*[.]$/s);
  });
});

describe('rules', () => {
  const folder = join(import.meta.dirname, '../../src/verdict');
  const source = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const named = new Set(
    source
      .match(
        /'(mapper|desktop|dynamic|name|host|address|local|no|narrow|other|resolver|lossy)-[a-z-]+'|'interrupted'/g,
      )
      ?.map((text) => text.slice(1, -1)),
  );
  // Other words of the same shape in that folder: reasons, requirements, events, remedies.
  const NO_RULES = [
    'no-route',
    'no-response',
    'narrow-rpc-range',
    'host-prohibited',
    'other-service-on-135',
    'dynamic-rpc',
    'host-finished',
    'host-judged',
  ];
  const rules = [...named].filter((name) => !NO_RULES.includes(name));

  it('each have a scenario that they decide or remark on', () => {
    // Loss is measured over a whole path, which the notation does not have: judge-host.test.ts covers it.
    expect(rules.filter((rule) => !hit.has(rule) && rule !== 'lossy-path')).toEqual([]);
  });

  it('are each explained in docs/verdicts.md', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../docs/verdicts.md'), 'utf8');
    expect(rules.filter((rule) => !docs.includes(`\`${rule}\``))).toEqual([]);
  });
});

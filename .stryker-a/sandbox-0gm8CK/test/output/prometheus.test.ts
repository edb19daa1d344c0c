import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderPrometheus } from '../../src/output/prometheus.ts';
import { cleanText } from '../../src/text/clean-text.ts';
import { nastyHost } from './hostile.ts';
import { blocked, ready, reportOf, textOf, unnamed, unreachable } from './reports.ts';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
const UNESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

const labelsOf = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const found = LABEL.exec(text);
    if (!found) throw new Error(`no label at ${at}: ${text}`);
    const [, label = '', value = ''] = found;
    if (label in labels) throw new Error(`twice ${label}`);
    labels[label] = value.replaceAll(/\\./g, (pair) => UNESCAPED[pair] ?? pair);
  }
  return labels;
};

/** The text exposition format 0.0.4 as strictly as its description reads, and stricter: every metric has HELP, then TYPE. */
const parse = (text: string): Sample[] => {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const samples: Sample[] = [];
  const known = new Set<string>();
  const series = new Set<string>();
  let [helped, current] = ['', ''];
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') {
        helped = name;
        continue;
      }
      if (helped !== name || known.has(name) || rest !== 'gauge')
        throw new Error(`TYPE out of place: ${line}`);
      known.add(name);
      current = name;
      continue;
    }
    const found = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?)$`, 'u').exec(line);
    if (!found) throw new Error(`no sample: ${line}`);
    const [, name = '', labels = '', value] = found;
    if (name !== current) throw new Error(`${name} stands among ${current}`);
    if (series.has(`${name}{${labels}}`)) throw new Error(`twice ${line}`);
    series.add(`${name}{${labels}}`);
    samples.push({ name, labels: labelsOf(labels), value: Number(value) });
  }
  return samples;
};

const samplesOf = (hosts: Parameters<typeof reportOf>[0]): Sample[] =>
  parse(textOf(renderPrometheus(reportOf(hosts), { width: 80, colour: false, verbose: false })));

describe('renderPrometheus', () => {
  it('has gauges of the run', () => {
    const samples = samplesOf([ready, blocked, unreachable]);
    const value = (name: string, labels = {}) =>
      samples.find(
        (one) => one.name === name && Object.entries(labels).every(([k, v]) => one.labels[k] === v),
      )?.value;
    expect(value('ra_preflight_hosts', { verdict: 'ready' })).toBe(1);
    expect(value('ra_preflight_hosts', { verdict: 'undetermined' })).toBe(0);
    expect(value('ra_preflight_run_duration_seconds')).toBe(2.2);
    expect(value('ra_preflight_run_finished_timestamp_seconds')).toBe(
      Date.UTC(2026, 0, 1, 0, 0, 2, 200) / 1000,
    );
    expect(value('ra_preflight_probes_sent')).toBe(197);
    expect(value('ra_preflight_run_interrupted')).toBe(0);
  });

  it('has a series for each host and each requirement', () => {
    const samples = samplesOf([blocked, unnamed]);
    expect(samples).toContainEqual({
      name: 'ra_preflight_host_verdict',
      labels: { target: 'pc0417.corp.example', address: '10.77.1.2', verdict: 'blocked' },
      value: 1,
    });
    expect(samples).toContainEqual({
      name: 'ra_preflight_host_verdict',
      labels: { target: 'pc-unknown', address: '', verdict: 'unreachable' },
      value: 1,
    });
    expect(samples).toContainEqual({
      name: 'ra_preflight_requirement_state',
      labels: { target: 'pc0417.corp.example', requirement: 'dynamic-rpc', state: 'fail' },
      value: 1,
    });
  });

  it('gives labels back as they were cleaned, whatever the network said', () => {
    fc.assert(
      fc.property(nastyHost, (host) => {
        const found = samplesOf([ready, host]).filter(({ name }) => name === 'ra_preflight_host_verdict');
        expect(found.map(({ labels }) => labels['target'])).toEqual([
          ready.target,
          cleanText(host.target, 300),
        ]);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps long names apart', () => {
    const long = 'x'.repeat(250);
    expect(
      samplesOf([
        { ...ready, target: `${long}1` },
        { ...ready, target: `${long}2` },
      ]),
    ).toBeTruthy();
  });
});

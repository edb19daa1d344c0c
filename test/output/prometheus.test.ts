import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderPrometheus } from '../../src/output/prometheus.ts';
import { cleanText } from '../../src/text/clean-text.ts';
import { readExposition, type Sample } from './exposition.ts';
import { nastyHost } from './hostile.ts';
import { blocked, ready, reportOf, textOf, unnamed, unreachable } from './reports.ts';

const samplesOf = (hosts: Parameters<typeof reportOf>[0]): Sample[] =>
  readExposition(textOf(renderPrometheus(reportOf(hosts), { width: 80, colour: false, verbose: false })));

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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FleetStatus, VantageStatus, WorkerStatus } from '../../src/model/fleet.ts';
import { renderFleetPrometheus } from '../../src/output/fleet-status.ts';
import { readExposition } from './exposition.ts';

const statusOf = (vantages: readonly VantageStatus[]): FleetStatus => ({
  store: 'redis://127.0.0.1:6379',
  at: '2026-11-01T10:20:30.000Z',
  vantages,
});

const count = fc.nat(2 ** 31);
const id = fc.stringMatching(/^[\w.-]{1,120}$/);
/** What a worker says of itself, as far as metrics show it. */
const worker: fc.Arbitrary<WorkerStatus> = fc.record({
  id,
  machine: fc.string(),
  version: fc.string(),
  engine: fc.constant('node' as const),
  live: fc.boolean(),
  run: fc.option(id),
  inHand: fc.array(count, { maxLength: 3 }),
  rate: fc.double({ min: 0, max: 1e9, noNaN: true }),
  most: count,
  sent: count,
  hosts: count,
  shards: count,
  trouble: fc.option(fc.string()),
});
const run = fc.record({
  // Whoever may write to the store chooses it.
  id: fc.oneof(
    id,
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('"', '\\', '\n', 'a"} 1\nb{c="'),
  ),
  startedAt: fc.constant('2026-11-01T10:00:00.000Z'),
  hosts: count,
  judged: count,
  shards: fc.record({ of: count, done: count }),
  sent: count,
  rate: fc.double({ min: 0, max: 1e9, noNaN: true }),
  etaSeconds: fc.option(count),
});
const vantage: fc.Arbitrary<VantageStatus> = fc.record({
  name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/),
  run: fc.option(run),
  queued: count,
  active: count,
  results: count,
  workers: fc.uniqueArray(worker, { selector: (one) => one.id, maxLength: 4 }),
});

describe('renderFleetPrometheus', () => {
  it('is read by a strict reader of the format, with a line for each vantage and worker', () => {
    fc.assert(
      fc.property(fc.uniqueArray(vantage, { selector: ({ name }) => name, maxLength: 4 }), (vantages) => {
        const samples = readExposition(renderFleetPrometheus(statusOf(vantages)));
        const of = (name: string) => samples.filter((one) => one.name === `ra_preflight_fleet_${name}`);
        expect(of('workers').map(({ labels, value }) => [labels['vantage'], value])).toEqual(
          vantages.map(({ name, workers }) => [name, workers.filter(({ live }) => live).length]),
        );
        expect(of('packets_total').map(({ labels, value }) => [labels['worker'], value])).toEqual(
          vantages.flatMap(({ workers }) => workers.map((one) => [one.id, one.sent])),
        );
        expect(of('run_hosts')).toHaveLength(vantages.filter((one) => one.run !== null).length);
      }),
      { numRuns: 300 },
    );
  });

  it('is nothing but the names of its metrics where nobody works', () => {
    expect(readExposition(renderFleetPrometheus(statusOf([])))).toEqual([]);
  });
});

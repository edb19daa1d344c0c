import { expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { Tally } from '../../src/verdict/tally.ts';
import { collect } from '../collect.ts';
import { HOPS, LOCATED, STEALTH } from './networks.ts';
import { type Sketch, sketch } from './reports.ts';

it('needs memory for networks, not for hosts', { timeout: 60_000 }, () => {
  const shapes: Sketch[] = [{}, STEALTH, { stops: [LOCATED], hops: HOPS }];
  const templates = shapes.map((one) => JSON.stringify(sketch({ address: '10.0.0.0', ...one })));
  const tally = new Tally();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 100_000; i++) {
    const report = JSON.parse(templates[i % 3] ?? '') as HostReport;
    tally.add(i, { ...report, address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` });
  }
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  expect(tally.summary.hosts).toBe(100_000);
  expect(tally.groups()[0]?.hosts).toBe(33_333);
  // 391 blocks with three sets each; a list of the reports would take 100 MB and more.
  expect(grown).toBeLessThan(5_000_000);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from './gate.ts';
import { Lab } from './lab.ts';
import type { Row } from './row.ts';
import { matrix } from './rows/index.ts';
import { whyNotHere } from './run-matrix.ts';
import { whyMissing, whyNoLab } from './tools.ts';
import { askNmap, differenceFrom, tellingPorts } from './truth.ts';

// A matrix whose networks are not what it says would prove nothing, so nmap is asked first, on raw sockets.

const why = (await whyNoLab()) ?? whyMissing('nmap');
let lab: Lab | undefined;

beforeAll(async () => {
  if (why === null) lab = await Lab.open(matrix);
});
afterAll(() => lab?.close());

/** A running lab that has this row, or a test that ends here. */
const labFor = (skip: (reason: string) => void, reason: string | null): Lab => {
  needs(skip, reason);
  if (!lab) throw new Error('no lab');
  return lab;
};

describe.concurrent('nmap sees what the row says', () => {
  for (const row of matrix.filter(({ lossy, expect: { ports } }) => ports && !lossy)) {
    test(row.name, async ({ skip }) => {
      const here = labFor(skip, why ?? whyNotHere(row));
      const telling = tellingPorts(row, await here.endpointsOf(row));
      const { ports } = await askNmap(here, here.addressOf(row), [...telling.keys()]);
      const wrong = [...telling].flatMap(([port, saying]) => {
        const seen = differenceFrom(here, row, saying, ports.get(port));
        return seen === null ? [] : [`${port}: expected ${saying}, nmap saw ${seen}`];
      });
      expect(wrong).toEqual([]);
    });
  }
});

/** The row of that name, in a lab that has it. */
const laidOut = (skip: (reason: string) => void, name: string): { here: Lab; row: Row } => {
  const row = matrix.find((one) => one.name === name);
  if (!row) throw new Error(`no row '${name}'`);
  return { here: labFor(skip, why ?? whyNotHere(row)), row };
};

/** Closed ports, each of which would answer if nothing were lost. */
const MANY = Array.from({ length: 1000 }, (_, i) => 10_000 + i);

// A question and its answer are both at risk. Bounds so far out that chance meets them less than once in a million runs.
test.for([
  { name: 'loss-1', least: 0.001, most: 0.05 },
  { name: 'loss-1-v6', least: 0.001, most: 0.05 },
  { name: 'loss-1-iptables', least: 0.001, most: 0.05 },
  { name: 'loss-5', least: 0.05, most: 0.16 },
])('$name loses that share of packets', async ({ name, least, most }, { skip }) => {
  const { here, row } = laidOut(skip, name);
  const { unanswered } = await askNmap(here, here.addressOf(row), MANY, { retries: 0, rate: 2000 });
  expect(unanswered / MANY.length).toBeGreaterThanOrEqual(least);
  expect(unanswered / MANY.length).toBeLessThanOrEqual(most);
});

// A busy machine adds to a round trip and never takes from it.
test.for([
  { name: 'accept', least: 0, most: 8 },
  { name: 'accept-10ms', least: 10, most: 40 },
  { name: 'accept-150ms', least: 150, most: 200 },
  { name: 'accept-150ms-v6', least: 150, most: 200 },
])('$name is that far away', async ({ name, least, most }, { skip }) => {
  const { here, row } = laidOut(skip, name);
  const { rttMs } = await askNmap(here, here.addressOf(row), MANY.slice(0, 20));
  expect(rttMs).toBeGreaterThanOrEqual(least);
  expect(rttMs).toBeLessThanOrEqual(most);
});

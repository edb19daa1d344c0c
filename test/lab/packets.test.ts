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

/** Those of MANY that were left without an answer when each is asked once, quickly. */
const unansweredIn = async (here: Lab, row: Row, ports = MANY.slice(0, 100)): Promise<number> =>
  (await askNmap(here, here.addressOf(row), ports, { retries: 0, rate: 2000 })).unanswered;

test.for([
  { name: 'ban-20-host', passes: 20 },
  { name: 'ban-20-host-v6', passes: 20 },
  { name: 'ban-20-r1', passes: 20 },
  { name: 'ban-30-r2', passes: 30 },
  { name: 'ban-3s-host', passes: 20 },
  { name: 'ban-over-filter', passes: 20 },
])('$name answers $passes of 100 questions and then none', async ({ name, passes }, { skip }) => {
  const { here, row } = laidOut(skip, name);
  expect(await unansweredIn(here, row)).toBe(100 - passes);
  expect(await unansweredIn(here, row, [135])).toBe(1);
});

// Time passes while they are asked, so a few more than the burst are answered.
test.for([
  { name: 'limit-syn-10-r1', passes: 10, of: 100 },
  { name: 'limit-syn-10-r1-v6', passes: 10, of: 100 },
  { name: 'limit-syn-50-r1', passes: 50, of: 500 },
  { name: 'limit-syn-200-r1', passes: 200, of: 1000 },
  { name: 'limit-rst-200-host', passes: 200, of: 1000 },
])('$name answers $passes questions at once and few more', async ({ name, passes, of }, { skip }) => {
  const { here, row } = laidOut(skip, name);
  const unanswered = await unansweredIn(here, row, MANY.slice(0, of));
  expect(unanswered).toBeLessThanOrEqual(of - passes);
  expect(unanswered).toBeGreaterThan(of / 4);
});

// A port that one of two routers drops is answered over half of the flows: 1,000 coins, bounds six deviations off.
test('twin-drop-dynamic-a shares the flows evenly', async ({ skip }) => {
  const { here, row } = laidOut(skip, 'twin-drop-dynamic-a');
  const ports = Array.from({ length: 1000 }, (_, i) => 50_000 + i);
  const unanswered = await unansweredIn(here, row, ports);
  expect(unanswered).toBeGreaterThan(400);
  expect(unanswered).toBeLessThan(600);
});

test.for(['soft-host', 'soft-net', 'soft-host-v6', 'soft-net-v6'])(
  '%s rejects at first and passes soon',
  async (name, { skip }) => {
    const { here, row } = laidOut(skip, name);
    const reasonNow = async (): Promise<string | undefined> =>
      (await askNmap(here, here.addressOf(row), [135], { retries: 0 })).ports.get(135)?.reason;
    expect(await reasonNow()).toMatch(/host-unreach|net-unreach|no-route|addr-unreach/);
    await expect.poll(reasonNow, { timeout: 5000 }).toBe('syn-ack');
  },
);

// A busy machine adds to a round trip and never takes from it.
test.for([
  { name: 'accept', least: 0, most: 8 },
  { name: 'accept-10ms', least: 10, most: 40 },
  { name: 'accept-150ms', least: 150, most: 200 },
  { name: 'accept-150ms-v6', least: 150, most: 200 },
  { name: 'slow-1500ms', least: 1500, most: 1900 },
  { name: 'slow-2000ms', least: 2000, most: 2400 },
  { name: 'slow-2000ms-v6', least: 2000, most: 2400 },
  { name: 'slow-2200ms', least: 2200, most: 2600 },
])('$name is that far away', async ({ name, least, most }, { skip }) => {
  const { here, row } = laidOut(skip, name);
  const { rttMs } = await askNmap(here, here.addressOf(row), MANY.slice(0, 20), { longestMs: 4000 });
  expect(rttMs).toBeGreaterThanOrEqual(least);
  expect(rttMs).toBeLessThanOrEqual(most);
});

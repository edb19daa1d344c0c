import { describe, expect, it } from 'vitest';
import { DYNAMIC_PORTS } from '../../../src/model/target.ts';
import { Neighbours } from '../../../src/scanner/host/neighbours.ts';
import { subnetOf } from '../../../src/scanner/limits/subnet.ts';
import { SubnetPaths } from '../../../src/scanner/path/subnet-paths.ts';
import { samplePorts } from '../../../src/scanner/sample.ts';
import { fakeClock } from '../clock.ts';
import { FakeWire, refused, type Sent } from '../fakes.ts';
import { FakeNetwork, windows } from '../network.ts';
import { AUDIT, HOST, scanOne } from './one-scan.ts';

const held = fakeClock();

/** Of ten ports of neighbours so many answered only the second probe. */
type Late = 0 | 1;
/** Answers of all ports but 3389, which is silent. */
type Others = 'answer' | 'reject';

/** What is sent to a host with a silent 3389 on a path of 10 ms. */
const scanned = async (late: Late, others: Others, bulk: boolean): Promise<readonly Sent[]> => {
  const port = (at: number) =>
    at === 3389 ? 'drop' : others === 'reject' ? 10 : at === 135 ? 'accept' : 'refuse';
  const { wire } = new FakeNetwork({ hosts: { [HOST]: windows({ port }) } });
  const neighbours = new Neighbours();
  neighbours.all.noteLoss(late, 10);
  const paths = new SubnetPaths();
  // The first hosts of a subnet are probed over several flows.
  while (paths.takeFlows(subnetOf(HOST, 4)));
  await scanOne(held, wire, { neighbours, paths, plan: { ...AUDIT, bulk, retries: 2 } });
  return wire.sent;
};

/** How long each probe waited, and which of the flows it took, the first being 0. */
const waitsAndFlows = (sent: readonly Sent[]): [waitMs: number, flow: number][] => {
  const flows = [...new Set(sent.map(({ sourcePort }) => sourcePort))];
  return sent.map(({ timeoutMs, sourcePort }) => [timeoutMs, flows.indexOf(sourcePort)]);
};

/** The first seven probes to 3389; no other flows of it are probed before these. */
const looks = async (late: Late, others: Others, bulk: boolean): Promise<[waitMs: number, flow: number][]> =>
  waitsAndFlows((await scanned(late, others, bulk)).filter(({ port }) => port === 3389).slice(0, 7));

describe('silence that decides is asked about again', () => {
  it('in an audit quickly beside controls, the last time with patience, on one flow', async () => {
    expect(await looks(0, 'answer', true)).toEqual([
      ...[300, 110, 40, 40, 40, 40, 200].map((waitMs) => [waitMs, 0]),
    ]);
  });

  it.each([
    ['twice the RTO', true, 220, 300],
    ['four of the longest round trips, and past a repeated SYN,', false, 1300, 1300],
  ])('with patience that lasts %s where one answer was slow (audit: %s)', async (_, bulk, least, most) => {
    const wire = new FakeWire(({ port, turn }) =>
      port === 3389 ? 'silence' : { ...refused, rttMs: port === 135 && turn === 0 ? 130 : 10 },
    );
    await scanOne(held, wire, {
      plan: { ...AUDIT, bulk, retries: 2, sample: samplePorts(DYNAMIC_PORTS, 16, 1) },
    });
    const last = waitsAndFlows(wire.sent.filter(({ port }) => port === 3389))[6]?.[0];
    expect(last).toBeGreaterThanOrEqual(least);
    expect(last).toBeLessThanOrEqual(most);
  });

  it('in an audit twice on each flow where neighbours show that the path loses packets', async () => {
    expect(await looks(1, 'answer', true)).toEqual([
      ...[
        [300, 0],
        [110, 0],
      ],
      ...[
        [40, 1],
        [40, 1],
        [40, 2],
        [40, 2],
        [200, 3],
      ],
    ]);
  });

  it.each([0, 1] as const)(
    'in an audit without controls with the usual waits, on one flow (%i of ten late)',
    async (late) => {
      expect(await looks(late, 'reject', true)).toEqual([
        ...[300, 110, 110, 110, 110, 110, 200].map((waitMs) => [waitMs, 0]),
      ]);
    },
  );

  it.each([0, 1] as const)('in a check with the usual waits, on one flow (%i of ten late)', async (late) => {
    expect(await looks(late, 'answer', false)).toEqual([
      ...[1000, 220, 440, 110, 110, 110, 1300].map((waitMs) => [waitMs, 0]),
    ]);
  });
});

describe('the controls beside it', () => {
  it.each([
    [true, 40],
    [false, 220],
  ])('are probed on the flow on which they answered first (audit: %s)', async (bulk, waitMs) => {
    const sent = (await scanned(0, 'answer', bulk)).filter(({ port }) => port === 135);
    const [first, ...controls] = waitsAndFlows(sent).slice(0, 5);
    expect(first?.[1]).toBe(0);
    expect(controls).toEqual(Array.from({ length: 4 }, () => [waitMs, 0]));
  });
});

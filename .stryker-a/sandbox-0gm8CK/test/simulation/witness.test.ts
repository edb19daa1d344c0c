import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { Tally } from '../../src/verdict/tally.ts';
import { namedFrom, settleByNamed } from '../../src/verdict/witness/raise.ts';
import { randomOf } from './random.ts';
import { simulationTimeout, worlds } from './scale.ts';
import { drawPicture, type Machine, type Picture, reportOn, truthOf } from './witness-world.ts';

/** Whether a verdict is right about the network, or says nothing. */
const isRight = (report: HostReport, truth: ReturnType<typeof truthOf>): boolean => {
  if (report.verdict === 'ready') return truth !== 'filtered';
  return report.verdict === 'blocked' ? truth !== 'clear' : true;
};

/** A machine that shows something of a network which shows itself: it refuses in its own name, and routers answer. */
const isTelling = ({ lasts, lastIsMute, isLimited, isBlind }: Picture, { kind, own }: Machine): boolean =>
  lasts === 'one' &&
  !lastIsMute &&
  !isLimited &&
  !isBlind &&
  own === null &&
  ['server', 'printer'].includes(kind);

const words = (picture: Picture): string => JSON.stringify(picture);

describe('witnesses', () => {
  it(
    'that are named are never wrong about the network, and settle most stealthy hosts on a clear path',
    () => {
      const seen = { clear: 0, ready: 0, blocked: 0, usable: 0, settled: 0 };
      for (let seed = 0; seed < worlds(2500); seed++) {
        const random = randomOf(seed);
        const picture = drawPicture(random, random.whole(1, 3));
        const [novice, ...others] = picture.machines;
        if (!novice) throw new Error('no novice');
        const named = others.map((one) => {
          const report = reportOn(picture, one, random);
          return namedFrom(report, report);
        });
        const report = settleByNamed(reportOn(picture, novice, random), named);
        const truth = truthOf(picture, novice);
        expect(isRight(report, truth), `seed ${seed}: ${report.witness?.text} ${words(picture)}`).toBe(true);
        if (report.confidence === 'proven') expect(report.witness).toBeUndefined();
        if (report.verdict === 'blocked' && report.witness) seen.blocked++;
        if (truth !== 'clear') continue;
        seen.clear++;
        if (report.verdict === 'ready') seen.ready++;
        if (picture.filter || !others.some((one) => isTelling(picture, one))) continue;
        seen.usable++;
        if (report.verdict === 'ready') seen.settled++;
      }
      // Whether a witness can tell anything is drawn, too: of the pictures with one that does, at least two thirds.
      expect(seen.settled / seen.usable).toBeGreaterThan(0.8);
      expect(seen.ready).toBeGreaterThan(300);
      expect(seen.blocked).toBeGreaterThan(10);
    },
    simulationTimeout,
  );

  it(
    'that an audit finds by itself are never wrong about the network',
    () => {
      const seen = { usable: 0, settled: 0 };
      for (let seed = 0; seed < worlds(600); seed++) {
        const random = randomOf(1_000_000 + seed);
        const picture = drawPicture(random, random.whole(3, 12));
        const reports = picture.machines.map((one) => reportOn(picture, one, random, random.happens(0.8)));
        const tally = new Tally();
        for (const [index, report] of reports.entries()) tally.add(index, report);
        const raised = reports.map((report) => tally.raise(report));
        for (const [i, report] of raised.entries()) {
          const machine = picture.machines[i];
          if (machine?.kind !== 'stealthy') continue;
          const truth = truthOf(picture, machine);
          // A rule for one address at the first router is seen where that host is traced.
          const isUnseen = picture.filter?.for === machine.address;
          expect(
            isUnseen || isRight(report, truth),
            `seed ${seed}: ${report.witness?.text} ${words(picture)}`,
          ).toBe(true);
          if (picture.filter || picture.machines.filter((one) => isTelling(picture, one)).length < 2)
            continue;
          if (picture.machines.some(({ own }) => own)) continue;
          seen.usable++;
          if (report.verdict === 'ready') seen.settled++;
        }
        const count = (verdict: HostReport['verdict']): number =>
          raised.filter((report) => report.verdict === verdict).length;
        expect(tally.summary).toMatchObject({
          ready: count('ready'),
          blocked: count('blocked'),
          undetermined: count('undetermined'),
        });
        // In whichever order they came.
        const back = new Tally();
        for (const [i, report] of [...reports.entries()].reverse()) back.add(i, report);
        expect(reports.map((report) => back.raise(report))).toEqual(raised);
      }
      expect(seen.settled / seen.usable).toBeGreaterThan(2 / 3);
    },
    simulationTimeout,
  );
});

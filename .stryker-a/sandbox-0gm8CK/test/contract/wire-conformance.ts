import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Wire } from '../../src/model/wire.ts';
import { answers } from './cases/answers.ts';
import { resources } from './cases/resources.ts';
import { runs } from './cases/runs.ts';
import { stops } from './cases/stops.ts';
import { talks } from './cases/talks.ts';
import { Peers } from './peers.ts';
import { type Case, standOn } from './stand.ts';

const TABLE: Readonly<Record<string, readonly Case[]>> = { answers, talks, stops, resources, runs };

/** A wire under test. `skips`: name of a case to the reason why this wire cannot do it; `whyNot`: none can be done here. */
export interface Conformance {
  readonly make: () => Promise<Wire>;
  readonly skips?: Readonly<Record<string, string>>;
  readonly whyNot?: string | null;
}

/** Runs the contract of src/model/wire.ts against one wire, on loopback peers of its own. */
export const describeWire = (name: string, { make, skips = {}, whyNot = null }: Conformance): void => {
  describe(`the ${name} wire keeps the contract`, () => {
    let wire: Wire;
    let peers: Peers;
    beforeEach(async () => {
      peers = new Peers();
      if (whyNot === null) wire = await make();
    });
    afterEach(async () => {
      if (whyNot === null) await wire.close();
      await peers.close();
    });

    for (const [group, cases] of Object.entries(TABLE)) {
      describe(group, () => {
        for (const { name: caseName, run } of cases) {
          test(caseName, async ({ skip }) => {
            const reason = whyNot ?? skips[caseName];
            if (reason !== undefined) return skip(reason);
            await run(standOn(wire, peers));
          });
        }
      });
    }

    test('skips only cases that there are', () => {
      const names = Object.values(TABLE).flatMap((cases) => cases.map((one) => one.name));
      expect(names).toEqual(expect.arrayContaining(Object.keys(skips)));
    });
  });
};

import { differences } from './compare.ts';
import type { Lab } from './lab.ts';
import { checkRow } from './program.ts';
import { expectationFor, partsOf, type Row, type WireName } from './row.ts';
import { whyMissing } from './tools.ts';

/** Why a row cannot be built on this machine, or null. */
export const whyNotHere = (row: Row): string | null =>
  partsOf(row)
    .map(whyMissing)
    .find((why) => why !== null) ?? null;

/** Runs the program against a row and says in which ways its report is wrong; empty when it is right. */
export const wrongAbout = async (lab: Lab, row: Row, wire: WireName, binary: string): Promise<string[]> => {
  const report = await checkRow(lab, row, wire, binary);
  const [host] = report.hosts;
  if (!host) return ['no host in the report'];
  const ground = {
    wire,
    placeOf: (place: 'r1' | 'r2' | 'target') => lab.placeOf(row, place),
    listed: await lab.endpointsOf(row),
  };
  return differences(host, expectationFor(row, wire), ground);
};

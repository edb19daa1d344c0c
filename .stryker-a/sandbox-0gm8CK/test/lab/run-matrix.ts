import { differences } from './compare.ts';
import { auditDifferences } from './compare-more.ts';
import type { Lab } from './lab.ts';
import { askRow } from './program.ts';
import { expectationFor, type Place, partsOf, type Row, type WireName } from './row.ts';
import { whyMissing } from './tools.ts';

/** Rows at once: two cores, of which other files of tests have their part, and a row mostly waits. */
export const AT_ONCE = 12;

/** Why a row cannot be built on this machine, or null. */
export const whyNotHere = (row: Row): string | null =>
  partsOf(row)
    .map(whyMissing)
    .find((why) => why !== null) ?? null;

/** The same difference of many hosts is one line. */
const gather = (hosts: readonly { readonly name: string; readonly lines: readonly string[] }[]): string[] => {
  const names = new Map<string, string[]>();
  for (const { name, lines } of hosts) {
    for (const line of lines) names.set(line, [...(names.get(line) ?? []), name]);
  }
  return [...names].map(([line, [first = '', ...more]]) =>
    more.length === 0 ? `${first} ${line}` : `${first} and ${more.length} more: ${line}`,
  );
};

/** Runs the program against a row and says in which ways its reports are wrong; empty when they are right. */
export const wrongAbout = async (lab: Lab, row: Row, wire: WireName, binary: string): Promise<string[]> => {
  const ground = {
    wire,
    placeOf: (place: Place) => lab.placeOf(row, place, wire),
    listed: await lab.endpointsOf(row),
  };
  const expected = expectationFor(row, wire);
  const { seeds = [1], audit } = row;
  const ofSeed = async (seed: number): Promise<string[]> => {
    const report = await askRow(lab, row, wire, { binary, seed });
    const hosts = report.hosts.map((host) => ({
      name: host.target,
      lines: differences(host, expected, ground),
    }));
    const lines = audit
      ? [...gather(hosts), ...auditDifferences(report, audit)]
      : hosts.flatMap((one) => one.lines);
    return seeds.length > 1 ? lines.map((line) => `seed ${seed}: ${line}`) : lines;
  };
  const wrong: string[] = [];
  // One after the other: other rows run beside this one.
  for (const seed of seeds) wrong.push(...(await ofSeed(seed)));
  return wrong;
};

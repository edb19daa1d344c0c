import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from './gate.ts';
import { Lab } from './lab.ts';
import { limitOf, WIRES } from './row.ts';
import { matrix } from './rows/index.ts';
import { whyNotHere, wrongAbout } from './run-matrix.ts';
import { whyNoLab } from './tools.ts';

const BINARY = join(import.meta.dirname, '../../bin/ra-preflight.js');
/** A row of silence over a long, lossy way takes about ten seconds; rows share two cores with other tests. */
const ROW_MS = 60_000;

const why = await whyNoLab();
let lab: Lab | undefined;

beforeAll(async () => {
  if (why === null) lab = await Lab.open(matrix);
});
afterAll(() => lab?.close());

describe.each(WIRES)('what the program says with the %s engine', (wire) => {
  describe.concurrent('about a network', () => {
    for (const row of matrix) {
      const known = limitOf(row, wire)?.knownLimit;
      test(`${row.name}: ${row.about}${known ? ` [known limit: ${known}]` : ''}`, {
        timeout: ROW_MS,
      }, async ({ skip }) => {
        needs(skip, why ?? whyNotHere(row));
        if (!lab) throw new Error('no lab');
        expect(await wrongAbout(lab, row, wire, BINARY)).toEqual([]);
      });
    }
  });
});

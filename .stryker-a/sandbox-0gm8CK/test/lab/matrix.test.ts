import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { needs } from './gate.ts';
import { Lab } from './lab.ts';
import { limitOf, wiresOf } from './row.ts';
import { matrix } from './rows/index.ts';
import { AT_ONCE, whyNotHere, wrongAbout } from './run-matrix.ts';
import { whyNoLab } from './tools.ts';

const BINARY = join(import.meta.dirname, '../../bin/ra-preflight.js');
/** Rows share two cores with other tests, and the farthest is 2.2 s away. */
const ROW_MS = 120_000;

// A row mostly waits.
vi.setConfig({ maxConcurrency: AT_ONCE });

const why = await whyNoLab();
let lab: Lab | undefined;

beforeAll(async () => {
  if (why === null) lab = await Lab.open(matrix);
});
afterAll(() => lab?.close());

describe.concurrent('what the program says about a network', () => {
  for (const row of matrix) {
    for (const wire of wiresOf(row)) {
      const known = limitOf(row, wire)?.knownLimit;
      test(`${wire}, ${row.name}: ${row.about}${known ? ` [known limit: ${known}]` : ''}`, {
        timeout: ROW_MS,
      }, async ({ skip }) => {
        needs(skip, why ?? whyNotHere(row));
        if (!lab) throw new Error('no lab');
        expect(await wrongAbout(lab, row, wire, BINARY)).toEqual([]);
      });
    }
  }
});

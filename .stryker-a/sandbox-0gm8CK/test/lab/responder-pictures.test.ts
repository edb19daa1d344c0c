import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { needs } from './gate.ts';
import { Lab } from './lab.ts';
import { responderPictures } from './responder-pictures.ts';
import { wiresOf } from './row.ts';
import { whyNotHere, wrongAbout } from './run-matrix.ts';
import { whyNoLab } from './tools.ts';

// With a responder no network is in doubt, and none is judged wrongly: networks are drawn, RA_PICTURES=200 for the whole claim, and
// RA_PICTURES_SEED draws others. A name that fails has its seed in it.

const BINARY = join(import.meta.dirname, '../../bin/ra-preflight.js');
const COUNT = Number(process.env['RA_PICTURES'] ?? 15);
const SEED = Number(process.env['RA_PICTURES_SEED'] ?? 1);
/** At once: one responder serves them all, and its machine is this one. */
const AT_ONCE = 6;
const ROW_MS = 120_000;

vi.setConfig({ maxConcurrency: AT_ONCE });

const pictures = responderPictures(SEED, COUNT);
const why = await whyNoLab();
let lab: Lab | undefined;

beforeAll(async () => {
  if (why === null) lab = await Lab.open(pictures);
}, ROW_MS);
afterAll(() => lab?.close());

describe.concurrent('with a responder a drawn network is judged as it is', () => {
  for (const row of pictures) {
    for (const wire of wiresOf(row)) {
      test(`${row.name}, ${wire}, ${row.way}, IPv${row.family}: ${row.about}`, { timeout: ROW_MS }, async ({
        skip,
      }) => {
        needs(skip, why ?? whyNotHere(row));
        if (!lab) throw new Error('no lab');
        expect(await wrongAbout(lab, row, wire, BINARY)).toEqual([]);
      });
    }
  }
});

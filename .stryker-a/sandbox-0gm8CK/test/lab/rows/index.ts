import type { Row } from '../row.ts';
import { acceptRows } from './accepts.ts';
import { deviceRows } from './devices.ts';
import { dropRows } from './drop.ts';
import { hostRows } from './host.ts';
import { limitRows } from './limits.ts';
import { livenessRows } from './liveness.ts';
import { lossRows } from './loss.ts';
import { neighbourRows } from './neighbours.ts';
import { openRows } from './open.ts';
import { rejectRows } from './reject.ts';
import { resetRows } from './resets.ts';
import { responderRows } from './responder.ts';
import { slowRows } from './slow.ts';
import { softErrorRows } from './soft-errors.ts';
import { witnessRows } from './witness.ts';

/** The matrix: every network that the lab builds, and what must be said about it. What waits longest is begun first. */
export const matrix: readonly Row[] = [
  ...slowRows,
  ...limitRows,
  ...neighbourRows,
  ...responderRows,
  ...deviceRows,
  ...lossRows,
  ...openRows,
  ...dropRows,
  ...rejectRows,
  ...resetRows,
  ...acceptRows,
  ...softErrorRows,
  ...livenessRows,
  ...hostRows,
  ...witnessRows,
];

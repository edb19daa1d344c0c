import type { Row } from '../row.ts';
import { dropRows } from './drop.ts';
import { hostRows } from './host.ts';
import { lossRows } from './loss.ts';
import { openRows } from './open.ts';
import { rejectRows } from './reject.ts';

/** The matrix: every network that the lab builds, and what must be said about it. */
export const matrix: readonly Row[] = [...openRows, ...dropRows, ...lossRows, ...rejectRows, ...hostRows];

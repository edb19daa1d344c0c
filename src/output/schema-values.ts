import * as z from 'zod';
import { CONFIDENCES, VERDICTS } from '../model/report.ts';

// Values that several contracts of the output hold.

/** A port. */
export const port = z.int().min(1).max(65_535).describe('TCP port');

/** A number of things, 0 or more. */
export const count = z.int().min(0);

/** A length of time. */
export const milliseconds = z.number().min(0).describe('milliseconds');

/** An address. */
export const address = z.string().describe('IPv4 or IPv6 address, IPv6 compressed and lower-case');

/** A point in time. */
export const time = z.iso.datetime().describe('ISO 8601, UTC');

/** A verdict as programs read it. */
export const verdict = z.enum(VERDICTS);

/** How sure a verdict is. */
export const confidence = z
  .enum(CONFIDENCES)
  .describe(
    'the weakest of the evidence that decided it: proven on the wire, inferred, or hardly more than a guess',
  );

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { HostReport } from '../model/report.ts';

/** More than any report has; a damaged or made-up blob must not fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * A report as it is stored: JSON, deflated (RFC 1951). Level 6 against level 1, on a refused host with 34 ports: 1048
 * bytes and 27 us against 1100 bytes and 20 us; what a host costs to ask makes 7 us nothing.
 */
export const pack = (report: HostReport): Uint8Array => deflateRawSync(JSON.stringify(report), { level: 6 });

/** Reads what pack() made. Throws for anything else. */
export const unpack = (blob: Uint8Array): HostReport =>
  JSON.parse(inflateRawSync(blob, { maxOutputLength: MOST_BYTES }).toString()) as HostReport;

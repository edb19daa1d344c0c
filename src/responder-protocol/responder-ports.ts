import { createHash } from 'node:crypto';
import { portCount, SAMPLE_ZONES } from '../model/target.ts';
import type { ResponderCode } from './code.ts';

/** Ports that are drawn in all; a clean draw of 64 leaves no more than a 20th of the range in doubt (95 %). */
const DRAWN = 64;
/** Ports of Remote Assistance that are no dynamic ones: opened where no other program listens. */
const FIXED = [3389, 135] as const;

/** As the sample of a check. */
const ZONES = SAMPLE_ZONES.map(({ from, to, quarters }) => ({ from, to, share: (DRAWN * quarters) / 4 }));

/** A number that seed and place decide; a script of a few lines gives the same. */
const random = (seed: number, place: number): number =>
  createHash('sha256').update(`ra-preflight ports 1:${seed}:${place}`).digest().readUInt32BE(0);

/** The ports that a code names, in the order in which both ends number them: drawn ones, one in each stratum, then 3389 and 135. */
export const portsOf = ({ seed, range }: Pick<ResponderCode, 'seed' | 'range'>): readonly number[] => {
  const zones = range === null ? ZONES : [{ ...range, share: DRAWN }];
  const ports = new Set<number>();
  let place = 0;
  for (const zone of zones) {
    const size = portCount(zone);
    const strata = Math.min(zone.share, size);
    for (let stratum = 0; stratum < strata; stratum++, place++) {
      const first = Math.floor((stratum * size) / strata);
      const width = Math.floor(((stratum + 1) * size) / strata) - first;
      ports.add(zone.from + first + (random(seed, place) % width));
    }
  }
  for (const port of FIXED) ports.add(port);
  return [...ports];
};

/** Bytes of a set of ports. */
export const SET_SIZE = Math.ceil((DRAWN + FIXED.length) / 8);

/** A set of drawn ports as bits, the first port of the draw in the highest bit of the first byte. */
export const setBytes = (draw: readonly number[], has: (port: number) => boolean): Uint8Array => {
  const bytes = new Uint8Array(SET_SIZE);
  draw.forEach((port, at) => {
    const byte = at >> 3;
    if (has(port)) bytes[byte] = (bytes[byte] ?? 0) | (0x80 >> (at & 7));
  });
  return bytes;
};

/** The ports of such a set. */
export const portsIn = (draw: readonly number[], bytes: Uint8Array): number[] =>
  draw.filter((_, at) => ((bytes[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0);

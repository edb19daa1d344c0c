import { OWN_FIREWALLS, type OwnFirewall } from '../model/evidence.ts';
import type { PortRange } from '../model/target.ts';
import { bytesOf, checkOf, textOf, valuesIn, valuesOf } from './base32.ts';

/** What a responder's code says. The first four are public: the ports can be read without the secret. */
export interface ResponderCode {
  /** Draws the ports, 0 to 2^21 - 1. */
  readonly seed: number;
  readonly firewall: OwnFirewall;
  /** When it ends by itself, whole minutes since 1970. */
  readonly endsAtMinute: number;
  /** Null: the whole dynamic range. */
  readonly range: PortRange | null;
  /** The key of everything, SECRET_BYTES long. */
  readonly secret: Uint8Array;
}

/** 80 bits: 2^80 guesses, each of which costs a connection to a port that answers nothing. */
export const SECRET_BYTES = 10;
export const SEEDS = 2 ** 21;
const VERSION = 0;
const PUBLIC_BYTES = 5;
const RANGE_BYTES = 4;
/** The end is given modulo 2^14 minutes, eleven days. */
const MINUTES = 2 ** 14;

/** Letters of a code without and with a range of its own, and how they are grouped. */
const SHAPES = [
  { bytes: PUBLIC_BYTES + SECRET_BYTES, letters: 25, group: 5 },
  { bytes: PUBLIC_BYTES + RANGE_BYTES + SECRET_BYTES, letters: 32, group: 4 },
] as const;

/** Thrown for a text that is no code, with the reason in words that follow "the code". */
export class CodeError extends Error {
  override readonly name = 'CodeError';
}

/** The code as text: groups of letters and digits, a check character last. */
export const codeText = ({ seed, firewall, endsAtMinute, range, secret }: ResponderCode): string => {
  const shape = SHAPES[range === null ? 0 : 1];
  const bytes = Buffer.alloc(shape.bytes);
  // Version 2 bits, range 1, firewall 2, end 14, seed 21.
  const head =
    (VERSION << 17) |
    (Number(range !== null) << 16) |
    (OWN_FIREWALLS.indexOf(firewall) << 14) |
    (endsAtMinute & (MINUTES - 1));
  bytes.writeUIntBE(head * SEEDS + seed, 0, PUBLIC_BYTES);
  if (range) {
    bytes.writeUInt16BE(range.from, PUBLIC_BYTES);
    bytes.writeUInt16BE(range.to, PUBLIC_BYTES + 2);
  }
  bytes.set(secret, shape.bytes - SECRET_BYTES);
  const values = valuesOf(bytes);
  return textOf([...values, checkOf(values)], shape.group);
};

/** The end that is nearest to now of those that a code may mean. */
const nearestEnd = (endMinute: number, nowMinute: number): number => {
  const ahead = (((endMinute - nowMinute) % MINUTES) + MINUTES) % MINUTES;
  return nowMinute + (ahead < MINUTES / 2 ? ahead : ahead - MINUTES);
};

const readBytes = (text: string): Buffer => {
  const found = valuesIn(text);
  if ('wrong' in found) throw new CodeError(`has "${found.wrong}" in it, which no code has`);
  const { values } = found;
  const shape = SHAPES.find(({ letters }) => letters === values.length);
  if (!shape) {
    throw new CodeError(
      `has ${values.length} characters instead of ${SHAPES[0].letters} (or ${SHAPES[1].letters})`,
    );
  }
  const bytes = bytesOf(values.slice(0, -1));
  if (!bytes || checkOf(values.slice(0, -1)) !== values.at(-1)) {
    throw new CodeError('has a wrong character in it, or two that changed places');
  }
  return Buffer.from(bytes);
};

/**
 * Reads a code as people type it: in any case, with or without dashes and blanks, O for 0, I or L for 1. `nowMinute` is now in minutes
 * since 1970. Throws CodeError.
 */
export const readCode = (text: string, nowMinute: number): ResponderCode => {
  const bytes = readBytes(text);
  const number = bytes.readUIntBE(0, PUBLIC_BYTES);
  const head = Math.floor(number / SEEDS);
  if (head >> 17 !== VERSION) throw new CodeError('is of a newer version of ra-preflight');
  const hasRange = ((head >> 16) & 1) === 1;
  const shape = SHAPES[hasRange ? 1 : 0];
  if (bytes.length !== shape.bytes) throw new CodeError('is incomplete, or has too much at its end');
  const range = hasRange
    ? { from: bytes.readUInt16BE(PUBLIC_BYTES), to: bytes.readUInt16BE(PUBLIC_BYTES + 2) }
    : null;
  if (range && (range.from <= 1024 || range.from > range.to)) throw new CodeError('names no range of ports');
  return {
    seed: number % SEEDS,
    firewall: OWN_FIREWALLS[(head >> 14) & 3] ?? 'unknown',
    endsAtMinute: nearestEnd(head & (MINUTES - 1), nowMinute),
    range,
    secret: new Uint8Array(bytes.subarray(shape.bytes - SECRET_BYTES)),
  };
};

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseControl } from '../../src/wire/linux/error-queue.ts';

const CASES = Number(process.env['RA_FUZZ_CASES'] ?? 5000);

const ORIGIN = { local: 1, icmp: 2, icmp6: 3 };
const EHOSTUNREACH = 113;

const cmsg = (level: number, type: number, data: Buffer): Buffer => {
  const bytes = Buffer.alloc(16 + Math.ceil(data.length / 8) * 8);
  bytes.writeBigUInt64LE(BigInt(16 + data.length), 0);
  bytes.writeInt32LE(level, 8);
  bytes.writeInt32LE(type, 12);
  data.copy(bytes, 16);
  return bytes;
};

const inet = (address: string): Buffer => Buffer.from([2, 0, 0, 0, ...address.split('.').map(Number)]);
const inet6 = (hex: string): Buffer =>
  Buffer.concat([Buffer.from([10, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(hex, 'hex')]);

const extended = (origin: number, type: number, code: number, offender: Buffer): Buffer => {
  const error = Buffer.alloc(16);
  error.writeUInt32LE(EHOSTUNREACH, 0);
  error.set([origin, type, code], 4);
  return Buffer.concat([error, offender]);
};

const v4 = cmsg(0, 11, extended(ORIGIN.icmp, 3, 13, inet('10.0.3.1')));
/** IP_PKTINFO: what else may stand in a control area. */
const foreign = cmsg(0, 8, Buffer.alloc(12, 0xee));

describe('a control message area', () => {
  test('gives errno, ICMP type, code and sender', () => {
    expect(parseControl(v4)).toEqual({
      errno: EHOSTUNREACH,
      icmp: { version: 4, type: 3, code: 13 },
      from: '10.0.3.1',
    });
  });

  test('gives a version 6 sender in canonical text', () => {
    const offender = inet6('fd640003000000000000000000000001');
    expect(parseControl(cmsg(41, 25, extended(ORIGIN.icmp6, 1, 1, offender)))).toEqual({
      errno: EHOSTUNREACH,
      icmp: { version: 6, type: 1, code: 1 },
      from: 'fd64:3::1',
    });
  });

  test.each([
    ['before', Buffer.concat([foreign, v4])],
    ['after', Buffer.concat([v4, foreign])],
    ['around, one of odd length', Buffer.concat([foreign, cmsg(1, 2, Buffer.alloc(3)), v4, foreign])],
  ])('is walked: foreign messages stand %s', (_, control) => {
    expect(parseControl(control)?.from).toBe('10.0.3.1');
  });

  test('of an error that this machine made up holds no ICMP error', () => {
    expect(parseControl(cmsg(0, 11, extended(ORIGIN.local, 0, 0, inet('10.0.3.1'))))).toBeNull();
  });

  test('with an offender of no known family, or none, holds no sender', () => {
    expect(parseControl(cmsg(0, 11, extended(ORIGIN.icmp, 3, 1, Buffer.alloc(16))))).toBeNull();
    expect(parseControl(cmsg(0, 11, extended(ORIGIN.icmp, 3, 1, Buffer.alloc(0))))).toBeNull();
  });

  test.each([0, 1, 15, 16, 20, 32, 36, 39])('cut off after %i bytes says nothing', (length) => {
    expect(parseControl(v4.subarray(0, length))).toBeNull();
  });

  test.each([0n, 15n, 41n, 2n ** 63n, 2n ** 64n - 1n])(
    'that lies about its length (%i) says nothing',
    (length) => {
      const lying = Buffer.from(v4);
      lying.writeBigUInt64LE(length, 0);
      expect(parseControl(lying)).toBeNull();
    },
  );

  test('never breaks the reader, and what is read is well formed', () => {
    const piece = fc.oneof(
      fc.constantFrom(v4, foreign),
      fc.uint8Array({ maxLength: 48 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(0, 1, 41), fc.constantFrom(8, 11, 25), fc.uint8Array({ maxLength: 48 }))
        .map(([level, type, data]) => cmsg(level, type, Buffer.from(data))),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.nat(200), (pieces, cut) => {
        const all = Buffer.concat(pieces);
        const error = parseControl(all.subarray(0, Math.max(0, all.length - (cut % 24))));
        if (error === null) return;
        expect([4, 6]).toContain(error.icmp.version);
        expect(error.from).toMatch(/^[0-9a-f.:]+$/);
        expect(error.icmp.type).toBeLessThan(256);
      }),
      { numRuns: CASES },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  emptyReply,
  type ParsedReply,
  readHopLimit,
  readIcmp4,
  readIcmp6,
  readSender6,
  readTcp4,
  readTcp6,
} from '../../src/wire/syn/packet-parse.ts';
import { broken, CASES, PATIENCE_MS } from '../fuzz/campaign.ts';
import { damaged } from '../fuzz/mutate.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** 10.0.0.9 port 135 to 10.0.0.1 port 61001, acknowledging 0x11223345. */
const ip4 = '45000028 00004000 3f060000 0a000009 0a000001';
const ip4WithOptions = '4600002c 00004000 3f060000 0a000009 0a000001 01010100';
const ports = '0087ee49 00000005 11223345';
const synAck = `${ports} 5012ffff 00000000`;
const reset = `${ports} 50140000 00000000`;
const icmp4 = (type: string): string => `45000038 00000000 fd010000 0a000101 0a000001 ${type} 0000 00000000`;
const quoted4 = '4500002c 00004000 01060000 0a000001 0a000009 ee490087 11223344';
const quoted4WithOptions = '4600002c 00004000 01060000 0a000001 0a000009 01010100 ee490087 11223344';
const quoted6 =
  '60000000 00180601 fd000000000000000000000000000001 fd000000000000000000000000000009 ee490087 11223344';
const hopLimit = hex('1400000000000000 29000000 34000000 3d000000 00000000');
const sender = hex('0a000000 00000000 fd000000000000000000000000000009 00000000');

const SEQUENCE = 0x11223344;
const NINE = [0x0900000a, 0, 0, 0];
const NINE6 = [0x000000fd, 0, 0, 0x09000000];

interface Reader {
  readonly name: string;
  readonly read: (bytes: Buffer, at: number, end: number, seen: ParsedReply) => boolean;
  readonly seeds: readonly Buffer[];
}

const READERS: readonly Reader[] = [
  {
    name: 'TCP over IPv4',
    read: readTcp4,
    seeds: [hex(ip4 + synAck), hex(ip4 + reset), hex(ip4WithOptions + synAck)],
  },
  { name: 'TCP over IPv6', read: readTcp6, seeds: [hex(synAck), hex(reset)] },
  {
    name: 'ICMP over IPv4',
    read: readIcmp4,
    seeds: [
      hex(icmp4('030d') + quoted4),
      hex(icmp4('0b00') + quoted4),
      hex(icmp4('0301') + quoted4WithOptions),
    ],
  },
  {
    name: 'ICMP over IPv6',
    read: readIcmp6,
    seeds: [hex(`0101 0000 00000000${quoted6}`), hex(`0300 0000 00000000${quoted6}`)],
  },
];

describe('an answer', () => {
  test.each(READERS)('$name: every seed is read', ({ read, seeds, name }) => {
    for (const seed of seeds) {
      const seen = emptyReply();
      expect(read(seed, 0, seed.length, seen)).toBe(true);
      expect(seen).toMatchObject({ port: 135, localPort: 61_001, sequence: SEQUENCE });
      if (name !== 'TCP over IPv6') expect([...seen.address]).toEqual(name.endsWith('4') ? NINE : NINE6);
    }
  });

  test('has its kind, its time to live and its sender', () => {
    const seen = emptyReply();
    const read = (reader: Reader['read'], text: string): ParsedReply => {
      expect(reader(hex(text), 0, hex(text).length, seen)).toBe(true);
      return seen;
    };
    expect(read(readTcp4, ip4 + synAck)).toMatchObject({ kind: 'syn-ack', ttl: 63 });
    expect(read(readTcp4, ip4 + reset)).toMatchObject({ kind: 'reset', ttl: 63 });
    expect(read(readIcmp4, icmp4('030d') + quoted4)).toMatchObject({ kind: 'icmp', type: 3, code: 13 });
    expect([...seen.sender]).toEqual([0x0101000a, 0, 0, 0]);
  });

  test.each([
    ['a SYN', readTcp4, `${ip4 + ports} 5002ffff 00000000`],
    ['an ACK', readTcp4, `${ip4 + ports} 5010ffff 00000000`],
    ['a reset that acknowledges nothing', readTcp4, `${ip4 + ports} 50040000 00000000`],
    ['a later fragment', readTcp4, (ip4 + synAck).replace('00004000', '00000001')],
    ['fragmentation needed', readIcmp4, icmp4('0304') + quoted4],
    ['a fragment lost on the way', readIcmp4, icmp4('0b01') + quoted4],
    ['an echo reply', readIcmp4, icmp4('0000') + quoted4],
    ['an error about UDP', readIcmp4, icmp4('0303') + quoted4.replace('0106', '0111')],
    ['an IPv6 packet too big', readIcmp6, `0200 0000 00000000${quoted6}`],
    ['an IPv6 error about UDP', readIcmp6, `0104 0000 00000000${quoted6.replace('1806', '1811')}`],
  ] as const)('is not: %s', (_, read, text) => {
    expect(read(hex(text), 0, hex(text).length, emptyReply())).toBe(false);
  });

  test('of IPv6 has its hop limit and its sender beside it', () => {
    expect(readHopLimit(hopLimit, 0, 20)).toBe(61);
    expect(readHopLimit(hopLimit, 0, 19)).toBe(-1);
    const words = new Int32Array(4);
    expect(readSender6(sender, 0, 28, words)).toBe(true);
    expect([...words]).toEqual(NINE6);
    expect(readSender6(sender, 0, 23, words)).toBe(false);
  });
});

describe.each(READERS)('$name, damaged', ({ name, read, seeds }) => {
  test(
    `never breaks the reader, which sees nothing beyond the end, in ${CASES} cases`,
    () => {
      const count = { read: 0, refused: 0 };
      fc.assert(
        fc.property(damaged(seeds), fc.nat(9), (input, at) => {
          // What lies around it must make no difference.
          const outcome = [0x00, 0xff].map((filler) => {
            const around = Buffer.alloc(at + input.length + 200, filler);
            input.copy(around, at);
            const seen = emptyReply();
            const isRead = read(around, at, at + input.length, seen);
            return JSON.stringify(isRead ? seen : null);
          });
          if (outcome[0] !== outcome[1]) throw broken(name, input, 'it looked beyond the end');
          count[outcome[0] === 'null' ? 'refused' : 'read']++;
          // And none of it may be needed.
          const seen = emptyReply();
          read(input, 0, input.length, seen);
          if (!(seen.port < 65_536 && seen.localPort < 65_536 && seen.ttl < 256))
            throw broken(name, input, 'bad numbers');
        }),
        { numRuns: CASES },
      );
      expect(count.read).toBeGreaterThan(CASES / 100);
      expect(count.refused).toBeGreaterThan(CASES / 100);
    },
    PATIENCE_MS,
  );
});

test('control messages and addresses of any bytes are read within their bounds', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const buffer = Buffer.from(bytes);
      const limit = readHopLimit(buffer, 0, buffer.length);
      expect(limit).toBeGreaterThanOrEqual(-1);
      expect(limit).toBeLessThan(256);
      readSender6(buffer, 0, buffer.length, new Int32Array(4));
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CongestionControl } from '../../src/wire/syn/congestion.ts';
import { addressSum, type Destination } from '../../src/wire/syn/destination.ts';
import { LossEstimator } from '../../src/wire/syn/loss-estimator.ts';
import { prepareSyn, SYN_BYTES, writeSyn } from '../../src/wire/syn/packet-build.ts';
import { emptyReply, readTcp4 } from '../../src/wire/syn/packet-parse.ts';
import { RttTracker } from '../../src/wire/syn/rtt-tracker.ts';
import { halfSipHash, SequenceKey } from '../../src/wire/syn/validate.ts';

/** Ones' complement sum as RFC 1071 writes it, in the plainest way. */
const sumOf = (bytes: Buffer): number => {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
};

const wordsOf = (octets: Uint8Array): Int32Array => {
  const words = new Int32Array(4);
  for (let i = 0; i < octets.length / 4; i++) words[i] = Buffer.from(octets).readInt32LE(4 * i);
  return words;
};

const octets = (family: 4 | 6) => {
  const size = family === 4 ? 4 : 16;
  return fc.uint8Array({ minLength: size, maxLength: size });
};
const port = fc.integer({ min: 1, max: 65_535 });

describe('HalfSipHash', () => {
  /** From the reference implementation's vectors_hsip32: key 00..07, message 00, 01, 02 and so on. */
  test.each([
    [0, 'a9359f5b'],
    [1, '2a6e4689'],
    [2, 'd0b8848f'],
    [3, '57f0872f'],
  ])('of %i words is what the reference says', (count, expected) => {
    const bytes = Buffer.from(Array.from({ length: 16 }, (_, i) => i));
    const words = Int32Array.from([0, 4, 8, 12], (at) => bytes.readInt32LE(at));
    const hash = Buffer.alloc(4);
    hash.writeInt32LE(halfSipHash(bytes.readInt32LE(0), bytes.readInt32LE(4), words, count));
    expect(hash.toString('hex')).toBe(expected);
  });
});

describe('sequence numbers', () => {
  test('differ by address, ports, salt and run', () => {
    const [one, other] = [new SequenceKey(), new SequenceKey()];
    const address = Int32Array.of(0x0100007f, 0, 0, 0);
    const neighbour = Int32Array.of(0x0200007f, 0, 0, 0);
    const numbers = [
      one.of(address, 135, 61_001),
      one.of(neighbour, 135, 61_001),
      one.of(address, 136, 61_001),
      one.of(address, 135, 61_002),
      one.of(address, 135, 61_001, 1),
      other.of(address, 135, 61_001),
    ];
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(one.of(address, 135, 61_001)).toBe(numbers[0]);
  });
});

describe.each([4, 6] as const)('a SYN of IPv%i', (family) => {
  const syn = fc.record({
    ...{ to: octets(family), from: octets(family), port, localPort: port },
    ...{ sequence: fc.integer(), ttl: fc.integer({ min: 1, max: 255 }) },
  });

  test('has the checksum and the fields that were asked for, whatever the packet held before', () => {
    const packet = Buffer.alloc(SYN_BYTES[family]);
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
    prepareSyn(family, view);
    fc.assert(
      fc.property(syn, ({ to, from, ...rest }) => {
        const [toWords, fromWords] = [wordsOf(to), wordsOf(from)];
        const destination: Destination = {
          ...{ family, to: toWords, from: fromWords, scope: 0, isLoopback: false },
          sum: addressSum(toWords, fromWords),
        };
        writeSyn(view, { to: destination, ...rest });
        const start = family === 4 ? 20 : 40;
        const tcp = packet.subarray(start);
        const pseudo = Buffer.concat([from, to, Buffer.from([0, 6, 0, tcp.length]), tcp]);
        expect(sumOf(pseudo)).toBe(0xffff);
        expect([tcp.readUInt16BE(0), tcp.readUInt16BE(2)]).toEqual([rest.localPort, rest.port]);
        expect([tcp.readInt32BE(4), tcp.readUInt32BE(8)]).toEqual([rest.sequence | 0, 0]);
        expect(packet.readUInt8(family === 4 ? 8 : 7)).toBe(rest.ttl);
        const [source, target] = family === 4 ? [12, 16] : [8, 24];
        expect(packet.subarray(source, source + from.length).equals(from)).toBe(true);
        expect(packet.subarray(target, target + to.length).equals(to)).toBe(true);
      }),
    );
  });
});

test('our own SYN, which loopback shows us too, is no answer', () => {
  const packet = Buffer.alloc(SYN_BYTES[4]);
  prepareSyn(4, new DataView(packet.buffer, packet.byteOffset, packet.length));
  expect(readTcp4(packet, 0, packet.length, emptyReply())).toBe(false);
});

describe('losses on the way', () => {
  /** Of probes that left evenly over so many milliseconds, so many were lost and answered: how often that was too much. */
  const noted = (losses: LossEstimator, lost: number, answered: number, from = 0, ms = 249): number => {
    const all = [...Array(answered).fill(false), ...Array(lost).fill(true)];
    return all.map((isLost, i) => losses.note(isLost, from + ((i * 7919) % ms))).filter(Boolean).length;
  };

  test('are too many above a quarter, of so many that chance is no reason', () => {
    expect(noted(new LossEstimator(), 90, 250)).toBe(1);
    expect(noted(new LossEstimator(), 70, 250)).toBe(0);
    expect(noted(new LossEstimator(), 100, 100)).toBe(0);
  });

  test('are told once for each time in which probes left, and each time is looked at by itself', () => {
    const losses = new LossEstimator();
    expect(noted(losses, 500, 500)).toBe(1);
    expect(noted(losses, 500, 0)).toBe(0);
    expect(noted(losses, 0, 1000, 250)).toBe(0);
    expect(noted(losses, 500, 500, 500)).toBe(1);
  });

  test('count for the time when the lost probe left: at the end of a run only repetitions are answered', () => {
    const losses = new LossEstimator();
    for (let at = 0; at < 2000; at += 250) expect(noted(losses, 0, 900, at)).toBe(0);
    for (let at = 0; at < 2000; at += 250) expect(noted(losses, 100, 0, at)).toBe(0);
  });

  test('are forgotten four seconds later', () => {
    const losses = new LossEstimator();
    expect(noted(losses, 80, 170)).toBe(0);
    losses.note(false, 4000);
    expect(noted(losses, 10, 0)).toBe(1);
    const later = new LossEstimator();
    expect(noted(later, 80, 170)).toBe(0);
    later.note(false, 4250);
    expect(noted(later, 10, 0)).toBe(0);
  });
});

describe('how late answers are by now', () => {
  test('is nothing while nothing came', () => {
    const lateness = new RttTracker();
    expect(lateness.leastWaitMs(0)).toBe(0);
    expect(lateness.spreadMs).toBe(null);
  });

  test('follows the longest round trip for half a second to a second, up to three seconds', () => {
    const lateness = new RttTracker();
    lateness.leastWaitMs(0);
    lateness.note(20);
    lateness.note(200);
    lateness.note(30);
    expect(lateness.leastWaitMs(100)).toBe(330);
    expect(lateness.leastWaitMs(600)).toBe(330);
    lateness.note(40);
    expect(lateness.leastWaitMs(1200)).toBe(90);
    lateness.note(60_000);
    expect(lateness.leastWaitMs(1300)).toBe(3000);
    lateness.leastWaitMs(1900);
    expect(lateness.leastWaitMs(2500)).toBe(0);
  });

  test('spreads from the fastest answer ever to the latest of late', () => {
    const lateness = new RttTracker();
    lateness.note(12);
    expect(lateness.spreadMs).toBe(0);
    lateness.note(90);
    lateness.note(15);
    expect(lateness.spreadMs).toBe(78);
    lateness.leastWaitMs(0);
    lateness.leastWaitMs(600);
    lateness.note(14);
    expect(lateness.spreadMs).toBe(2);
  });
});

describe('the pace of a sweep', () => {
  /** Packets that may leave within a second, looked at every millisecond. */
  const inOneSecond = (
    pace: CongestionControl,
    from: number,
    wanted: number,
    spreadMs: number | null = null,
  ): number => {
    let sent = 0;
    for (let now = from + 1; now <= from + 1000; now++) {
      for (pace.tick(now, wanted, spreadMs); pace.hasToken; sent++) pace.takeToken();
    }
    return sent;
  };

  test('is the wanted one where that is low, from the beginning', () => {
    const sent = inOneSecond(new CongestionControl(1000, 0), 0, 1000);
    expect(sent).toBeGreaterThan(990);
    expect(sent).toBeLessThanOrEqual(1001);
  });

  test('begins gently where much is wanted, and comes to it', () => {
    const pace = new CongestionControl(100_000, 0);
    const first = inOneSecond(pace, 0, 100_000);
    expect(first).toBeLessThan(80_000);
    expect(inOneSecond(pace, 1000, 100_000)).toBeGreaterThan(99_000);
  });

  test('grows with every look while answers come that tell of no queue, as long as nothing was lost', () => {
    const gentle = inOneSecond(new CongestionControl(100_000, 0), 0, 100_000);
    const free = new CongestionControl(100_000, 0);
    expect(inOneSecond(free, 0, 100_000, 3)).toBeGreaterThan(90_000);
    expect(inOneSecond(new CongestionControl(100_000, 0), 0, 100_000, 60)).toBe(gentle);
    free.slowDown('way', 1000);
    expect(inOneSecond(free, 1000, 100_000, 3)).toBeLessThan(65_000);
  });

  test('is halved by losses, grows back slowly, and never falls below a share', () => {
    const pace = new CongestionControl(10_000, 0);
    inOneSecond(pace, 0, 10_000);
    expect(pace.slowDown('way', 1000)).toBe(true);
    const halved = inOneSecond(pace, 1000, 10_000);
    expect(halved).toBeGreaterThan(5000);
    expect(halved).toBeLessThan(6500);
    for (let i = 0; i < 10; i++) pace.slowDown('way', 2000 + i);
    expect(pace.slowDown('way', 2010)).toBe(false);
    const lowest = inOneSecond(pace, 2010, 10_000);
    expect(lowest).toBeGreaterThan(450);
    expect(lowest).toBeLessThan(700);
  });

  test('follows what is wanted, and stands still at 0', () => {
    const pace = new CongestionControl(1000, 0);
    inOneSecond(pace, 0, 1000);
    expect(inOneSecond(pace, 1000, 0)).toBe(0);
    expect(inOneSecond(pace, 2000, 500)).toBeGreaterThan(490);
    expect(inOneSecond(pace, 3000, 2000)).toBeGreaterThan(1900);
  });

  test('begins as ever after a pause at the beginning', () => {
    const pace = new CongestionControl(0, 0);
    expect(inOneSecond(pace, 0, 0)).toBe(0);
    expect(inOneSecond(pace, 1000, 1000)).toBeGreaterThan(990);
    const much = new CongestionControl(0, 0);
    expect(inOneSecond(much, 0, 100_000)).toBeLessThan(80_000);
  });
});

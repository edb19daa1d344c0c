import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BEAT_SIZE,
  beatBytes,
  HELLO_SIZE,
  helloBytes,
  isBeat,
  REPORT_SIZE,
  readHello,
  readReport,
  readWelcome,
  reportBytes,
  welcomeBytes,
} from '../../src/responder-protocol/control.ts';
import {
  ANSWER_SIZE,
  answerBytes,
  CHALLENGE_SIZE,
  type ChallengeExchange,
  challengeBytes,
  followBytes,
  isFollow,
  LARGE_SIZE,
  NONCE_SIZE,
  RECEIPT_SIZE,
  readAnswer,
  readChallenge,
  WANTS,
} from '../../src/responder-protocol/frames.ts';
import { keysOf } from '../../src/responder-protocol/keys.ts';
import { SET_SIZE } from '../../src/responder-protocol/responder-ports.ts';
import { damaged } from '../fuzz/mutate.ts';
import { address, bytes } from './arbitraries.ts';

const keys = keysOf(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
const others = keysOf(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 11]));

const port = fc.integer({ min: 1, max: 65_535 });
const challenge = fc.record({ port, address, wants: fc.constantFrom(...WANTS), nonce: bytes(NONCE_SIZE) });
const answer = fc.record({
  port,
  source: fc.record({ address, port }),
  local: address,
  listening: bytes(SET_SIZE),
  isLimited: fc.boolean(),
  taken: fc.subarray([135, 3389]),
  nonce: bytes(NONCE_SIZE),
});
const plain = <T extends { nonce: Uint8Array }>(one: T | null) =>
  one && { ...one, nonce: new Uint8Array(one.nonce) };

const CHALLENGE = challengeBytes(keys, {
  port: 50_000,
  address: '10.1.2.3',
  wants: 'large',
  nonce: new Uint8Array(NONCE_SIZE).fill(7),
});
const ANSWER = answerBytes(keys, CHALLENGE, {
  port: 50_000,
  source: { address: '10.9.9.9', port: 40_000 },
  local: '10.1.2.3',
  listening: new Uint8Array(SET_SIZE).fill(255),
  isLimited: false,
  taken: [135],
  nonce: new Uint8Array(NONCE_SIZE).fill(9),
});
const EXCHANGE: ChallengeExchange = [CHALLENGE, ANSWER];
const FOLLOWS = ['largeThere', 'receipt', 'largeBack', 'idle'] as const;

describe('the frames of a responder', () => {
  it('say again what they were made of, with the key and only with it', () => {
    fc.assert(
      fc.property(challenge, answer, (asked, said) => {
        const there = challengeBytes(keys, asked);
        const back = answerBytes(keys, there, said);
        expect(plain(readChallenge(keys, there))).toEqual(asked);
        expect(readChallenge(others, there)).toBeNull();
        const read = readAnswer(keys, there, said.port, back);
        expect(read && { ...plain(read), listening: new Uint8Array(read.listening) }).toEqual(said);
        expect(readAnswer(others, there, said.port, back)).toBeNull();
      }),
    );
  });

  it('are worth nothing damaged in any way', () => {
    const seeds = [CHALLENGE, ANSWER, ...FOLLOWS.map((use) => followBytes(keys, use, EXCHANGE))].map((one) =>
      Buffer.from(one),
    );
    const isWhole = (input: Buffer): boolean => seeds.some((seed) => seed.equals(input));
    fc.assert(
      fc.property(damaged(seeds), (input) => {
        fc.pre(!isWhole(input));
        expect(readChallenge(keys, input)).toBeNull();
        expect(readAnswer(keys, CHALLENGE, 50_000, input)).toBeNull();
        for (const use of FOLLOWS) expect(isFollow(keys, use, EXCHANGE, input)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('are bound to their direction and place: no frame passes for another', () => {
    const frames = {
      CHALLENGE,
      ANSWER,
      ...Object.fromEntries(FOLLOWS.map((use) => [use, followBytes(keys, use, EXCHANGE)])),
    };
    for (const [name, frame] of Object.entries(frames)) {
      expect(readChallenge(keys, frame) !== null).toBe(name === 'CHALLENGE');
      expect(readAnswer(keys, CHALLENGE, 50_000, frame) !== null).toBe(name === 'ANSWER');
      for (const use of FOLLOWS) expect(isFollow(keys, use, EXCHANGE, frame)).toBe(name === use);
    }
  });

  it('answer one challenge only, and for its port only', () => {
    const again = challengeBytes(keys, {
      port: 50_000,
      address: '10.1.2.3',
      wants: 'large',
      nonce: new Uint8Array(NONCE_SIZE).fill(8),
    });
    expect(readAnswer(keys, again, 50_000, ANSWER)).toBeNull();
    expect(readAnswer(keys, CHALLENGE, 50_001, ANSWER)).toBeNull();
    const other: ChallengeExchange = [again, ANSWER];
    for (const use of FOLLOWS)
      expect(isFollow(keys, use, other, followBytes(keys, use, EXCHANGE))).toBe(false);
  });

  it('are at no time longer from the novice than to it', () => {
    expect(ANSWER_SIZE + RECEIPT_SIZE).toBeLessThanOrEqual(CHALLENGE_SIZE);
    expect(ANSWER_SIZE + RECEIPT_SIZE + LARGE_SIZE).toBeLessThanOrEqual(CHALLENGE_SIZE + LARGE_SIZE);
  });
});

describe('the frames of a control connection', () => {
  const greeting = (fill: number, beats = true) => ({ nonce: new Uint8Array(NONCE_SIZE).fill(fill), beats });
  const hello = helloBytes(keys, greeting(1));
  const welcome = welcomeBytes(keys, hello, greeting(2));

  it('show the key on both sides, each to the other', () => {
    expect(readHello(keys, hello)).not.toBeNull();
    expect(readHello(others, hello)).toBeNull();
    expect(readWelcome(keys, hello, welcome)).not.toBeNull();
    expect(readWelcome(keys, hello, hello)).toBeNull();
    expect(readHello(keys, welcome)).toBeNull();
    expect(readWelcome(keys, helloBytes(keys, greeting(3)), welcome)).toBeNull();
    expect(hello).toHaveLength(HELLO_SIZE);
  });

  it.each([true, false])('say whether beats come: %s', (beats) => {
    const said = helloBytes(keys, greeting(4, beats));
    expect(plain(readHello(keys, said))).toEqual(greeting(4, beats));
    const answer = welcomeBytes(keys, said, greeting(5, beats));
    expect(plain(readWelcome(keys, said, answer))).toEqual(greeting(5, beats));
  });

  it('beat in their session and for their report only, and take fewer bytes than the report', () => {
    const beat = beatBytes(keys, [hello, welcome], 8);
    expect(isBeat(keys, [hello, welcome], 8, beat)).toBe(true);
    expect(isBeat(keys, [hello, welcome], 12, beat)).toBe(false);
    expect(isBeat(keys, [hello, hello], 8, beat)).toBe(false);
    expect(isBeat(others, [hello, welcome], 8, beat)).toBe(false);
    expect(isBeat(keys, [hello, welcome], 8, hello)).toBe(false);
    expect(beat).toHaveLength(BEAT_SIZE);
    expect(BEAT_SIZE).toBeLessThan(REPORT_SIZE);
  });

  it('report in their session and order only', () => {
    fc.assert(
      fc.property(
        bytes(SET_SIZE),
        bytes(SET_SIZE),
        bytes(SET_SIZE),
        fc.nat(1000),
        fc.boolean(),
        (a, b, c, sequence, isShared) => {
          const said = { sequence, listening: a, arrived: b, challenged: c, isShared };
          const report = reportBytes(keys, [hello, welcome], said);
          const read = readReport(keys, [hello, welcome], sequence, report);
          const list = (set?: Uint8Array) => [...(set ?? [])];
          expect({
            ...read,
            listening: list(read?.listening),
            arrived: list(read?.arrived),
            challenged: list(read?.challenged),
          }).toEqual({ sequence, listening: [...a], arrived: [...b], challenged: [...c], isShared });
          expect(readReport(keys, [hello, welcome], sequence + 1, report)).toBeNull();
          expect(readReport(keys, [hello, hello], sequence, report)).toBeNull();
          expect(readReport(others, [hello, welcome], sequence, report)).toBeNull();
        },
      ),
    );
  });
});

import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { MOST_OPEN_OF_ONE } from '../../src/respond/admission.ts';
import {
  ANSWER_SIZE,
  CHALLENGE_SIZE,
  challengeBytes,
  followBytes,
  isFollow,
  LARGE_SIZE,
  NONCE_SIZE,
  RECEIPT_SIZE,
  readAnswer,
  type Wants,
} from '../../src/responder-protocol/frames.ts';
import { keysOf } from '../../src/responder-protocol/keys.ts';
import { codeOf, say, standUp } from './stand.ts';

const code = codeOf(7);
const keys = keysOf(code.secret);
const stranger = keysOf(codeOf(8).secret);

let nonces = 0;
const challenge = (port: number, made = keys, wants: Wants = 'answer'): Uint8Array => {
  const nonce = Buffer.alloc(NONCE_SIZE);
  nonce.writeUInt32BE(++nonces);
  return challengeBytes(made, { port, address: '127.0.0.1', wants, nonce });
};

const GARBAGE: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('R')],
  ['a web request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['an RPC bind', Buffer.from('05000b0310000000480000000100000000000000', 'hex')],
  ['a Remote Desktop request', Buffer.from('030000130ee000000000000100080003000000', 'hex')],
  ['the magic and zeros', Buffer.concat([Buffer.from('RAP1'), Buffer.alloc(2000)])],
  ['a megabyte of zeros', Buffer.alloc(1 << 20)],
];

describe('a port of a responder', () => {
  it.each(GARBAGE)('gives 0 bytes to who has no key: %s', async (_, garbage) => {
    const { open } = await standUp(code);
    for (const port of open) {
      const { bytes } = await say(port, (socket) => void socket.write(garbage), 300);
      expect(bytes).toHaveLength(0);
    }
  });

  it('closes at once on what is no challenge, and by itself on who says nothing', async () => {
    const {
      open: [port = 0],
    } = await standUp(code, 1);
    const web = await say(port, (socket) => void socket.write('GET / HTTP/1.1\r\n\r\n'), 4000);
    expect(web.ended).toBe(true);
    const silent = await say(port, () => {}, 9000);
    expect(silent).toEqual({ bytes: Buffer.alloc(0), ended: true });
  }, 15_000);

  it('is not held by a byte now and then', async () => {
    const {
      open: [port = 0],
    } = await standUp(code, 1);
    const bytes = challenge(port);
    let at = 0;
    const { ended } = await say(
      port,
      (socket) => {
        const timer = setInterval(() => socket.write(bytes.subarray(at, ++at)), 200);
        socket.on('close', () => clearInterval(timer));
      },
      9000,
    );
    expect(ended).toBe(true);
    expect(at).toBeLessThan(CHALLENGE_SIZE);
  }, 15_000);

  it('answers a challenge with its key, and never with more bytes than it got', async () => {
    const {
      open: [port = 0],
      failed,
    } = await standUp(code, 1);
    const asked = challenge(port, keys, 'large');
    let answered: Uint8Array = new Uint8Array();
    const { bytes } = await say(
      port,
      (socket, got) => {
        let sent = 0;
        const write = (more: Uint8Array): void => {
          socket.write(more);
          sent += more.length;
        };
        socket.on('data', () => {
          expect(got().length).toBeLessThanOrEqual(sent);
          if (answered.length > 0 || got().length < ANSWER_SIZE) return;
          answered = got().subarray(0, ANSWER_SIZE);
          write(followBytes(keys, 'largeThere', [asked, answered]));
        });
        write(asked);
      },
      10_000,
      ANSWER_SIZE + RECEIPT_SIZE + LARGE_SIZE,
    );
    const answer = readAnswer(keys, asked, port, answered);
    expect(answer?.local).toBe('127.0.0.1');
    expect(answer?.source.address).toBe('127.0.0.1');
    expect(bytes).toHaveLength(ANSWER_SIZE + RECEIPT_SIZE + LARGE_SIZE);
    expect(isFollow(keys, 'largeBack', [asked, answered], bytes.subarray(-LARGE_SIZE))).toBe(true);
    expect(failed.size).toBeGreaterThan(0);
  });

  it('gives 0 bytes to another key, to the key for another port, and to a challenge that was recorded', async () => {
    const { open } = await standUp(code, 2);
    const [port = 0, other = 0] = open;
    const asked = challenge(port);
    const sending = (bytes: Uint8Array, to = port) => say(to, (socket) => void socket.write(bytes), 300);
    const answered = (bytes: Uint8Array) =>
      say(port, (socket) => void socket.write(bytes), 10_000, ANSWER_SIZE);
    expect((await sending(challenge(port, stranger))).bytes).toHaveLength(0);
    expect((await sending(challenge(other))).bytes).toHaveLength(0);
    expect((await answered(asked)).bytes).toHaveLength(ANSWER_SIZE);
    expect((await sending(asked)).bytes).toHaveLength(0);
    expect((await sending(asked, other)).bytes).toHaveLength(0);
  });

  it('gives 0 bytes to its own answer, reflected', async () => {
    const {
      open: [port = 0],
    } = await standUp(code, 1);
    const { bytes } = await say(port, (socket) => void socket.write(challenge(port)), 10_000, ANSWER_SIZE);
    const reflected = await say(port, (socket) => void socket.write(Buffer.concat([bytes, bytes])), 300);
    expect(bytes).toHaveLength(ANSWER_SIZE);
    expect(reflected.bytes).toHaveLength(0);
  });

  it('under a flood of silent connections says that there were too many, and serves again when they are gone', async () => {
    const { open, responder } = await standUp(code, 3);
    const [port = 0] = open;
    const flood = Array.from({ length: MOST_OPEN_OF_ONE + 50 }, (_, i) =>
      connect(open[i % 3] ?? port, '127.0.0.1').on('error', () => {}),
    );
    await Promise.all(
      flood.map(
        (socket) => new Promise((resolve) => void socket.once('connect', resolve).once('close', resolve)),
      ),
    );
    for (let looks = 0; looks < 200 && responder.refused === 0; looks++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(responder.refused).toBeGreaterThan(0);
    for (const socket of flood) socket.destroy();
    for (let turn = 0; turn < 100; turn++) {
      const asked = challenge(port);
      const { bytes } = await say(port, (socket) => void socket.write(asked), 300);
      if (bytes.length === 0) continue;
      expect(readAnswer(keys, asked, port, bytes)?.isLimited).toBe(true);
      return;
    }
    expect.unreachable('it never answered again');
  }, 40_000);

  it('is closed, with every connection, when its time is over', async () => {
    const {
      open: [port = 0],
      stop,
    } = await standUp(code, 1);
    const held = say(port, () => stop(), 4000);
    expect((await held).ended).toBe(true);
    const refused = await new Promise((resolve) =>
      connect(port, '127.0.0.1').once('error', ({ code: why }: NodeJS.ErrnoException) => resolve(why)),
    );
    expect(refused).toBe('ECONNREFUSED');
  });

  it('counts what arrives, and what arrives with the key', async () => {
    const { open, responder } = await standUp(code, 2);
    const [port = 0, other = 0] = open;
    await say(other, () => {}, 100);
    await say(port, (socket) => void socket.write(challenge(port)), 10_000, ANSWER_SIZE);
    expect(responder.proven).toBe(1);
    const bits = (set: Uint8Array): number =>
      [...set].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    expect(bits(responder.report.arrived)).toBe(2);
    expect(bits(responder.report.challenged)).toBe(1);
    expect(bits(responder.report.listening)).toBe(2);
    const halfOpen = (localPort: number, remoteAddress = '127.0.0.1') => ({
      localPort,
      remoteAddress,
      remotePort: 9,
    });
    responder.noteHalfOpen([1, 2, 3].map((one) => halfOpen(one)));
    expect(responder.report.isShared).toBe(false);
    responder.forget();
    expect(bits(responder.report.arrived)).toBe(0);
    responder.noteHalfOpen([halfOpen(other)]);
    expect(bits(responder.report.arrived)).toBe(1);
    // An expert may have an address of each family; another of one family is another expert, or who scans.
    responder.noteHalfOpen([halfOpen(other, 'fd00::7'), halfOpen(1, '10.1.2.4')]);
    expect(responder.report.isShared).toBe(false);
    responder.noteHalfOpen([halfOpen(other, '127.0.0.2')]);
    expect(responder.report.isShared).toBe(true);
    responder.forget();
    expect(responder.report.isShared).toBe(false);
  });
});

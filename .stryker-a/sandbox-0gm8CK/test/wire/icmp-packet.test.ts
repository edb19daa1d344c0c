import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ECHO_BYTES,
  echoRequest,
  isPayloadOf,
  quotedSequence,
  replySequence,
} from '../../src/wire/icmp/packet.ts';

const CASES = Number(process.env['RA_FUZZ_CASES'] ?? 5000);
const families = fc.constantFrom(4 as const, 6 as const);
const shorts = fc.integer({ min: 0, max: 0xffff });
const REPLY = { 4: 0, 6: 129 } as const;

/** What a host sends back: the request with its id, as the kernel wrote it, and the type of a reply. */
const answerTo = (request: Buffer, family: 4 | 6, id: number): Buffer => {
  const reply = Buffer.from(request);
  reply[0] = REPLY[family];
  reply.writeUInt16BE(id, 4);
  return reply;
};

describe('an echo packet', () => {
  it('is recognised in its reply and in an error that quotes it, wherever the quote is cut', () => {
    fc.assert(
      fc.property(families, shorts, shorts, fc.integer({ min: 8, max: 60 }), (family, id, sequence, cut) => {
        const request = echoRequest(family, sequence);
        const reply = answerTo(request, family, id);
        expect(replySequence(reply, family, id)).toBe(sequence);
        expect(isPayloadOf(reply, request)).toBe(true);
        const quoted = Buffer.concat([request, Buffer.alloc(20, 0xaa)]).subarray(0, cut);
        quoted.writeUInt16BE(id, 4);
        expect(quotedSequence(quoted, family, id)).toBe(sequence);
        expect(isPayloadOf(quoted, request)).toBe(true);
      }),
    );
  });

  it('is not recognised under another id, type or code, nor cut off, nor longer', () => {
    fc.assert(
      fc.property(
        families,
        shorts,
        shorts,
        fc.integer({ min: 1, max: 0xffff }),
        (family, id, sequence, other) => {
          const reply = answerTo(echoRequest(family, sequence), family, id);
          expect(replySequence(reply, family, (id + other) & 0xffff)).toBeNull();
          expect(replySequence(reply.subarray(0, other % ECHO_BYTES), family, id)).toBeNull();
          expect(replySequence(Buffer.concat([reply, Buffer.of(0)]), family, id)).toBeNull();
          expect(replySequence(reply, family === 4 ? 6 : 4, id)).toBeNull();
          expect(quotedSequence(reply, family, id)).toBeNull();
          reply[1] = 1;
          expect(replySequence(reply, family, id)).toBeNull();
        },
      ),
    );
  });

  it('is no other one: a single changed bit of the payload shows', () => {
    fc.assert(
      fc.property(families, fc.integer({ min: 64, max: 8 * ECHO_BYTES - 1 }), (family, bit) => {
        const request = echoRequest(family, 1);
        const reply = answerTo(request, family, 2);
        reply[bit >> 3] = (reply[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(isPayloadOf(reply, request)).toBe(false);
      }),
    );
    expect(isPayloadOf(echoRequest(4, 1), echoRequest(4, 1))).toBe(false);
  });

  it('is never found in bytes of any kind, and no bytes throw', () => {
    const request = echoRequest(4, 7);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 128 }), families, shorts, (bytes, family, id) => {
        const message = Buffer.from(bytes);
        const sequence = replySequence(message, family, id) ?? quotedSequence(message, family, id);
        if (sequence !== null && message.length === ECHO_BYTES)
          expect(isPayloadOf(message, request)).toBe(false);
      }),
      { numRuns: CASES },
    );
  });
});

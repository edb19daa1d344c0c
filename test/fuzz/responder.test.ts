import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probes } from '../../probes/index.ts';
import { throughResponder } from '../../probes/responder.ts';
import type { Dial } from '../../src/model/probe.ts';
import { type ConversationEnd, ConversationError } from '../../src/model/wire.ts';
import { answerPort } from '../../src/respond/answer-port.ts';
import { Nonces } from '../../src/respond/nonces.ts';
import {
  answerBytes,
  challengeBytes,
  followBytes,
  NONCE_SIZE,
  WANTS,
} from '../../src/responder-protocol/frames.ts';
import { keysOf } from '../../src/responder-protocol/keys.ts';
import { portsOf } from '../../src/responder-protocol/responder-ports.ts';
import { codeOf } from '../respond/stand.ts';
import { broken, CASES, PATIENCE_MS } from './campaign.ts';
import { damaged } from './mutate.ts';

const code = codeOf(7);
const keys = keysOf(code.secret);
const PORT = portsOf(code)[0] ?? 0;
const ENDS: readonly ConversationEnd[] = ['closed', 'reset', 'mute', 'too-slow', 'too-much'];

/** What was recorded of a real conversation. */
const recorded = WANTS.map((wants) => {
  const nonce = new Uint8Array(NONCE_SIZE).fill(7);
  const challenge = challengeBytes(keys, { port: PORT, address: '192.0.2.1', wants, nonce });
  const answer = answerBytes(keys, challenge, {
    port: PORT,
    source: { address: '192.0.2.9', port: 4000 },
    local: '192.0.2.1',
    listening: new Uint8Array(9).fill(255),
    isLimited: false,
    taken: [],
    nonce,
  });
  const follow = (use: Parameters<typeof followBytes>[1]): Uint8Array =>
    followBytes(keys, use, [challenge, answer]);
  return {
    there: Buffer.concat([challenge, follow('largeThere')]),
    back: Buffer.concat([answer, follow('receipt'), follow('largeBack')]),
    challenge: Buffer.from(challenge),
  };
});

/** Reads from these bytes, and ends in this way behind them. */
const reader = (bytes: Buffer, end: ConversationEnd) => {
  let at = 0;
  return async (size: number): Promise<Uint8Array> => {
    if (at + size > bytes.length) throw new ConversationError(end, bytes.subarray(at, at + 256));
    at += size;
    return bytes.subarray(at - size, at);
  };
};

describe('the expert', () => {
  it(
    `takes nobody without the key for the responder, in ${CASES} cases`,
    async () => {
      const probe = throughResponder(probes, code, true).find(({ name }) => name === 'dynamic-rpc');
      const streams = damaged([...recorded.map(({ back }) => back), Buffer.from('HTTP/1.1 400 Bad\r\n\r\n')]);
      const speeches = new Set<string>();
      await fc.assert(
        fc.asyncProperty(streams, fc.constantFrom(...ENDS), async (bytes, end) => {
          const dial: Dial = async (_, talk) => {
            await talk?.exchange({ send: async () => {}, read: reader(bytes, end) });
            return { reply: { kind: 'accepted', rttMs: 1 }, attempts: 1 };
          };
          const seen = await probe?.observe({ address: '192.0.2.1', family: 4, port: PORT }, dial);
          const speech = seen?.finding?.speech ?? 'none';
          speeches.add(speech);
          if (speech === 'spoke' || !/^[ -~]{1,200}$/.test(seen?.detail ?? ''))
            throw broken('responder', bytes, new Error(`${speech}: ${seen?.detail}`));
        }),
        { numRuns: CASES },
      );
      expect(speeches).toContain('foreign');
      expect(speeches).toContain('mute');
    },
    PATIENCE_MS,
  );
});

describe('the responder', () => {
  it(
    `says nothing but to a whole challenge, and that once, in ${CASES} cases`,
    async () => {
      const nonces = new Nonces();
      const isWhole = (bytes: Buffer): boolean =>
        recorded.some(({ challenge }) => bytes.subarray(0, challenge.length).equals(challenge));
      const over = new AbortController();
      over.abort();
      let answered = 0;
      await fc.assert(
        fc.asyncProperty(
          damaged(recorded.map(({ there }) => there)),
          fc.constantFrom(...ENDS),
          async (bytes, end) => {
            let said = 0;
            const io = {
              read: reader(bytes, end),
              send: async (more: Uint8Array) => {
                said += more.length;
              },
            };
            const caller = { port: PORT, source: { address: '192.0.2.9', port: 1 }, local: '192.0.2.1' };
            await answerPort(io, caller, {
              keys,
              nonces,
              listening: () => new Uint8Array(9),
              isLimited: () => false,
              taken: () => [],
              onChallenge: () => void answered++,
              signal: over.signal,
            });
            if (said > 0 && !isWhole(bytes)) throw broken('responder', bytes, new Error(`said ${said}`));
            if (said > bytes.length)
              throw broken('responder', bytes, new Error(`${said} of ${bytes.length}`));
          },
        ),
        { numRuns: CASES },
      );
      // All three have one nonce.
      expect(answered).toBe(1);
    },
    PATIENCE_MS,
  );
});

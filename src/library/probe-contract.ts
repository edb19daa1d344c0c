import { setImmediate as nextTurn } from 'node:timers/promises';
import { readExtraProbes } from '../cli/extra-probes.ts';
import type { ExtraProbe } from '../model/probe.ts';
import { type Conversation, type ConversationEnd, ConversationError } from '../model/wire.ts';

/** How long a probe may take to end after its peer did, milliseconds. */
const SETTLES_MS = 2000;
/** Bytes that a probe may send in one conversation: it is a probe, not a load test. */
const MOST_SENT = 65_536;
/** Reads and writes of one conversation. */
const MOST_CALLS = 10_000;

/** A peer that has `bytes` to give and then ends the conversation so. */
interface Peer {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly end: ConversationEnd;
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Bytes that look random and are the same each time (a linear congruential generator, Numerical Recipes). */
const noise = (size: number, seed: number): Uint8Array => {
  let state = seed;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
};

const PEERS: readonly Peer[] = [
  { name: 'says nothing', bytes: text(''), end: 'mute' },
  { name: 'closes at once', bytes: text(''), end: 'closed' },
  { name: 'resets at once', bytes: text(''), end: 'reset' },
  { name: 'sends one byte and stalls', bytes: text('x'), end: 'too-slow' },
  {
    name: 'speaks HTTP',
    bytes: text('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
    end: 'closed',
  },
  { name: 'sends zeros without end', bytes: new Uint8Array(MOST_SENT), end: 'too-much' },
  { name: 'sends the highest lengths', bytes: new Uint8Array(MOST_SENT).fill(0xff), end: 'too-much' },
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((seed) => ({
    name: `sends noise, seed ${seed}`,
    bytes: noise(MOST_SENT, seed),
    end: 'too-much' as const,
  })),
];

const playing = ({ bytes, end }: Peer) => {
  let at = 0;
  let sent = 0;
  let calls = 0;
  const call = async (): Promise<void> => {
    if (++calls > MOST_CALLS) throw new ConversationError('too-slow', bytes.subarray(0, at));
    // As on a network, nothing is answered before the caller has left.
    await nextTurn();
  };
  const io: Conversation = {
    send: async (sending) => {
      sent += sending.length;
      await call();
      if (end === 'reset' && at === bytes.length) throw new ConversationError('reset', bytes.subarray(0, 0));
    },
    read: async (size) => {
      await call();
      if (at + size > bytes.length) throw new ConversationError(end, bytes.subarray(at));
      at += size;
      return bytes.slice(at - size, at);
    },
  };
  return { io, counts: () => ({ sent, calls }) };
};

const faultWith = async (probe: ExtraProbe, port: number, peer: Peer): Promise<string | null> => {
  const { io, counts } = playing(peer);
  let clock: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    clock = setTimeout(() => resolve('did not end'), SETTLES_MS);
  });
  const talk = async (): Promise<string | null> => {
    try {
      const answer: unknown = await probe.converse?.(io, port);
      if (typeof answer !== 'object' || answer === null) return 'gave no { service, detail }';
      for (const [key, value] of Object.entries(answer)) {
        if (key !== 'service' && key !== 'detail') return `gave an unknown field ${key}`;
        if (value !== undefined && typeof value !== 'string') return `${key} is not text`;
      }
      return null;
    } catch (error) {
      return error instanceof ConversationError ? null : `threw ${String(error)}`;
    }
  };
  try {
    const fault = await Promise.race([talk(), late]);
    if (fault !== null) return fault;
    const { sent, calls } = counts();
    if (sent > MOST_SENT) return `sent ${sent} bytes`;
    return calls > MOST_CALLS ? 'never stopped reading' : null;
  } finally {
    clearTimeout(clock);
  }
};

/**
 * The contract of a probe of one's own, for its tests: plays peers that are mute, hang up, stall, speak another protocol or flood. Resolves
 * when the probe ended each conversation in time, threw nothing but ConversationError, and gave nothing but two texts; rejects with
 * one Error that names every peer for which it did not. Throws UsageError for what is no probe.
 */
export const checkProbe = async (value: ExtraProbe): Promise<void> => {
  const [probe] = readExtraProbes([value], 'checkProbe');
  if (!probe?.converse) return;
  const played = await Promise.all(
    probe.ports.flatMap((port) =>
      PEERS.map(async (peer) => {
        const fault = await faultWith(probe, port, peer);
        return fault === null ? [] : [`port ${port}, a peer that ${peer.name}: the probe ${fault}`];
      }),
    ),
  );
  const faults = played.flat();
  if (faults.length > 0) throw new Error(faults.join('\n'));
};

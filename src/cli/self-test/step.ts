import type { Reply } from '../../model/reply.ts';
import type { Conversation, TalkLimits, Wire, WireProbe } from '../../model/wire.ts';
import { latencyWords } from '../../text/duration.ts';

/** How a step went. `absent`: this machine has not got what it needs, which is nobody's failure. */
export type StepState = 'ok' | 'failed' | 'absent' | 'seen';

/** One line of the self-test. `seen`: what came back from a host, which is neither right nor wrong. */
export interface Step {
  readonly name: string;
  readonly state: StepState;
  readonly said: string;
}

/** A step whose result is only known to be right or wrong. */
export const step = (name: string, isRight: boolean, said: string): Step => ({
  name,
  state: isRight ? 'ok' : 'failed',
  said,
});

const LIMITS: TalkLimits = { totalMs: 5000, idleMs: 2000, maxBytes: 1 << 20 };

/** Sends one probe in a run of its own; its reply. `signal` stops it. */
export const askOne = async (wire: Wire, probe: WireProbe, signal: AbortSignal): Promise<Reply> => {
  let reply: Reply | undefined;
  await wire.run([probe], {
    signal,
    perSecond: 1000,
    onReplies: (batch) => {
      reply = batch[0]?.reply;
    },
  });
  if (!reply) throw new Error('the wire gave no reply');
  return reply;
};

/** Probes a port with a conversation; the reply, and what was read. */
export const talkOnce = async (
  wire: Wire,
  probe: WireProbe,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<{ readonly reply: Reply; readonly read: Uint8Array | null }> => {
  let read: Uint8Array | null = null;
  const exchange = async (io: Conversation): Promise<void> => {
    await io.send(bytes);
    read = await io.read(bytes.length);
  };
  const reply = await askOne(wire, { ...probe, talk: { limits: LIMITS, exchange } }, signal);
  return { reply, read };
};

/** A reply in a few words, with all that only some wires see. */
export const replyWords = (reply: Reply): string => {
  switch (reply.kind) {
    case 'accepted':
    case 'refused':
      return `${reply.kind} after ${latencyWords(reply.rttMs)}${reply.ttl === undefined ? '' : `, TTL ${reply.ttl}`}`;
    case 'rejected': {
      const { cause } = reply;
      const what =
        'icmp' in cause
          ? `ICMPv${cause.icmp.version} ${cause.icmp.type}/${cause.icmp.code} from ${cause.from}`
          : cause.errno;
      return `rejected after ${latencyWords(reply.rttMs)}: ${what}`;
    }
    case 'silent':
      return `silent for ${latencyWords(reply.waitedMs)}`;
    case 'unknown':
      return `not known: ${reply.fault.text} (${reply.fault.code})`;
  }
};

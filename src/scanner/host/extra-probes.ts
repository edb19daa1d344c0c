import type { ExtraObservation } from '../../model/evidence.ts';
import type { ExtraAnswer, ExtraProbe } from '../../model/probe.ts';
import { type Conversation, ConversationError, type TalkLimits } from '../../model/wire.ts';
import { messageOf } from '../../text/error-message.ts';
import type { HostProber } from './host-prober.ts';

/** What a conversation of an extra probe may take at most, and what its peer may send. */
export const EXTRA_LIMITS: TalkLimits = { totalMs: 10_000, idleMs: 3000, maxBytes: 65_536 };
/** How long an extra probe may think after its conversation has ended, milliseconds: its code is not ours. */
const GRACE_MS = 1000;

const ENDS: Readonly<Record<ConversationError['end'], string>> = {
  closed: 'the connection was closed',
  reset: 'the connection was reset',
  mute: 'nothing was answered',
  'too-slow': 'the answer took too long',
  'too-much': 'more was sent than the probe allows',
};

/** Whatever an extra probe throws is about that probe or its peer, and ends neither the run nor the host. */
const failure = (error: unknown): ExtraAnswer => ({
  detail: error instanceof ConversationError ? ENDS[error.end] : `the probe failed: ${messageOf(error)}`,
});

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The answer of code that is not ours: two texts, whatever else it gives. */
const readAnswer = (answer: unknown): ExtraAnswer => {
  const { service, detail } = (answer ?? {}) as Record<string, unknown>;
  const [named, said] = [textOf(service), textOf(detail)];
  return { ...(named !== undefined && { service: named }), ...(said !== undefined && { detail: said }) };
};

/** Runs the probe's conversation until it answers, fails, or has had its time. */
const converse = async (
  probe: ExtraProbe,
  io: Conversation,
  port: number,
  mostMs: number,
): Promise<ExtraAnswer> => {
  let clock: NodeJS.Timeout | undefined;
  const late = new Promise<ExtraAnswer>((resolve) => {
    clock = setTimeout(() => resolve({ detail: 'the probe did not end in time' }), mostMs);
  });
  try {
    return await Promise.race([Promise.resolve(probe.converse?.(io, port)).then(readAnswer), late]);
  } catch (error) {
    return failure(error);
  } finally {
    clearTimeout(clock);
  }
};

const observe = async (
  prober: HostProber,
  probe: ExtraProbe,
  port: number,
  retries: number,
): Promise<ExtraObservation> => {
  const { reply, attempts } = await prober.probeUntilAnswered(port, prober.patiently(retries));
  const seen = { probe: probe.name, port, reply, attempts };
  if (reply.kind !== 'accepted' || !probe.converse) return seen;
  const limit = (name: keyof TalkLimits): number =>
    Math.min(EXTRA_LIMITS[name], probe.limits?.[name] ?? EXTRA_LIMITS[name]);
  const limits = { totalMs: limit('totalMs'), idleMs: limit('idleMs'), maxBytes: limit('maxBytes') };
  let answer: ExtraAnswer = { detail: 'no second connection for the conversation was accepted' };
  const talk = {
    limits,
    exchange: async (io: Conversation) => {
      answer = await converse(probe, io, port, limits.totalMs + GRACE_MS);
    },
  };
  await prober.probeUntilAnswered(port, prober.patiently(retries), talk);
  return { ...seen, ...answer };
};

/** Runs the user's own probes on one host, all ports in parallel. A probe that throws does not make it throw. */
export const probeExtras = (
  prober: HostProber,
  probes: readonly ExtraProbe[],
  retries: number,
): Promise<ExtraObservation[]> =>
  Promise.all(probes.flatMap((probe) => probe.ports.map((port) => observe(prober, probe, port, retries))));

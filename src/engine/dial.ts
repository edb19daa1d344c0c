import { isPassing } from '../model/fault.ts';
import type { Dial } from '../model/probe.ts';
import type { Reply } from '../model/reply.ts';
import type { Endpoint } from '../model/target.ts';
import type { Talk, Wire } from '../model/wire.ts';
import { pause, type Rate, type Window } from './pace.ts';
import { type SubnetRates, subnetOf } from './subnets.ts';
import type { Timing } from './timing.ts';

/** Silent attempts after which a host that never answered anything is left alone: more would only ask the same nothing. */
const ATTEMPTS_WITHOUT_ANSWER = 2;
/** How long one question may keep meeting shortages on this machine before it is given up as unknown, milliseconds. */
const SHORTAGE_PATIENCE_MS = 60_000;

/** What every question of the run shares. */
export interface Shared {
  readonly wire: Wire;
  readonly window: Window;
  readonly rate: Rate;
  readonly subnets: SubnetRates;
  readonly signal: AbortSignal;
  /** Counts a question that left this machine. */
  readonly onSent: () => void;
}

/** What the questions to one host share. */
export interface HostPace {
  readonly timing: Timing;
  readonly rate: Rate;
  readonly run: <T>(ask: () => Promise<T>) => Promise<T>;
  /** Whether anything but silence ever came back, and the note that it did. */
  readonly isAnswering: () => boolean;
  readonly onAnswer: () => void;
}

/** Tells of the accept at once, not after the conversation: others wait for the first answer. */
const noticing = (talk: Talk, onAccept: () => void): Talk => ({
  limits: talk.limits,
  hold: (io) => {
    onAccept();
    return talk.hold(io);
  },
});

/** One question. `ttl` only for a wire that can (`capabilities.ttl`). */
export interface Question {
  readonly timeoutMs: number;
  readonly talk?: Talk;
  readonly ttl?: number;
}

/** Asks one question when the limits and the rates allow it. Shortages on this machine are waited out. */
export const ask = async (
  shared: Shared,
  host: HostPace,
  endpoint: Endpoint,
  question: Question,
): Promise<Reply> => {
  const started = performance.now();
  for (;;) {
    const reply = await host.run(async () => {
      await host.rate.take(shared.signal);
      await shared.subnets.of(subnetOf(endpoint.address, endpoint.family)).take(shared.signal);
      return shared.window.run(async () => {
        await shared.rate.take(shared.signal);
        if (!shared.signal.aborted) shared.onSent();
        const sentAt = performance.now();
        const onAccept = (): void => {
          host.timing.observe(performance.now() - sentAt);
          host.onAnswer();
        };
        return shared.wire.connect(endpoint, {
          ...question,
          signal: shared.signal,
          ...(question.talk ? { talk: noticing(question.talk, onAccept) } : {}),
        });
      });
    });
    if (reply.kind !== 'unknown') {
      shared.window.grow();
      return reply;
    }
    if (!isPassing(reply.fault) || performance.now() - started > SHORTAGE_PATIENCE_MS) return reply;
    // A self-connect is bad luck with one source port, not a shortage.
    if (reply.fault.kind !== 'self-connect') shared.window.shrink(reply.fault.code);
    await pause(50 + Math.random() * 100, shared.signal);
  }
};

/**
 * The dial of one host: paced, waiting as long as the measured round trips ask for, and asking silence again, later and
 * jittered, up to `retries` times. Any other reply is final. Each wait lasts `leastWaitMs` at least.
 */
export const dialer =
  (shared: Shared, host: HostPace, retries: number, leastWaitMs = 0): Dial =>
  async (endpoint, talk) => {
    let waitedMs = 0;
    for (let attempt = 0; ; attempt++) {
      const reply = await ask(shared, host, endpoint, {
        timeoutMs: Math.max(host.timing.waitMs(attempt), leastWaitMs),
        ...(talk ? { talk } : {}),
      });
      const attempts = attempt + 1;
      if (reply.kind !== 'silent') {
        // The accept of a conversation was measured when it came.
        if (reply.kind !== 'unknown' && !(reply.kind === 'accepted' && talk))
          host.timing.observe(reply.rttMs);
        if (reply.kind !== 'unknown') host.onAnswer();
        return { reply, attempts };
      }
      waitedMs += reply.waitedMs;
      const hopeless = !host.isAnswering() && attempts >= ATTEMPTS_WITHOUT_ANSWER;
      if (attempt >= retries || hopeless || shared.signal.aborted) {
        return { reply: { kind: 'silent', waitedMs, attempts }, attempts };
      }
      await pause(Math.random() * host.timing.waitMs(0) * 0.5, shared.signal);
    }
  };

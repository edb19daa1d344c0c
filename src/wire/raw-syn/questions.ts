import type { Reply } from '../../model/reply.ts';
import type { Endpoint } from '../../model/target.ts';
import type { ConnectOptions } from '../../model/wire.ts';
import type { Layout } from '../linux/layout.ts';
import type { Libc } from '../linux/libc.ts';
import { localFault } from '../linux/local-fault.ts';
import { ABORTED } from '../replies.ts';
import { Alarm } from './alarm.ts';
import { Channel } from './channel.ts';
import { type Destination, isSameAddress } from './destination.ts';
import { ENOBUFS } from './layout.ts';
import { LOST, replyOf } from './meaning.ts';
import { Routes } from './routes.ts';
import { Sequences } from './sequence.ts';
import { Errno } from './sockets.ts';
import type { Syn } from './syn.ts';

/** Linux asks again after one second, then after two more, and so on (RFC 6298, TCP_TIMEOUT_INIT). */
const FIRST_REPEAT_MS = 1000;
/** As Linux sends it. */
const USUAL_TTL = 64;
/** A packet that has not left after so long found no room; before, the event loop may only have been late. Milliseconds. */
const UNSENT_MS = 1000;
/** When the kernel has no room for a SYN, milliseconds until it is asked again. */
const NO_ROOM_MS = 1;
/** Batches read from each socket in one turn of the event loop: with what waits for the answers, some 15 us each. */
const MOST_BATCHES = 2;
/** SYNs sent in one turn: at some 5 us each. */
const MOST_SENT = 256;

interface Question {
  readonly endpoint: Endpoint;
  readonly syn: Syn;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly resolve: (reply: Reply) => void;
  /** When it was asked; once it has left, when it first did. */
  startedAt: number;
  isSent: boolean;
  /** When it is sent again, milliseconds after it left first. */
  repeatMs: number;
  timer: NodeJS.Timeout | undefined;
}

interface Listening {
  readonly questions: Set<Question>;
  readonly stop: () => void;
}

/**
 * Questions of one SYN each, any number at a time, by sockets that all of them share. They are opened with the first
 * question and stay until `close`; while nothing is asked they keep no process alive.
 */
export class Questions {
  readonly #libc: Libc;
  readonly #layout: Layout;
  readonly #routes: Routes;
  readonly #sequences = new Sequences();
  readonly #pending = new Map<number, Question>();
  readonly #listening = new Map<AbortSignal, Listening>();
  readonly #unsent: Question[] = [];
  readonly #expired: Question[] = [];
  #channel: Channel<Question> | null = null;
  #alarm: Alarm | null = null;
  #salt = 0;
  #lost = 0;
  #lostAt = Number.NEGATIVE_INFINITY;
  #isScheduled = false;
  #isClosing = false;

  constructor(libc: Libc, layout: Layout) {
    this.#libc = libc;
    this.#layout = layout;
    this.#routes = new Routes(libc);
  }

  ask(endpoint: Endpoint, { signal, timeoutMs, ttl = USUAL_TTL }: ConnectOptions): Promise<Reply> {
    if (signal.aborted) return Promise.resolve(ABORTED);
    const now = performance.now();
    const to = this.#routes.find(endpoint, now);
    if ('kind' in to) return Promise.resolve({ kind: 'unknown', fault: to });
    let channel: Channel<Question>;
    try {
      channel = this.#open(endpoint);
    } catch (error) {
      if (error instanceof Errno) {
        return Promise.resolve({ kind: 'unknown', fault: localFault(error.errno, endpoint) });
      }
      throw error;
    }
    this.#alarm?.on();
    const syn = this.#syn(channel, to, endpoint.port, ttl);
    return new Promise((resolve) => {
      const question: Question = {
        endpoint,
        syn,
        timeoutMs,
        signal,
        resolve,
        startedAt: now,
        isSent: false,
        repeatMs: FIRST_REPEAT_MS,
        timer: undefined,
      };
      question.timer = setTimeout(this.#onTimer, Math.min(FIRST_REPEAT_MS, timeoutMs), question);
      this.#pending.set(syn.sequence, question);
      this.#listen(question);
      this.#unsent.push(question);
      this.#schedule();
    });
  }

  /** Releases sockets and ports, at once or when the last question has been answered. */
  close(): void {
    this.#isClosing = true;
    if (this.#pending.size > 0) return;
    this.#alarm?.close();
    this.#alarm = null;
    this.#channel?.close();
    this.#channel = null;
    this.#lost = 0;
    this.#routes.close();
  }

  #open({ family }: Endpoint): Channel<Question> {
    this.#isClosing = false;
    this.#channel ??= new Channel(this.#libc, {
      onSending: (question, now) => {
        // The time of silence starts when the packet leaves; a repetition changes nothing about it.
        if (question.isSent) return;
        question.isSent = true;
        question.startedAt = now;
      },
      onRefused: (question, errno) =>
        this.#finish(question, { kind: 'unknown', fault: localFault(errno, question.endpoint) }),
    });
    this.#alarm ??= new Alarm(this.#libc, this.#layout, this.#schedule);
    this.#alarm.add(this.#channel.open(family));
    return this.#channel;
  }

  /** From one local port after the other, with a sequence number that no other question has. */
  #syn({ ports }: Channel<Question>, to: Destination, port: number, ttl: number): Syn {
    for (;;) {
      this.#salt = (this.#salt + 1) | 0;
      const localPort = ports.first + ((this.#salt >>> 0) % (ports.last - ports.first + 1));
      const sequence = this.#sequences.of(to.to, port, localPort, this.#salt);
      if (!this.#pending.has(sequence)) return { to, port, localPort, sequence, ttl };
    }
  }

  /** koffi calls this outside of Node's bookkeeping: promises settled here would not be run, those of an immediate are. */
  readonly #schedule = (): void => {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#turn);
  };

  /** What one turn of the event loop does: answers, then silences, then what is to be sent. */
  readonly #turn = (): void => {
    this.#isScheduled = false;
    const channel = this.#channel;
    if (!channel) return;
    let isDrained = false;
    for (let i = 0; i < MOST_BATCHES && !isDrained; i++) isDrained = channel.drain(this.#onSeen);
    // A late event loop may not have read it yet: what has come by now counts.
    if (isDrained && this.#expired.length > 0) {
      this.#notice(channel.lost());
      for (const question of this.#expired.splice(0)) this.#expire(question);
    }
    let hasRoom = channel.flush();
    let taken = 0;
    for (; hasRoom && taken < Math.min(MOST_SENT, this.#unsent.length); taken++) {
      const question = this.#unsent[taken];
      if (question && this.#isAsked(question)) hasRoom = channel.send(question.syn, question);
    }
    this.#unsent.splice(0, taken);
    hasRoom &&= channel.flush();
    if (!isDrained || (this.#unsent.length > 0 && hasRoom)) this.#schedule();
    else if (!hasRoom) setTimeout(this.#schedule, NO_ROOM_MS);
  };

  #isAsked(question: Question): boolean {
    return this.#pending.get(question.syn.sequence) === question;
  }

  readonly #onSeen = (): void => {
    const seen = this.#channel?.seen;
    const question = seen && this.#pending.get(seen.sequence);
    if (!question) return;
    const { to, port, localPort } = question.syn;
    if (seen.port !== port || seen.localPort !== localPort || !isSameAddress(seen.address, to.to)) return;
    this.#finish(question, replyOf(seen, to, performance.now() - question.startedAt));
  };

  readonly #onTimer = (question: Question): void => {
    this.#expired.push(question);
    this.#schedule();
  };

  /** Whether answers were lost here since the last look: then no silence from before says anything. */
  #notice(lost: number): void {
    if (lost !== this.#lost) this.#lostAt = performance.now();
    this.#lost = lost;
  }

  /** What it means that the timer of a question ran out. */
  #expire(question: Question): void {
    if (!this.#isAsked(question)) return;
    const { timeoutMs, startedAt, isSent } = question;
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs >= timeoutMs) {
      if (!isSent && elapsedMs < timeoutMs + UNSENT_MS) {
        question.timer = setTimeout(this.#onTimer, Math.min(FIRST_REPEAT_MS, timeoutMs), question);
      } else if (!isSent)
        this.#finish(question, { kind: 'unknown', fault: localFault(ENOBUFS, question.endpoint) });
      else if (startedAt <= this.#lostAt) this.#finish(question, LOST);
      else this.#finish(question, { kind: 'silent', waitedMs: Math.round(elapsedMs), attempts: 1 });
      return;
    }
    if (isSent && elapsedMs >= question.repeatMs) {
      question.repeatMs = 2 * question.repeatMs + FIRST_REPEAT_MS;
      this.#unsent.push(question);
    }
    const waitMs = Math.min(question.repeatMs, timeoutMs) - elapsedMs;
    question.timer = setTimeout(this.#onTimer, Math.max(1, Math.ceil(waitMs)), question);
  }

  #listen(question: Question): void {
    const { signal } = question;
    const known = this.#listening.get(signal);
    if (known) {
      known.questions.add(question);
      return;
    }
    // One listener for all questions of a run: adding and removing thousands of them is quadratic in Node.
    const questions = new Set([question]);
    const stop = (): void => {
      for (const one of [...questions]) this.#finish(one, ABORTED);
    };
    this.#listening.set(signal, { questions, stop });
    signal.addEventListener('abort', stop, { once: true });
  }

  #finish(question: Question, reply: Reply): void {
    if (!this.#isAsked(question)) return;
    this.#pending.delete(question.syn.sequence);
    clearTimeout(question.timer);
    const listening = this.#listening.get(question.signal);
    listening?.questions.delete(question);
    if (listening?.questions.size === 0) {
      question.signal.removeEventListener('abort', listening.stop);
      this.#listening.delete(question.signal);
    }
    question.resolve(reply);
    if (this.#pending.size > 0) return;
    this.#alarm?.off();
    if (this.#isClosing) this.close();
  }
}

import type { Reply } from '../../model/reply.ts';
import type { Family } from '../../model/target.ts';
import type { WireEnd, WireProbe } from '../../model/wire.ts';
import type { LocalPorts } from './bpf-filter.ts';

// Messages between the scanning thread and the one that started it. A hundred thousand probes and replies a second
// pass, so they go as numbers in one array for many.

/** Numbers of a probe: its id, number of its address, family, port, local port or 0, timeout, attempt, TTL or 0. */
const PROBE_NUMBERS = 8;
/** Numbers of a reply: the id of its probe, its kind, round trip or wait in milliseconds, TTL or -1. */
const REPLY_NUMBERS = 4;

/** What the main thread posts to the thread that sends. */
export type ThreadRequest =
  /** A run begins: how fast, and the local ports to send from. */
  | { readonly kind: 'begin'; readonly perSecond: number; readonly ports: LocalPorts }
  | ({ readonly kind: 'ask' } & PackedProbes)
  | { readonly kind: 'pace'; readonly perSecond: number }
  /** No more probes come. */
  | { readonly kind: 'end' }
  | { readonly kind: 'stop' };

/** A reply that is more than numbers: id of the probe, the reply. */
type Other = readonly [number, Reply];

/** What the thread that sends posts back. */
export type ThreadEvent =
  /** Replies, and how many probes were taken in all. */
  | ({ readonly kind: 'replies'; readonly taken: number } & PackedReplies)
  /** The last message about a run. */
  | { readonly kind: 'end'; readonly end: WireEnd }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };

/** Probes in their order. */
export interface PackedProbes {
  readonly addresses: readonly string[];
  readonly numbers: Float64Array;
}

/** Replies as numbers, and those that are more than numbers. */
export interface PackedReplies {
  readonly numbers: Float64Array;
  readonly others: readonly Other[];
}

/** A probe as the thread knows it. */
export interface NumberedProbe extends WireProbe {
  readonly id: number;
}

/** Gathers probes for one message. */
export class ProbePacker {
  #addresses: string[] = [];
  #numbers: number[] = [];

  get isEmpty(): boolean {
    return this.#numbers.length === 0;
  }

  add(id: number, { address, family, port, timeoutMs, attempt, ttl, flow }: WireProbe): void {
    const addresses = this.#addresses;
    // Mostly the one before.
    if (addresses.at(-1) !== address) addresses.push(address);
    this.#numbers.push(id, addresses.length - 1, family, port);
    this.#numbers.push(flow?.sourcePort ?? 0, timeoutMs, attempt ?? 0, ttl ?? 0);
  }

  /** What was gathered since the last time. */
  take(): PackedProbes {
    const packed = { addresses: this.#addresses, numbers: Float64Array.from(this.#numbers) };
    this.#addresses = [];
    this.#numbers = [];
    return packed;
  }
}

/** Reads probes again. */
export function* unpackProbes({ addresses, numbers }: PackedProbes): Generator<NumberedProbe> {
  for (let at = 0; at < numbers.length; at += PROBE_NUMBERS) {
    const localPort = numbers[at + 4] ?? 0;
    const ttl = numbers[at + 7] ?? 0;
    const probe: NumberedProbe = {
      id: numbers[at] ?? -1,
      address: addresses[numbers[at + 1] ?? -1] ?? '',
      family: (numbers[at + 2] ?? 4) as Family,
      port: numbers[at + 3] ?? 0,
      timeoutMs: numbers[at + 5] ?? 0,
      attempt: numbers[at + 6] ?? 0,
    };
    // Most have neither, and a hundred thousand a second are not to be copied.
    yield localPort === 0 && ttl === 0
      ? probe
      : {
          ...probe,
          ...(localPort > 0 ? { flow: { sourcePort: localPort } } : {}),
          ...(ttl > 0 ? { ttl } : {}),
        };
  }
}

const KINDS = ['accepted', 'refused by target', 'refused', 'silent'] as const;

const kindOf = (reply: Reply): (typeof KINDS)[number] | null => {
  switch (reply.kind) {
    case 'accepted':
    case 'silent':
      return reply.kind;
    case 'refused':
      if (reply.by === 'middlebox') return null;
      return reply.by === 'target' ? 'refused by target' : 'refused';
    default:
      return null;
  }
};

/** Packs replies, each with the id of its probe; what does not fit into numbers goes into `others`. */
export const packReplies = (replies: readonly Other[]): PackedReplies => {
  const numbers = new Float64Array(replies.length * REPLY_NUMBERS);
  const others: Other[] = [];
  let at = 0;
  for (const other of replies) {
    const [id, reply] = other;
    const kind = kindOf(reply);
    if (kind === null) {
      others.push(other);
      continue;
    }
    numbers[at] = id;
    numbers[at + 1] = KINDS.indexOf(kind);
    numbers[at + 2] = reply.kind === 'silent' ? reply.waitedMs : 'rttMs' in reply ? reply.rttMs : 0;
    numbers[at + 3] = 'ttl' in reply && reply.ttl !== undefined ? reply.ttl : -1;
    at += REPLY_NUMBERS;
  }
  return { numbers: numbers.slice(0, at), others };
};

const replyAt = (numbers: Float64Array, at: number): Reply => {
  const ms = numbers[at + 2] ?? 0;
  const ttl = numbers[at + 3] ?? -1;
  const seen = ttl < 0 ? {} : { ttl };
  switch (KINDS[numbers[at + 1] ?? -1]) {
    case 'accepted':
      return { kind: 'accepted', rttMs: ms, ...seen };
    case 'refused by target':
      return { kind: 'refused', rttMs: ms, by: 'target', ...seen };
    case 'refused':
      return { kind: 'refused', rttMs: ms, by: 'unknown', ...seen };
    case 'silent':
      return { kind: 'silent', waitedMs: ms, attempts: 1 };
    default:
      throw new Error(`no such kind of reply: ${numbers[at + 1]}`);
  }
};

/** Gives each packed reply to `take`. */
export const unpackReplies = (
  { numbers, others }: PackedReplies,
  take: (id: number, reply: Reply) => void,
): void => {
  for (let at = 0; at < numbers.length; at += REPLY_NUMBERS) take(numbers[at] ?? -1, replyAt(numbers, at));
  for (const [id, reply] of others) take(id, reply);
};

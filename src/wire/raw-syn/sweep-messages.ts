import type { Reply } from '../../model/reply.ts';
import type { Patience, SweepEnd } from '../../model/wire.ts';

// What the thread that sweeps and the one that asks for it say to each other. Thousands of probes and replies a second pass,
// so they go as numbers in one array for many.

/** Numbers of a probe: its id, the family of its address, its port, the line of its patience. */
export const PROBE_NUMBERS = 4;
/** Numbers of a reply: the id of its probe, its kind, round trip or wait in milliseconds, TTL or -1, attempts. */
const REPLY_NUMBERS = 5;

export type Order =
  /** Before all others. */
  | { readonly kind: 'begin'; readonly beginning: Beginning }
  /** Probes to ask, in their order; one that is under way has '' for an address and gets another patience. */
  | { readonly kind: 'ask'; readonly addresses: readonly string[]; readonly numbers: Float64Array }
  /** What a line of probes has for patience from now on; before its first probe. */
  | { readonly kind: 'patience'; readonly line: number; readonly patience: Patience }
  | { readonly kind: 'pace'; readonly perSecond: number }
  /** No more probes come. */
  | { readonly kind: 'end' }
  | { readonly kind: 'stop' };

/** A reply that is more than numbers: id of the probe, the reply, attempts. */
export type Other = readonly [number, Reply, number];

export type Word =
  /** Replies, and how many probes were taken in all. */
  | {
      readonly kind: 'told';
      readonly numbers: Float64Array;
      readonly others: readonly Other[];
      readonly taken: number;
    }
  | { readonly kind: 'ended'; readonly end: SweepEnd }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };

/** What a sweep begins with. */
export interface Beginning extends Patience {
  readonly perSecond: number;
}

const KINDS = ['accepted', 'refused by target', 'refused', 'silent'] as const;

const kindOf = (reply: Reply): (typeof KINDS)[number] | null => {
  switch (reply.kind) {
    case 'accepted':
    case 'silent':
      return reply.kind;
    case 'refused':
      if (reply.by === 'middlebox' || reply.from !== undefined) return null;
      return reply.by === 'target' ? 'refused by target' : 'refused';
    default:
      return null;
  }
};

/** Packs replies; what does not fit into numbers goes into `others`. */
export const pack = (replies: readonly Other[]): Pick<Word & { kind: 'told' }, 'numbers' | 'others'> => {
  const numbers = new Float64Array(replies.length * REPLY_NUMBERS);
  const others: Other[] = [];
  let at = 0;
  for (const other of replies) {
    const [id, reply, attempts] = other;
    const kind = kindOf(reply);
    if (kind === null) {
      others.push(other);
      continue;
    }
    numbers[at] = id;
    numbers[at + 1] = KINDS.indexOf(kind);
    numbers[at + 2] = reply.kind === 'silent' ? reply.waitedMs : 'rttMs' in reply ? reply.rttMs : 0;
    numbers[at + 3] = 'ttl' in reply && reply.ttl !== undefined ? reply.ttl : -1;
    numbers[at + 4] = attempts;
    at += REPLY_NUMBERS;
  }
  return { numbers: numbers.subarray(0, at), others };
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
      return { kind: 'silent', waitedMs: ms, attempts: numbers[at + 4] ?? 0 };
    default:
      throw new Error(`no such kind of reply: ${numbers[at + 1]}`);
  }
};

/** Gives each packed reply to `take`. */
export const unpack = (
  { numbers, others }: { readonly numbers: Float64Array; readonly others: readonly Other[] },
  take: (id: number, reply: Reply, attempts: number) => void,
): void => {
  for (let at = 0; at < numbers.length; at += REPLY_NUMBERS) {
    take(numbers[at] ?? -1, replyAt(numbers, at), numbers[at + 4] ?? 0);
  }
  for (const [id, reply, attempts] of others) take(id, reply, attempts);
};

import type { Hop, MappedRange, Speech, Trace } from '../../src/model/evidence.ts';
import type { IcmpError, Reply } from '../../src/model/reply.ts';
import type { Echo, Resolution } from '../../src/model/wire.ts';

const SPEECHES = ['spoke', 'refused', 'foreign', 'mute', 'hung-up'] as const;
const FAULTS = ['descriptors', 'local-ports', 'no-route', 'blocked-locally', 'aborted'] as const;

/** `13`: a code of type 3, or of type 1 for IPv6; `11/0`: type and code. */
const icmpOf = (code: string, from: string): IcmpError => {
  const version = from.includes(':') ? 6 : 4;
  const [type, plain] = code.includes('/') ? code.split('/') : [version === 4 ? 3 : 1, code];
  return { version, type: Number(type), code: Number(plain) };
};

/**
 * An answer: `accepted [speech]`, `refused [target|middlebox [address]]`, `rejected CODE from ADDRESS`, `rejected ERRNO`,
 * `silent [attempts]`, `fault KIND`. `xN` behind it: it came to the Nth question.
 */
export const replyOf = (text: string): Reply => {
  const [kind, a, b, c] = text.split(' ');
  switch (kind) {
    case 'accepted':
      return { kind: 'accepted', rttMs: 1 };
    case 'refused':
      return {
        kind: 'refused',
        rttMs: 1,
        by: a === 'target' || a === 'middlebox' ? a : 'unknown',
        ...(a === 'middlebox' && b ? { from: b } : {}),
      };
    case 'rejected':
      return b === 'from' && c
        ? { kind: 'rejected', rttMs: 1, cause: { icmp: icmpOf(a ?? '', c), from: c } }
        : { kind: 'rejected', rttMs: 1, cause: { errno: a ?? '' } };
    case 'silent':
      return { kind: 'silent', waitedMs: 1000, attempts: Number(a ?? 3) };
    case 'fault': {
      const kindOfFault = FAULTS.find((one) => one === a) ?? 'other';
      return { kind: 'unknown', fault: { kind: kindOfFault, code: 'EXX', text: `made-up ${a}` } };
    }
    default:
      throw new Error(`no such answer: ${text}`);
  }
};

/** How many questions an answer took. */
export const attemptsOf = (text: string): number => {
  const reply = replyOf(text);
  return reply.kind === 'silent' ? reply.attempts : Number(/ x(\d+)$/.exec(text)?.[1] ?? 1);
};

/** What was said on an accepted port; undefined when no conversation was held. */
export const speechOf = (text: string): Speech | undefined =>
  SPEECHES.find((speech) => text.startsWith(`accepted ${speech}`));

/**
 * `PORT: hop hop * > end` with end `target` or `reset`. Without an end it fell silent, which was confirmed in turn with the
 * witness; `doubted`: the hop kept silent to both; `unasked`: nobody asked again.
 */
export const traceOf = (text: string): Trace => {
  const [, port = '', way = '', , end, , doubt] =
    /^(\d+): ([^>]*?)( > (target|reset))?( (doubted|unasked))?$/.exec(text) ?? [];
  if (port === '') throw new Error(`no such trace: ${text}`);
  const hops = way
    .split(' ')
    .filter(Boolean)
    .map(
      (address, i): Hop => ({
        ttl: i + 1,
        address: address === '*' ? null : address,
        rttMs: address === '*' ? null : 1,
      }),
    );
  const ends: Readonly<Record<string, Reply>> = {
    target: { kind: 'accepted', rttMs: 1 },
    reset: { kind: 'refused', rttMs: 1, by: 'unknown' },
  };
  return {
    port: Number(port),
    hops,
    end: ends[end ?? ''] ?? { kind: 'silent', waitedMs: 100, attempts: 2 },
    endTtl: end ? hops.length + 1 : null,
    ...(end || doubt === 'unasked' ? {} : { confirmed: doubt !== 'doubted' }),
  };
};

/** `reply`, `no-reply`, `unreachable ADDRESS`, or nothing. */
export const echoOf = (text: string | undefined): Echo => {
  const [kind, from = ''] = (text ?? 'not-observed').split(' ');
  if (kind === 'reply') return { kind: 'reply', rttMs: 1 };
  if (kind === 'no-reply') return { kind: 'no-reply', waitedMs: 1000 };
  return kind === 'unreachable' ? { kind: 'unreachable', from } : { kind: 'not-observed', why: 'scenario' };
};

/** `50000-57000 filtered`, exact; `about 50000-57000 unknown`, not. */
export const mappedOf = (text: string): MappedRange => {
  const [, about, from = '', to, state] = /^(about )?(\d+)(?:-(\d+))? (\w+)$/.exec(text) ?? [];
  return {
    from: Number(from),
    to: Number(to ?? from),
    state: state as MappedRange['state'],
    exact: about === undefined,
  };
};

/** What the name service said: a code of getaddrinfo, `FORBIDDEN`, or `ABORT`; null where there was an address. */
export const resolutionOf = (code: string | undefined): Resolution | null => {
  if (code === undefined) return null;
  if (code === 'ENOTFOUND' || code === 'ENODATA') return { kind: 'not-found', code };
  return {
    kind: 'failed',
    fault: { kind: code === 'ABORT' ? 'aborted' : 'other', code, text: `made-up ${code}` },
  };
};

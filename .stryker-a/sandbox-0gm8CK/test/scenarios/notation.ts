import type { Control, Flows, Hop, MappedRange, Multipath, Speech, Trace } from '../../src/model/evidence.ts';
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
 * An answer: `accepted [speech]`, `refused [target|middlebox [address]|own|alien [address]]` (`own` and `alien` by the TTL of the
 * reset), `rejected CODE from ADDRESS`, `rejected ERRNO`, `silent [attempts]`, `fault KIND`. Behind it `xN`: it came to the Nth
 * probe, `lost N`: so many of them got lost, `flows ANSWERED/ASKED [over ADDRESS] [beside N]` (single packets, of which a control answered N).
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
        ...((a === 'middlebox' || a === 'alien') && b?.includes('.') ? { from: b } : {}),
        ...(a === 'own' || a === 'alien' ? { ttlMatch: a === 'own' } : {}),
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

/** How many probes an answer took. */
export const attemptsOf = (text: string): number => {
  const reply = replyOf(text);
  return reply.kind === 'silent' ? reply.attempts : Number(/ x(\d+)/.exec(text)?.[1] ?? 1);
};

/** How many of them got lost. */
export const lostOf = (text: string): number => Number(/ lost (\d+)/.exec(text)?.[1] ?? 0);

/** Over how many flows a port was asked and answered; undefined for one. */
export const flowsOf = (text: string): Flows | undefined => {
  const [, answered, asked, , over, , control] =
    / flows (\d+)\/(\d+)( over (\S+))?( beside (\d+))?/.exec(text) ?? [];
  if (!asked) return undefined;
  return {
    asked: Number(asked),
    answered: Number(answered),
    ...(over ? { over } : {}),
    ...(control ? { control: Number(control) } : {}),
  };
};

/** `9 of 9`, `neighbour 3 of 9`, `0 of 3 stopped 24`; null for `none`. */
export const controlOf = (text: string): Control | null => {
  const [, neighbour, answered, asked, , after] =
    /^(neighbour )?(\d+) of (\d+)( stopped (\d+))?$/.exec(text) ?? [];
  if (asked === undefined) return null;
  return {
    of: neighbour ? 'neighbour' : 'own',
    asked: Number(asked),
    answered: Number(answered),
    stoppedAfter: after === undefined ? null : Number(after),
  };
};

/** `TTL: router router` */
export const multipathOf = (text: string): Multipath => {
  const [ttl = '', routers = ''] = text.split(': ');
  return { ttl: Number(ttl), addresses: routers.split(' ') };
};

/** What was said on an accepted port; undefined when no conversation was held. */
export const speechOf = (text: string): Speech | undefined =>
  SPEECHES.find((speech) => text.startsWith(`accepted ${speech}`));

/** Flows over which a hop is compared, for both ports. */
const FLOWS = 8;

/**
 * `PORT: hop hop * > end` with end `target` or `reset`. Without an end it fell silent, and the first missing hop, or the one
 * `at TTL`, answered to none of 8 flows of this port and to all of the control; `doubted`: to one of the control; `unasked`:
 * nobody compared.
 */
export const traceOf = (text: string): Trace => {
  const [, port = '', way = '', , end, , doubt, , at] =
    /^(\d+): ([^>]*?)( > (target|reset))?( (doubted|unasked))?( at (\d+))?$/.exec(text) ?? [];
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
  const passed = hops.findLast(({ address }) => address !== null)?.ttl ?? 0;
  const comparison = {
    ttl: at ? Number(at) : passed + 1,
    flows: FLOWS,
    passed: 0,
    control: doubt === 'doubted' ? 1 : FLOWS,
  };
  return {
    port: Number(port),
    hops,
    end: ends[end ?? ''] ?? { kind: 'silent', waitedMs: 100, attempts: 2 },
    endTtl: end ? hops.length + 1 : null,
    ...(end || doubt === 'unasked' ? {} : { comparison }),
  };
};

/** `reply`, `no-reply`, `unreachable ADDRESS`, or why it could not be sent: nothing is `no-reply`. */
export const echoOf = (text: string | undefined): Echo => {
  const [kind, from = ''] = (text ?? 'no-reply').split(' ');
  if (kind === 'reply') return { kind: 'reply', rttMs: 1 };
  if (kind === 'no-reply') return { kind: 'no-reply', waitedMs: 1000 };
  return kind === 'unreachable' ? { kind: 'unreachable', from } : { kind: 'not-observed', why: text ?? '' };
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

import type { LocalFault } from './fault.ts';

/** An ICMP error as it came: RFC 792 for version 4, RFC 4443 for version 6. */
export interface IcmpError {
  readonly version: 4 | 6;
  readonly type: number;
  readonly code: number;
}

/**
 * Why a connect was rejected: the ICMP error and who sent it where the wire can read it, otherwise only the errno
 * it became. `from` is the sender's address.
 */
export type Rejection = { readonly icmp: IcmpError; readonly from: string } | { readonly errno: string };

/**
 * What the wire saw of one probe, and nothing about what that means. Closed union: a wire gives one of these five.
 * `rttMs` milliseconds from the SYN to the answer, `ttl` of the answering packet where it can be seen.
 */
export type Reply =
  | { readonly kind: 'accepted'; readonly rttMs: number; readonly ttl?: number }
  | {
      readonly kind: 'refused';
      readonly rttMs: number;
      readonly by: 'target' | 'middlebox' | 'unknown';
      readonly ttl?: number;
      /**
       * Whether the reset arrived with the TTL with which the target's own accepts arrive: true speaks for the target (a device
       * as far away would look the same), false proves another sender. Absent where the two were not compared.
       */
      readonly ttlMatch?: boolean;
      /** Who sent the reset, where it is known not to be the target: the hop a trace saw it at. */
      readonly from?: string;
    }
  | { readonly kind: 'rejected'; readonly rttMs: number; readonly cause: Rejection }
  | { readonly kind: 'silent'; readonly waitedMs: number; readonly attempts: number }
  | { readonly kind: 'unknown'; readonly fault: LocalFault };

/** nmap's port states, with `unknown` for what our own faults hid. */
export type PortState = 'open' | 'closed' | 'filtered' | 'unknown';

/** nmap's reasons (portreasons.cc), and three of ours: `middlebox-reset`, `time-exceeded` kept, `local-fault`. */
export type PortReason =
  | 'syn-ack'
  | 'conn-refused'
  | 'reset'
  | 'no-response'
  | 'admin-prohibited'
  | 'net-prohibited'
  | 'host-prohibited'
  | 'port-unreach'
  | 'host-unreach'
  | 'net-unreach'
  | 'proto-unreach'
  | 'time-exceeded'
  | 'middlebox-reset'
  | 'local-fault';

const ICMP4: Readonly<Record<number, PortReason>> = {
  0: 'net-unreach',
  1: 'host-unreach',
  2: 'proto-unreach',
  3: 'port-unreach',
  5: 'net-unreach',
  6: 'net-unreach',
  7: 'host-unreach',
  8: 'host-unreach',
  9: 'net-prohibited',
  10: 'host-prohibited',
  11: 'net-unreach',
  12: 'host-unreach',
  13: 'admin-prohibited',
  14: 'host-unreach',
  15: 'admin-prohibited',
};

const ICMP6: Readonly<Record<number, PortReason>> = {
  0: 'net-unreach',
  1: 'admin-prohibited',
  2: 'host-unreach',
  3: 'host-unreach',
  4: 'port-unreach',
  5: 'admin-prohibited',
  6: 'admin-prohibited',
};

/** The errno that a rejection becomes, as nmap's scan_engine_connect.cc reads it. */
const ERRNO: Readonly<Record<string, PortReason>> = {
  EACCES: 'admin-prohibited',
  EHOSTUNREACH: 'host-unreach',
  EHOSTDOWN: 'host-unreach',
  ENETUNREACH: 'net-unreach',
  ENONET: 'host-unreach',
  ENOPROTOOPT: 'proto-unreach',
  EPROTO: 'host-unreach',
  EOPNOTSUPP: 'net-unreach',
  ECONNRESET: 'port-unreach',
};

const isTimeExceeded = ({ version, type }: IcmpError): boolean => type === (version === 4 ? 11 : 3);

const rejectionReason = (cause: Rejection): PortReason => {
  if ('errno' in cause) return ERRNO[cause.errno] ?? 'host-unreach';
  if (isTimeExceeded(cause.icmp)) return 'time-exceeded';
  return (cause.icmp.version === 4 ? ICMP4 : ICMP6)[cause.icmp.code] ?? 'host-unreach';
};

/**
 * Whether a reset is not the target's: the TTL it arrived with says so where it was compared, otherwise a reset that came back
 * from fewer hops than the target's distance counts as a middlebox's.
 */
export const isForeignReset = (reply: Reply): boolean =>
  reply.kind === 'refused' && (reply.ttlMatch === undefined ? reply.by === 'middlebox' : !reply.ttlMatch);

/**
 * nmap's words for a reply: `reset` where the packet itself was seen, `conn-refused` where only the error of connect() was. A refusal
 * by a middlebox is filtering; by the target, or by an unknown sender, `closed`.
 */
export const portState = (reply: Reply): { state: PortState; reason: PortReason } => {
  switch (reply.kind) {
    case 'accepted':
      return { state: 'open', reason: 'syn-ack' };
    case 'refused':
      return isForeignReset(reply)
        ? { state: 'filtered', reason: 'middlebox-reset' }
        : { state: 'closed', reason: reply.ttl === undefined ? 'conn-refused' : 'reset' };
    case 'rejected':
      return { state: 'filtered', reason: rejectionReason(reply.cause) };
    case 'silent':
      return { state: 'filtered', reason: 'no-response' };
    case 'unknown':
      return { state: 'unknown', reason: 'local-fault' };
  }
};

/** Whether a packet crossed every filter and came back, as far as one reply shows: an accept, or a refusal that no middlebox sent. */
export const isReachable = (reply: Reply): boolean =>
  reply.kind === 'accepted' || (reply.kind === 'refused' && !isForeignReset(reply));

/** ICMP errors of a router that knows no way to the host at the moment (RFC 1122 section 4.2.3.9, RFC 5461). */
const SOFT: ReadonlySet<PortReason> = new Set(['host-unreach', 'net-unreach', 'time-exceeded']);

/** Whether a rejection may pass: a route that flaps, a router that has not found its neighbour yet. */
export const isSoftError = (reply: Reply): boolean =>
  reply.kind === 'rejected' && SOFT.has(portState(reply).reason);

/** Whether an ICMP error means that the port is prohibited or not served; a router without a route sends another. */
export const isProhibition = (reply: Reply): boolean => reply.kind === 'rejected' && !isSoftError(reply);

/** nmap's `filtered`: silence, an ICMP error, or a reset that is not the target's. What filters, if anything, is the verdict's matter. */
export const looksFiltered = (reply: Reply): boolean => portState(reply).state === 'filtered';

import { dotted, ipText } from '../../ip/ip.ts';
import type { IcmpError, Reply } from '../../model/reply.ts';
import type { Family } from '../../model/target.ts';
import { isHostUnreachable } from '../classify-end.ts';
import { type Destination, isSameAddress } from './destination.ts';
import type { ParsedReply } from './packet-parse.ts';

/** For a probe whose reply this machine may have dropped: a passing fault, so the probe is sent again. */
export const LOST: Reply = {
  kind: 'unknown',
  fault: {
    kind: 'too-fast',
    code: 'LOST',
    text: 'this machine lost answers because it could not read them in time',
  },
};

/** For silence while the path lost more than it would at a lower rate: a passing fault, too. */
export const TOO_FAST: Reply = {
  kind: 'unknown',
  fault: {
    kind: 'too-fast',
    code: 'PACE',
    text: 'probes were sent faster than the path could carry them; slowing down',
  },
};

/** For a probe with the same addresses and ports as one in flight: a passing fault, too, and no shortage of ports. */
export const SAME_FLOW: Reply = {
  kind: 'unknown',
  fault: {
    kind: 'same-flow',
    code: 'EADDRINUSE',
    text: 'a probe from the same local port to the same port is under way',
  },
};

/** Whether our own kernel wrote this error: the neighbour answers neither ARP nor neighbour discovery, and no router sent it. */
export const isAbsence = (reply: Reply): boolean => reply.kind === 'rejected' && 'errno' in reply.cause;

/** Canonical text of an address. */
const textOf = (family: Family, words: Int32Array): string => {
  const bytes = Buffer.from(words.buffer, words.byteOffset, 16);
  return family === 4
    ? dotted(bytes.readUInt32BE(0))
    : ipText((bytes.readBigUInt64BE(0) << 64n) | bytes.readBigUInt64BE(8), 6);
};

/** The reply that a validated packet means. The same states as the linux engine's. */
export const classifyReply = (parsed: ParsedReply, to: Destination, rttMs: number): Reply => {
  const ttl = parsed.ttl < 0 ? {} : { ttl: parsed.ttl };
  if (parsed.kind === 'syn-ack') return { kind: 'accepted', rttMs, ...ttl };
  if (parsed.kind === 'reset') {
    return { kind: 'refused', rttMs, by: to.isLoopback ? 'target' : 'unknown', ...ttl };
  }
  const icmp: IcmpError = { version: to.family, type: parsed.type, code: parsed.code };
  if (isSameAddress(parsed.sender, to.to) || !isSameAddress(parsed.sender, to.from)) {
    return { kind: 'rejected', rttMs, cause: { icmp, from: textOf(to.family, parsed.sender) } };
  }
  // Our own kernel wrote it, see the linux engine: nobody answered for the neighbour, or a firewall here.
  if (isHostUnreachable(icmp)) return { kind: 'rejected', rttMs, cause: { errno: 'EHOSTUNREACH' } };
  const text = 'a firewall on this machine rejects the connection';
  return { kind: 'unknown', fault: { kind: 'blocked-locally', code: 'EPERM', text } };
};

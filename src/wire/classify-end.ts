import { isLoopback } from '../ip/ip.ts';
import type { LocalFault } from '../model/fault.ts';
import type { IcmpError, Reply } from '../model/reply.ts';
import type { Endpoint } from '../model/target.ts';
import type { WireProbe } from '../model/wire.ts';
import type { ConnectRun } from './connect-run.ts';
import { converseWithNobody } from './conversation.ts';
import { meaningOf } from './errno.ts';

/** The reply to a connect that ended with an errno while it was under way. `code` as Node names it (`ECONNREFUSED`). */
export const replyToErrno = (
  code: string,
  platform: NodeJS.Platform,
  { address, family }: Endpoint,
  rttMs: number,
): Reply => {
  const meaning = meaningOf(code, platform, family);
  switch (meaning.kind) {
    case 'refused':
      return { kind: 'refused', rttMs, by: isLoopback(address) ? 'target' : 'unknown' };
    case 'hung-up':
      return { kind: 'accepted', rttMs };
    case 'silent':
      return { kind: 'silent', waitedMs: Math.round(rttMs), attempts: 1 };
    case 'fault':
      return { kind: 'unknown', fault: meaning.fault };
    case 'rejected':
      return { kind: 'rejected', rttMs, cause: { errno: code } };
  }
};

/** What the kernel itself reports about a neighbour that answers neither ARP nor neighbour discovery. */
export const isHostUnreachable = ({ version, type, code }: IcmpError): boolean =>
  version === 4 ? type === 3 && code === 1 : type === 1 && code === 3;

/**
 * The reply to a connect that an ICMP error ended, which became the errno `code`. `own`: the address that this machine used for
 * it; an error from there is our own kernel's.
 */
export const replyToIcmp = (
  { icmp, from }: { readonly icmp: IcmpError; readonly from: string },
  code: string,
  own: string | null,
  { address }: Endpoint,
  rttMs: number,
): Reply => {
  if (from === address || from !== own) return { kind: 'rejected', rttMs, cause: { icmp, from } };
  // A neighbour that answers no ARP or neighbour discovery is a fact about the target, known after about three seconds; nobody
  // on the way said it. Everything else is a firewall on this machine.
  if (isHostUnreachable(icmp)) return { kind: 'rejected', rttMs, cause: { errno: code } };
  const text = 'a firewall on this machine rejects the connection';
  return { kind: 'unknown', fault: { kind: 'blocked-locally', code, text } };
};

/** An errno that came before any packet left: whatever it says about a network, it is this machine's own error. */
export const faultBeforePacket = (
  code: string,
  platform: NodeJS.Platform,
  { address, family }: Omit<Endpoint, 'port'>,
): LocalFault => {
  const meaning = meaningOf(code, platform, family);
  if (meaning.kind === 'fault') return meaning.fault;
  return { kind: 'no-route', code, text: `this machine has no route to ${address}` };
};

/** Gives the reply to a connect that has ended; where the connection was established and then reset, its talk first gets that end. */
export const reportEnd = (run: ConnectRun, probe: WireProbe, reply: Reply): void => {
  const { talk } = probe;
  if (reply.kind !== 'accepted' || !talk) run.report(probe, reply);
  else
    run.replyLater(
      probe,
      converseWithNobody(talk).then(() => reply),
    );
};

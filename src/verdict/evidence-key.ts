import type { Finding, HostEvidence } from '../model/evidence.ts';
import type { Reply } from '../model/reply.ts';
import { canonicalAddress } from './canonical-address.ts';
import { rejecterOf } from './host-facts.ts';

type KeyPart = string | number | boolean | null;

/** What the rules read of a reply: neither how long it took, nor its TTL, but whether that is the host's. */
const addReply = (words: KeyPart[], reply: Reply): void => {
  words.push(reply.kind);
  switch (reply.kind) {
    case 'refused':
      words.push(reply.by, reply.from ?? null, reply.ttlMatch ?? null);
      return;
    case 'rejected': {
      const { cause } = reply;
      if ('errno' in cause) words.push(cause.errno);
      else words.push(cause.icmp.version, cause.icmp.type, cause.icmp.code, cause.from);
      return;
    }
    case 'unknown':
      words.push(reply.fault.kind, reply.fault.code, reply.fault.text);
      return;
    case 'silent':
      words.push(reply.attempts);
      return;
    case 'accepted':
  }
};

const addFinding = (words: KeyPart[], finding: Finding): void => {
  words.push(finding.kind, finding.speech);
  if (finding.kind === 'endpoint-mapper')
    words.push(finding.listing, finding.stalled ?? false, finding.resolver.kind);
  if (finding.kind === 'remote-desktop') words.push(finding.negotiated);
};

/** Whether a mapper tells of endpoints or addresses, which are a host's own. */
const tellsOfItself = (finding: Finding): boolean =>
  finding.kind === 'endpoint-mapper' &&
  (finding.endpoints.length > 0 || finding.resolver.kind === 'answered');

/** Whether the host was resolved, asked to the end, and nothing but its ports was looked at. */
const isPlain = (evidence: HostEvidence): boolean =>
  evidence.address !== null &&
  (evidence.resolution === null || evidence.resolution.kind === 'resolved') &&
  evidence.echo.kind !== 'unreachable' &&
  !evidence.interrupted &&
  evidence.responder === undefined &&
  evidence.traces.length === 0 &&
  evidence.mapped.length === 0 &&
  evidence.multipath.length === 0 &&
  evidence.otherAddresses.length === 0;

/**
 * All that the rules read of the evidence about a plain host, in one word: hosts with the same word are judged alike. Null
 * for a host that is not plain, and for one whose own address plays a part, because that is not in the word. Left out is
 * what no rule reads: the target, names and addresses, times, TTLs, services and details. `link`: the network of this machine
 * in which it lies.
 */
export const evidenceKey = (evidence: HostEvidence, link: string | null = null): string | null => {
  if (!isPlain(evidence)) return null;
  const { address, ports, echo, lossEstimate, control } = evidence;
  const words: KeyPart[] = [link, echo.kind, echo.kind === 'not-observed' ? echo.why : null, lossEstimate];
  if (evidence.withoutNeighbour) words.push('no-neighbour');
  if (control) words.push(control.of, control.asked, control.answered, control.stoppedAfter);
  let sender: string | null = null;
  for (const one of ports) {
    const { port, requirement, why, reply, attempts, lost, flows, finding } = one;
    words.push(port, requirement, why, attempts, lost ?? 0);
    if (flows) words.push('flows', flows.asked, flows.answered, flows.over ?? null, flows.control ?? null);
    addReply(words, reply);
    if (finding) {
      if (tellsOfItself(finding)) return null;
      addFinding(words, finding);
    }
    const from = rejecterOf(one);
    // One router rejects for most ports of a host.
    if (from === null || from === sender) continue;
    sender = from;
    if (canonicalAddress(from) === canonicalAddress(address ?? '')) return null;
  }
  return JSON.stringify(words);
};

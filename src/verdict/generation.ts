import type { EndpointMapperFinding, HostEvidence, RemoteDesktopFinding } from '../model/evidence.ts';
import type { Generation, Plan } from '../model/plan.ts';
import { inRange, LEGACY_PORTS, MODERN_PORTS } from '../model/target.ts';

export interface GenerationGuess {
  readonly generation: Generation | 'unknown';
  readonly evidence: readonly string[];
}

/** Ports on which an RPC server is known to listen: listed by the mapper, or answering a bind. */
const rpcPorts = ({ ports }: HostEvidence, mapper: EndpointMapperFinding | undefined): number[] => {
  const answering = ports.filter(
    ({ finding }) =>
      finding?.kind === 'rpc-server' && (finding.speech === 'spoke' || finding.speech === 'refused'),
  );
  return [...new Set([...(mapper?.endpoints ?? []), ...answering].map(({ port }) => port))].toSorted(
    (a, b) => a - b,
  );
};

/**
 * Which Windows this is. What the user says decides. Otherwise where RPC servers listen decides (KB929851); the DCOM
 * version and the form of the Remote Desktop answer are reported, but are too weak to leave out a requirement.
 */
export const guessGeneration = (evidence: HostEvidence, plan: Plan): GenerationGuess => {
  if (plan.novice !== 'auto') return { generation: plan.novice, evidence: ['given with --novice'] };
  const findings = evidence.ports.map(({ finding }) => finding);
  const mapper = findings.find((found): found is EndpointMapperFinding => found?.kind === 'endpoint-mapper');
  const desktop = findings.find((found): found is RemoteDesktopFinding => found?.kind === 'remote-desktop');
  const ports = rpcPorts(evidence, mapper);
  const modern = ports.filter((port) => inRange(port, MODERN_PORTS));
  const legacy = ports.filter((port) => inRange(port, LEGACY_PORTS));
  const texts: string[] = [];
  if (modern.length > 0)
    texts.push(`RPC servers on ${modern.slice(0, 4).join(', ')}, in the range used since Vista`);
  if (legacy.length > 0)
    texts.push(`RPC servers on ${legacy.slice(0, 4).join(', ')}, in the range of XP and Server 2003`);
  if (mapper?.resolver.kind === 'answered') {
    const { major, minor } = mapper.resolver.version;
    texts.push(`DCOM version ${major}.${minor}`);
  }
  if (desktop?.speech === 'spoke') {
    texts.push(
      desktop.negotiated
        ? 'Remote Desktop negotiates, as since Vista'
        : 'Remote Desktop does not negotiate, as on XP and Server 2003',
    );
  }
  // A configured range (netsh) may hold other ports; only the two defaults tell a generation.
  if (modern.length > 0) return { generation: 'vista-or-later', evidence: texts };
  if (legacy.length > 0 && legacy.length === ports.length) return { generation: 'xp-2003', evidence: texts };
  return { generation: 'unknown', evidence: texts };
};

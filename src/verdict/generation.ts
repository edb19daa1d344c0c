import type { EndpointMapperFinding, HostEvidence, RemoteDesktopFinding } from '../model/evidence.ts';
import { GENERATIONS, type Generation } from '../model/plan.ts';
import { DYNAMIC_PORTS, inRange, LEGACY_PORTS, MODERN_PORTS } from '../model/target.ts';
import { type HostFacts, speaksRpc } from './host-facts.ts';

/** Which Windows a host most likely runs, and what speaks for it, a sentence each. */
export interface GenerationGuess {
  readonly generation: Generation | 'unknown';
  readonly evidence: readonly string[];
}

/** The DCOM version of XP, Server 2003 and everything later; Windows 2000 gives 5.6 (MS-DCOM 2.2.11, product note 4). */
const DCOM = { major: 5, minor: 7 };

/** Dynamic ports on which an RPC server is known to listen: listed by the mapper, or answering a bind. */
const rpcPorts = ({ ports }: HostEvidence, mapper: EndpointMapperFinding | undefined): number[] => {
  const known = [...(mapper?.endpoints ?? []), ...ports.filter(speaksRpc)].map(({ port }) => port);
  // Fixed ports (135 itself, 593) are the same on every Windows.
  const dynamic = known.filter((port) => inRange(port, DYNAMIC_PORTS));
  return [...new Set(dynamic)].toSorted((a, b) => a - b);
};

/** A trait of the host that speaks against some generations, and that in words. */
interface Hint {
  readonly text: string;
  readonly against: readonly Generation[];
}

const dcomHint = (mapper: EndpointMapperFinding | undefined): Hint | null => {
  if (mapper?.resolver.kind !== 'answered') return null;
  const { major, minor } = mapper.resolver.version;
  if (major > DCOM.major || (major === DCOM.major && minor >= DCOM.minor)) return null;
  return {
    text: `DCOM version ${major}.${minor}, older than XP's: Windows 2000 or earlier, which has no Remote Assistance offers`,
    against: GENERATIONS,
  };
};

/** Server 2003 negotiates since SP1 (KB895433), so only its absence tells something. */
const desktopHint = (desktop: RemoteDesktopFinding | undefined): Hint | null =>
  desktop?.speech === 'spoke' && !desktop.negotiated
    ? {
        text: 'Remote Desktop does not negotiate, as on XP and on Server 2003 without a service pack',
        against: ['vista-or-later'],
      }
    : null;

/**
 * Which Windows this is. What the user says decides. Otherwise where RPC servers listen decides (KB929851), unless a very old
 * DCOM version or the old form of the Remote Desktop answer speaks against it: both ranges can be moved by an administrator
 * (netsh, KB300083), and a wrong guess leaves out a requirement. By themselves these hints decide nothing.
 */
export const guessGeneration = ({ evidence, plan, mapper, responder }: HostFacts): GenerationGuess => {
  if (plan.novice !== 'auto') return { generation: plan.novice, evidence: ['given with --novice'] };
  if (responder?.isProven && responder.evidence.firewall !== 'none')
    return { generation: 'vista-or-later', evidence: ['the responder on it runs on Windows 10 or later'] };
  const desktop = evidence.ports
    .map(({ finding }) => finding)
    .find((found): found is RemoteDesktopFinding => found?.kind === 'remote-desktop');
  const ports = rpcPorts(evidence, mapper);
  const modern = ports.filter((port) => inRange(port, MODERN_PORTS));
  const legacy = ports.filter((port) => inRange(port, LEGACY_PORTS));
  const hints = [dcomHint(mapper), desktopHint(desktop)].filter((hint) => hint !== null);
  const texts = [
    ...(modern.length > 0
      ? [`RPC servers on ${modern.slice(0, 4).join(', ')}, in the range of Vista and later`]
      : []),
    ...(legacy.length > 0
      ? [`RPC servers on ${legacy.slice(0, 4).join(', ')}, in the range of XP and Server 2003`]
      : []),
    ...hints.map(({ text }) => text),
  ];
  // A list that was cut off, or ports in neither range, leave open what the others would say.
  const onlyLegacy = legacy.length > 0 && legacy.length === ports.length && mapper?.listing !== 'cut';
  const byPorts = modern.length > 0 ? 'vista-or-later' : onlyLegacy ? 'xp-2003' : 'unknown';
  const disputed = byPorts !== 'unknown' && hints.some(({ against }) => against.includes(byPorts));
  return { generation: disputed ? 'unknown' : byPorts, evidence: texts };
};

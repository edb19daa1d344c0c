import { commandsFor } from '../../model/commands.ts';
import type { HostEvidence } from '../../model/evidence.ts';
import type { FaultKind } from '../../model/fault.ts';
import { portState } from '../../model/reply.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { isLeftOut, rejecterOf } from '../host-facts.ts';
import { traitsOf } from '../rules.ts';
import { stoppedAfter } from '../silence.ts';
import { firewallOf2003, firewallOfXp, firewallSinceVista, rejectingFirewall } from './firewall.ts';
import { narrowOnNovice, noTranslation, openFilters } from './network.ts';
import { askWhoRelays, checkOnNovice, testDynamicPort } from './next-steps.ts';
import { letLargePacketsThrough, openLocalFirewall } from './packets.ts';
import { allowResponder, connectResponder } from './responder.ts';
import { SILENCE_REMEDIES } from './silence-remedies.ts';
import type { Advice, Make, MakeSome, Situation } from './situation.ts';

const checkName: Make = ({ verdict, reason, facts: { evidence } }) => {
  if (verdict !== 'unreachable' || evidence.address !== null) return null;
  const isOurs = reason === 'name-lookup-failed';
  return {
    id: 'check-name',
    title: isOurs ? 'Check the name service of this machine' : 'Check the name',
    where: 'expert',
    text: isOurs
      ? "The look-up failed on this side: check the VPN, the DNS servers and the DNS suffix of this machine, or use the novice's address."
      : 'Ask the novice for the full computer name, or use its address; check the DNS suffix and the VPN of this machine.',
    ...commandsFor(['cmd', [`nslookup ${nameIn(evidence.target.text)}`, 'ipconfig /all']]),
  };
};

/** A name that may stand in a command; whatever else was typed may not. */
const nameIn = (text: string): string => (/^[\w.-]{1,253}$/.test(text) ? text : 'NAME');

/** The router that knows no route to the host; null when none said so. */
const routerWithoutRoute = ({ ports }: HostEvidence): string | null =>
  ports
    .map((one) => (portState(one.reply).reason === 'net-unreach' ? rejecterOf(one) : null))
    .find(Boolean) ?? null;

const isItOn: Make = ({ verdict, facts: { evidence, link } }) => {
  if (verdict !== 'unreachable' || evidence.address === null) return null;
  const router = routerWithoutRoute(evidence);
  if (router !== null) {
    return (address) => ({
      id: 'add-route',
      title: `Find out why ${router} has no route to this network`,
      where: 'network',
      text: `Ask the network team for the route to ${canonicalAddress(address ?? '') ?? 'the host'} on ${router}, and whether the address is right at all.`,
      commands: [],
    });
  }
  return (address) => {
    const host = canonicalAddress(address ?? '') ?? 'ADDRESS';
    return {
      id: 'is-it-on',
      title: 'Make sure that the PC is on and has this address',
      where: 'expert',
      text: `Compare the address with what ipconfig shows on the novice's PC, and ask whether it sleeps or is on another network.${link === null || evidence.withoutNeighbour ? '' : ' If this machine has no ARP or neighbour entry for it, no machine uses the address now; if it has one, the PC is on and its firewall drops everything.'}`,
      ...(link === null
        ? commandsFor(['cmd', ['ipconfig /all']])
        : commandsFor(
            ['cmd', [host.includes(':') ? 'netsh interface ipv6 show neighbors' : `arp -a ${host}`]],
            ['shell', [`ip neigh show ${host}`]],
          )),
    };
  };
};

/** What helps against our own troubles. */
const OWN_TROUBLES: Readonly<Partial<Record<FaultKind, { text: string; command?: string }>>> = {
  descriptors: {
    text: 'Allow more open files, or use fewer probes at a time (--concurrency).',
    command: 'ulimit -n 4096',
  },
  'local-ports': { text: 'Wait a minute for local ports to become free, or probe more slowly (--rate).' },
  buffers: { text: 'Probe more slowly (--rate, --concurrency).' },
  'too-fast': { text: 'Probe more slowly (--rate).' },
  'no-route': {
    text: 'This machine has no route to that address: connect the VPN, or use the other address family (-4 or -6).',
  },
  'blocked-locally': {
    text: 'A firewall or security product on this machine blocks the probes: allow outgoing TCP for this program.',
  },
  'no-privilege': { text: 'This account lacks the rights that this needs.' },
};

const ownTrouble: Make = ({ rulings, facts: { evidence } }) => {
  if (![...rulings.values()].some(({ rule }) => traitsOf(rule).ownTrouble)) return null;
  const reply = evidence.ports.map((one) => one.reply).find((one) => one.kind === 'unknown');
  const trouble = reply?.kind === 'unknown' ? OWN_TROUBLES[reply.fault.kind] : undefined;
  if (!trouble) return null;
  return {
    id: 'mend-this-side',
    title: 'Fix this machine and check again',
    where: 'expert',
    text: trouble.text,
    ...(trouble.command ? commandsFor(['shell', [trouble.command]]) : commandsFor()),
  };
};

const rpcService: Make = ({ rulings }) =>
  rulings.get('endpoint-mapper')?.rule === 'mapper-refused'
    ? {
        id: 'rpc-service',
        title: "Make sure that this is the novice's PC and that its RPC service runs",
        where: 'novice',
        text: 'Every Windows PC listens on TCP 135. If it is refused, the address belongs to another device, the service is down, or a firewall sends the reset on its behalf; if other hosts of the same network refuse as well, ask the network team first.',
        ...commandsFor(['cmd', ['sc.exe query RpcSs', 'netstat -ano | findstr :135']]),
      }
    : null;

const otherService: Make = ({ rulings }) =>
  rulings.get('endpoint-mapper')?.rule === 'mapper-foreign'
    ? (address) => ({
        id: 'other-service-on-135',
        title: 'Find out what answers on TCP 135',
        where: 'network',
        text: `A proxy or port forward takes the connection instead of the novice's PC. Let TCP 135 reach ${canonicalAddress(address ?? '') ?? 'the novice'} itself.`,
        commands: [],
      })
    : null;

const askSlower: Make = ({ rulings, facts: { evidence }, verdict }) => {
  const isLimited =
    stoppedAfter(evidence) !== null || [...rulings.values()].some(({ rule }) => traitsOf(rule).limited);
  // A host that never answered has no rulings of its own to tell.
  const isSilentUnderLimit = verdict === 'undetermined' && evidence.control?.of === 'neighbour';
  if (!isLimited && !isSilentUnderLimit) return null;
  return (address) => ({
    id: 'ask-slower',
    title: 'Have this machine exempted, or probe slowly',
    where: 'expert',
    text: 'Ask the owner of the network and of the host to exempt this machine from scan detection and rate limits. Or wait for the ban to expire, often some minutes, and check again with few and slow probes.',
    ...commandsFor([
      'shell',
      address === null
        ? []
        : [`ra-preflight check ${canonicalAddress(address) ?? 'HOST'} --rate 2 --sample 4`],
    ]),
  });
};

const REMEDIES: readonly (Make | MakeSome)[] = [
  noTranslation,
  checkName,
  ...SILENCE_REMEDIES,
  allowResponder,
  testDynamicPort,
  askSlower,
  isItOn,
  ownTrouble,
  openLocalFirewall,
  letLargePacketsThrough,
  rpcService,
  otherService,
  rejectingFirewall,
  openFilters,
  connectResponder,
  askWhoRelays,
  checkOnNovice,
  firewallSinceVista,
  firewallOfXp,
  firewallOf2003,
  narrowOnNovice,
];

/** What to change, most effective first, each with where to do it and commands to copy; nothing of a host that was left out. */
export const remediesFor = (situation: Situation): Advice[] =>
  isLeftOut(situation.facts.evidence) ? [] : REMEDIES.flatMap((make) => make(situation) ?? []);

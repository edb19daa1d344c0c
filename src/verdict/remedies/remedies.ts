import type { FaultKind } from '../../model/fault.ts';
import { canonical } from '../address.ts';
import { isLeftOut } from '../facts.ts';
import type { RuleName } from '../rules.ts';
import { stoppedAfter } from '../silence.ts';
import { firewallOf2003, firewallOfXp, firewallSinceVista, rejectingFirewall } from './firewall.ts';
import { narrowOnNovice, noTranslation, openFilter } from './network.ts';
import { letLargePacketsThrough, openLocalFirewall } from './packets.ts';
import type { Advice, Make, Situation } from './situation.ts';

const checkName: Make = ({ verdict, facts }) =>
  verdict === 'unreachable' && facts.evidence.address === null
    ? {
        id: 'check-name',
        title: 'Check the name',
        where: 'expert',
        text: 'Ask the novice for the full computer name, or use its address.',
        commands: ['hostname', 'ipconfig /all'],
      }
    : null;

const isItOn: Make = ({ verdict, facts }) =>
  verdict === 'unreachable' && facts.evidence.address !== null
    ? {
        id: 'is-it-on',
        title: 'Make sure that the machine is on and that this is its address',
        where: 'expert',
        text: 'Compare the address with what the novice sees, and ask whether it sleeps or is on another network.',
        commands: ['ipconfig /all'],
      }
    : null;

/** What helps against our own troubles. */
const OWN_TROUBLES: Readonly<Partial<Record<FaultKind, { text: string; command?: string }>>> = {
  descriptors: {
    text: 'Allow more open files, or ask fewer ports at a time with --concurrency.',
    command: 'ulimit -n 4096',
  },
  'local-ports': { text: 'Wait a minute for ports to become free, or ask more slowly with --rate.' },
  buffers: { text: 'Ask more slowly with --rate and --concurrency.' },
  'too-fast': { text: 'Ask more slowly with --rate.' },
  'no-route': {
    text: 'This machine has no way to that address: connect the VPN, or choose the other address family with -4 or -6.',
  },
  'blocked-locally': {
    text: 'A firewall or security product on this machine forbids the questions: allow outgoing TCP for this program.',
  },
  'no-privilege': { text: 'This machine does not permit what was asked of it.' },
};

const ownTrouble: Make = ({ rulings, facts: { evidence } }) => {
  if (![...rulings.values()].some(({ rule }) => rule.endsWith('-not-asked'))) return null;
  const reply = evidence.ports.map((one) => one.reply).find((one) => one.kind === 'unknown');
  const trouble = reply?.kind === 'unknown' ? OWN_TROUBLES[reply.fault.kind] : undefined;
  if (!trouble) return null;
  return {
    id: 'mend-this-side',
    title: 'Mend this machine and check again',
    where: 'expert',
    text: trouble.text,
    commands: trouble.command ? [trouble.command] : [],
  };
};

const rpcService: Make = ({ rulings }) =>
  rulings.get('endpoint-mapper')?.rule === 'mapper-refused'
    ? {
        id: 'rpc-service',
        title: 'Make sure that this is the novice and that its RPC service runs',
        where: 'novice',
        text: 'Every Windows machine listens on TCP 135. A refusal there means that the address belongs to another device, that the service is down, or that a device on the way refuses in its name; where other hosts of the same network are refused as well, ask the network team first.',
        commands: ['sc query RpcSs', 'netstat -ano | findstr :135'],
      }
    : null;

const otherService: Make = ({ rulings }) =>
  rulings.get('endpoint-mapper')?.rule === 'mapper-foreign'
    ? (address) => ({
        id: 'other-service-on-135',
        title: 'Find out who answers on TCP 135',
        where: 'network',
        text: `A proxy or a port forward takes the connection instead of the novice. Let TCP 135 pass to ${canonical(address ?? '') ?? 'the novice'} itself.`,
        commands: [],
      })
    : null;

/** Rules that a limit on answers, or something that watches for scans, decided. */
const LIMITED: ReadonlySet<string> = new Set<RuleName>([
  'mapper-limited',
  'desktop-limited',
  'dynamic-limited',
  'stopped-answering',
]);

const askSlower: Make = ({ rulings, facts: { evidence }, verdict }) => {
  const isLimited =
    stoppedAfter(evidence) !== null || [...rulings.values()].some(({ rule }) => LIMITED.has(rule));
  // A host that never answered has no rulings of its own to tell.
  const isSilentUnderLimit = verdict === 'undetermined' && evidence.control?.of === 'neighbour';
  if (!isLimited && !isSilentUnderLimit) return null;
  return (address) => ({
    id: 'ask-slower',
    title: 'Have this machine exempted, or ask slowly',
    where: 'expert',
    text: 'Ask the owner of the network and of the host to exempt this machine from scan detection and rate limits. Or wait until a ban has run out, often some minutes, and check again with few and slow probes.',
    commands:
      address === null ? [] : [`ra-preflight check ${canonical(address) ?? 'HOST'} --rate 2 --sample 4`],
  });
};

const checkOnNovice: Make = ({ verdict }) =>
  verdict === 'ready' || verdict === 'undetermined'
    ? {
        id: 'check-on-novice',
        title: 'What no probe can see',
        where: 'novice',
        text: 'The policy "Offer Remote Assistance" (since Vista "Configure Offer Remote Assistance") is enabled and lists you or your group as helper; both machines are in the same or in trusted domains; EnableDCOM is Y; users may connect remotely; the feature is installed (on servers); a user is signed in and accepts.',
        commands: [
          'reg query HKLM\\Software\\Microsoft\\Ole /v EnableDCOM',
          'reg query "HKLM\\Software\\Policies\\Microsoft\\Windows NT\\Terminal Services" /v fAllowUnsolicited',
          'gpresult /r /scope computer',
        ],
      }
    : null;

const REMEDIES: readonly Make[] = [
  noTranslation,
  checkName,
  askSlower,
  isItOn,
  ownTrouble,
  openLocalFirewall,
  letLargePacketsThrough,
  rpcService,
  otherService,
  rejectingFirewall,
  openFilter,
  firewallSinceVista,
  firewallOfXp,
  firewallOf2003,
  narrowOnNovice,
  checkOnNovice,
];

/** What to change, most effective first, each with where to do it and commands to copy; nothing of a host that was left out. */
export const remediesFor = (situation: Situation): Advice[] =>
  isLeftOut(situation.facts.evidence) ? [] : REMEDIES.flatMap((make) => make(situation) ?? []);

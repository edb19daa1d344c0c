import type { RequirementName } from '../model/evidence.ts';
import type { Generation } from '../model/plan.ts';
import type { FilterReport, Remedy, Verdict } from '../model/report.ts';
import type { PortRange } from '../model/target.ts';
import type { Facts } from './facts.ts';
import { networkRules } from './network-rules.ts';
import { relevantRange } from './requirements.ts';
import type { Ruling } from './ruling.ts';

/** What the remedies of one host depend on. */
export interface Situation {
  readonly facts: Facts;
  readonly generation: Generation | 'unknown';
  readonly verdict: Verdict;
  readonly rulings: ReadonlyMap<RequirementName, Ruling>;
  readonly filters: readonly FilterReport[];
  readonly notes: ReadonlySet<string>;
}

type Make = (situation: Situation) => Remedy | null;

const PORT_POLICY =
  'Computer Configuration > Administrative Templates > Network > Network Connections > Windows Firewall > Domain Profile > "Windows Firewall: Define port exceptions"';
const PROGRAM_POLICY =
  'Computer Configuration > Administrative Templates > Network > Network Connections > Windows Firewall > Domain Profile > "Windows Firewall: Define program exceptions"';

/** Rulings that a firewall on the novice can cause; a reset or rejection that came from on the way cannot be mended there. */
const onNovice = (ruling: Ruling | undefined): boolean =>
  ruling !== undefined &&
  (ruling.state === 'fail' || ruling.state === 'undetermined') &&
  !/-(on-way|foreign|refused|not-asked|no-answer)$/.test(ruling.rule);

const needsFirewall = ({ rulings }: Situation, generation: Generation): boolean =>
  [...rulings].some(
    ([name, one]) => onNovice(one) && (generation === 'xp-2003' || name !== 'remote-desktop'),
  );

const mayBe = ({ generation }: Situation, which: Generation): boolean =>
  generation === which || generation === 'unknown';

const modernFirewall: Make = (situation) => {
  if (!mayBe(situation, 'vista-or-later') || !needsFirewall(situation, 'vista-or-later')) return null;
  return {
    id: 'firewall-vista-or-later',
    title: 'Vista and later: let Remote Assistance through the firewall of the novice',
    where: 'novice',
    text: 'The rule group "Remote Assistance" opens TCP 135 and the two programs, but TCP 135 and raserver.exe only while the network has the Domain profile. By Group Policy: port 135:TCP, %WINDIR%\\System32\\msra.exe and %WINDIR%\\System32\\raserver.exe.',
    commands: [
      'Enable-NetFirewallRule -DisplayGroup "Remote Assistance"',
      'netsh advfirewall firewall set rule group="Remote Assistance" new enable=yes',
      'Get-NetConnectionProfile',
    ],
  };
};

const xpPrograms: Make = (situation) => {
  if (!mayBe(situation, 'xp-2003') || !needsFirewall(situation, 'xp-2003')) return null;
  return {
    id: 'firewall-xp-sp2',
    title: 'XP SP2 and XP x64 SP1: port and program exceptions on the novice',
    where: 'novice',
    text: `Port exception in ${PORT_POLICY}; program exceptions in ${PROGRAM_POLICY}. Sessmgr.exe opens TCP 3389 only while a session needs it.`,
    commands: [
      '135:TCP:*:Enabled:Offer Remote Assistance',
      '%WINDIR%\\SYSTEM32\\Sessmgr.exe:*:Enabled:Remote Assistance',
      '%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpsvc.exe:*:Enabled:Offer Remote Assistance',
      '%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpctr.exe:*:Enabled:Remote Assistance – Windows Messenger and Voice',
    ],
  };
};

const server2003: Make = (situation) => {
  if (!mayBe(situation, 'xp-2003') || !needsFirewall(situation, 'xp-2003')) return null;
  return {
    id: 'firewall-server-2003',
    title: 'Server 2003 SP1: port, programs and the Remote Desktop exception on the novice',
    where: 'novice',
    text: 'As for XP, but Sessmgr.exe does not work there: enable "Windows Firewall: Allow Remote Desktop Exception" in the same folder instead. That leaves TCP 3389 open all the time.',
    commands: [
      '135:TCP:*:Enabled:Offer Remote Assistance',
      '%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpsvc.exe:*:Enabled:Offer Remote Assistance',
      '%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpctr.exe:*:Enabled:Remote Assistance – Windows Messenger and Voice',
      'netsh firewall set service type=remotedesktop mode=enable profile=domain',
    ],
  };
};

const noService: Make = ({ rulings }) =>
  rulings.get('endpoint-mapper')?.rule === 'mapper-refused'
    ? {
        id: 'rpc-service',
        title: 'Make sure that this is the novice and that its RPC service runs',
        where: 'novice',
        text: 'Every Windows machine listens on TCP 135. A refusal there means that the address belongs to another device, or that something answers in its name.',
        commands: ['sc query RpcSs', 'netstat -ano | findstr :135'],
      }
    : null;

const foreign: Make = ({ rulings }) =>
  rulings.get('endpoint-mapper')?.rule === 'mapper-foreign'
    ? {
        id: 'other-service-on-135',
        title: 'Find out who answers on TCP 135',
        where: 'network',
        text: 'A proxy or a port forward takes the connection instead of the novice. Let TCP 135 pass to the novice itself.',
        commands: [],
      }
    : null;

/** Ports that a network team is asked to open: what fails, in the range that matters. */
const wantedPorts = ({ facts, generation, rulings }: Situation): PortRange[] =>
  (
    [
      ['endpoint-mapper', { from: 135, to: 135 }],
      ['remote-desktop', { from: 3389, to: 3389 }],
      ['dynamic-rpc', relevantRange(generation, facts.plan)],
    ] as const
  ).flatMap(([name, range]) => {
    const ruling = rulings.get(name);
    return ruling?.state === 'fail' && !/-(refused|foreign)$/.test(ruling.rule) ? [range] : [];
  });

const network: Make = (situation) => {
  const ports = wantedPorts(situation);
  const { address } = situation.facts.evidence;
  if (ports.length === 0 || address === null) return null;
  const filter = situation.filters[0];
  const place = filter?.by ?? filter?.afterHop;
  const where = place ? ` The filter sits ${filter?.by ? `at ${place}` : `after ${place}`}.` : '';
  const list = ports.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(', ');
  return {
    id: 'open-network-filter',
    title: 'Open the filter on the way',
    where: 'network',
    text: `Let TCP ${list} pass from the machines of the experts to ${address}, and the answers back.${where} Put the experts' network for EXPERT.`,
    commands: networkRules(address, ports),
  };
};

/** How many ports the narrowed range of the example has: KB154596 asks for 100, netsh for 255. */
const NARROW = 255;
/** KB154596: above port 5000. */
const LOWEST = 5001;

/** A stretch that passes now and is wide enough, else ports that are customary. */
const narrowRange = ({ evidence }: Facts): { readonly range: PortRange; readonly passes: boolean } => {
  const open = evidence.mapped
    .filter(({ state }) => state === 'reachable')
    .map(({ from, to }) => ({ from: Math.ceil(Math.max(from, LOWEST) / 1000) * 1000, to }))
    .find(({ from, to }) => to - from + 1 >= NARROW);
  const from = open?.from ?? 50_000;
  return { range: { from, to: from + NARROW - 1 }, passes: open !== undefined };
};

const narrow: Make = ({ rulings, facts }) => {
  if (rulings.get('dynamic-rpc')?.state !== 'fail' || facts.plan.narrowed) return null;
  const { range, passes } = narrowRange(facts);
  const ports = `${range.from}-${range.to}`;
  const why = passes ? `TCP ${ports} passes the filter already.` : `The network must pass TCP ${ports} then.`;
  return {
    id: 'narrow-rpc-range',
    title: 'Or narrow the dynamic range on the novice',
    where: 'novice',
    text: `${why} KB300083 narrows what RPC servers use: at least 100 ports above 5000, and a restart. The session port of Vista and later probably follows the dynamic port range of the system (netsh) and not that setting, so set both to the same ports, and check again with --rpc-ports ${ports}.`,
    commands: [
      `reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v Ports /t REG_MULTI_SZ /d ${ports} /f`,
      'reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v PortsInternetAvailable /t REG_SZ /d Y /f',
      'reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v UseInternetPorts /t REG_SZ /d Y /f',
      `netsh int ipv4 set dynamicport tcp start=${range.from} num=${NARROW}`,
    ],
  };
};

const translation: Make = ({ notes }) =>
  notes.has('address-translation')
    ? {
        id: 'address-translation',
        title: 'Reach the novice without address translation',
        where: 'network',
        text: 'DCOM carries the raw addresses of the host in its messages, so no port rule mends this: use a route or a VPN in which expert and novice see the same addresses, or an invitation instead of an offer.',
        commands: [],
      }
    : null;

const unreachable: Make = ({ verdict, facts }) =>
  verdict === 'unreachable' && facts.evidence.address !== null
    ? {
        id: 'is-it-on',
        title: 'Make sure that the machine is on and that this is its address',
        where: 'expert',
        text: 'Compare the address with what the novice sees, and ask whether it sleeps or is on another network.',
        commands: ['ipconfig /all'],
      }
    : null;

const lookUp: Make = ({ verdict, facts }) =>
  verdict === 'unreachable' && facts.evidence.address === null
    ? {
        id: 'check-name',
        title: 'Check the name',
        where: 'expert',
        text: 'Ask the novice for the full computer name, or use its address.',
        commands: ['hostname', 'ipconfig /all'],
      }
    : null;

const invisible: Make = ({ verdict }) =>
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
  lookUp,
  unreachable,
  noService,
  foreign,
  network,
  modernFirewall,
  xpPrograms,
  server2003,
  narrow,
  translation,
  invisible,
];

/** What to change, most effective first, each with where to do it and commands to copy. */
export const remediesFor = (situation: Situation): Remedy[] =>
  REMEDIES.flatMap((make) => make(situation) ?? []);

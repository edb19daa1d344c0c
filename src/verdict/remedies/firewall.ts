import type { Generation } from '../../model/plan.ts';
import { canonical } from '../address.ts';
import type { RuleName } from '../rules.ts';
import type { Make, Situation } from './situation.ts';

const POLICIES =
  'Computer Configuration > Administrative Templates > Network > Network Connections > Windows Firewall > Domain Profile';

/** Exceptions as the policies take them, word for word (KB301527 and the text of the Offer Remote Assistance policy). */
const PORT_135 = '135:TCP:*:Enabled:Offer Remote Assistance';
const SESSMGR = '%WINDIR%\\SYSTEM32\\Sessmgr.exe:*:Enabled:Remote Assistance';
const HELPERS = [
  '%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpsvc.exe:*:Enabled:Offer Remote Assistance',
  '%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpctr.exe:*:Enabled:Remote Assistance – Windows Messenger and Voice',
];

const OPEN_135 =
  'netsh firewall add portopening protocol=TCP port=135 name="Offer Remote Assistance" mode=ENABLE profile=DOMAIN';
const allowProgram = (path: string, name: string): string =>
  `netsh firewall add allowedprogram program="%WINDIR%\\${path}" name="${name}" mode=ENABLE profile=DOMAIN`;
const ALLOW_HELPERS = [
  allowProgram('PCHealth\\HelpCtr\\Binaries\\Helpsvc.exe', 'Offer Remote Assistance'),
  allowProgram('PCHealth\\HelpCtr\\Binaries\\Helpctr.exe', 'Remote Assistance - Windows Messenger and Voice'),
];

const allowSince = (name: string, what: string): string =>
  `New-NetFirewallRule -DisplayName "${name}" -Direction Inbound -Action Allow -Profile Domain -Protocol TCP ${what}`;

/** Rules of ports that somebody refuses: the Windows Firewall never does, it stays silent. */
const REFUSED: ReadonlySet<string> = new Set<RuleName>([
  'mapper-refused',
  'desktop-refused-unverified',
  'dynamic-refused-unverified',
]);

/** Whether the firewall of the novice may be what stops something that this generation needs. */
const mayBeFirewall = ({ rulings, notes, generation: judged }: Situation, generation: Generation): boolean =>
  !notes.has('address-translation') &&
  (judged === generation || judged === 'unknown') &&
  [...rulings].some(
    ([name, { side, rule }]) =>
      side === 'either' && !REFUSED.has(rule) && (generation === 'xp-2003' || name !== 'remote-desktop'),
  );

export const firewallSinceVista: Make = (situation) =>
  mayBeFirewall(situation, 'vista-or-later')
    ? {
        id: 'firewall-vista-or-later',
        title: 'Vista and later: let Remote Assistance through the firewall of the novice',
        where: 'novice',
        text: 'The rule group "Remote Assistance" opens what is needed, but TCP 135 and raserver.exe only while the network has the Domain profile, so look at that first. By Group Policy: port 135:TCP, %WINDIR%\\System32\\msra.exe and %WINDIR%\\System32\\raserver.exe. The second or the third command switches the group on; the last three are single rules in its place.',
        commands: [
          'Get-NetConnectionProfile',
          'Enable-NetFirewallRule -DisplayGroup "Remote Assistance"',
          'netsh advfirewall firewall set rule group="Remote Assistance" new enable=yes',
          allowSince('Offer Remote Assistance (TCP 135)', '-LocalPort 135'),
          allowSince('Offer Remote Assistance (raserver)', '-Program "%SystemRoot%\\System32\\raserver.exe"'),
          allowSince('Remote Assistance (msra)', '-Program "%SystemRoot%\\System32\\msra.exe"'),
        ],
      }
    : null;

export const firewallOfXp: Make = (situation) =>
  mayBeFirewall(situation, 'xp-2003')
    ? {
        id: 'firewall-xp-sp2',
        title: 'XP SP2 and XP x64 SP1: port and program exceptions on the novice',
        where: 'novice',
        text: `Under ${POLICIES}: "Windows Firewall: Define port exceptions" takes the first line, "Windows Firewall: Define program exceptions" the three after it. Sessmgr.exe opens TCP 3389 only while a session needs it. The netsh commands do the same on one machine.`,
        commands: [
          PORT_135,
          SESSMGR,
          ...HELPERS,
          OPEN_135,
          allowProgram('SYSTEM32\\Sessmgr.exe', 'Remote Assistance'),
          ...ALLOW_HELPERS,
        ],
      }
    : null;

export const firewallOf2003: Make = (situation) =>
  mayBeFirewall(situation, 'xp-2003')
    ? {
        id: 'firewall-server-2003',
        title: 'Server 2003 SP1: port, programs and the Remote Desktop exception on the novice',
        where: 'novice',
        text: 'As for XP, but Sessmgr.exe does not work there: enable "Windows Firewall: Allow Remote Desktop Exception" in the same folder instead. That leaves TCP 3389 open all the time. The netsh commands do the same on one machine.',
        commands: [
          PORT_135,
          ...HELPERS,
          OPEN_135,
          ...ALLOW_HELPERS,
          'netsh firewall set service type=REMOTEDESKTOP mode=ENABLE profile=DOMAIN',
        ],
      }
    : null;

/** Rejections from the address of the host itself. */
export const rejectingFirewall: Make = ({ rulings }) => {
  const isHost = [...rulings.values()].some(({ side }) => side === 'host');
  if (!isHost) return null;
  return (address) =>
    address === null
      ? null
      : {
          id: 'rejecting-firewall',
          title: 'Find the firewall that rejects in the name of the novice',
          where: 'novice',
          text: `The rejections come from ${canonical(address) ?? 'the host'} itself. The Windows Firewall never rejects, it stays silent: look for another firewall on that machine, or for a device that owns its address now.`,
          commands: ['Get-CimInstance -Namespace root/SecurityCenter2 -ClassName FirewallProduct'],
        };
};

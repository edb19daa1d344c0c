import { commandsFor } from '../../model/commands.ts';
import type { Generation } from '../../model/plan.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { traitsOf } from '../rules.ts';
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

/** The rule group "Remote Assistance" by its resource, which is the same in every language of Windows. */
const RULE_GROUP = '@FirewallAPI.dll,-33002';

/** Whether the firewall of the novice may be what stops something that this generation needs. */
const mayBeFirewall = ({ rulings, notes, generation: judged }: Situation, generation: Generation): boolean =>
  !notes.has('address-translation') &&
  // Where a filter was located on the path, the host is not what to change first.
  ![...rulings.values()].some(({ state, side }) => state === 'fail' && side === 'network') &&
  (judged === generation || judged === 'unknown') &&
  [...rulings].some(
    ([name, { side, rule }]) =>
      side === 'either' && !traitsOf(rule).refused && (generation === 'xp-2003' || name !== 'remote-desktop'),
  );

/** The firewall of Windows Vista and later may be what filters. */
export const firewallSinceVista: Make = (situation) =>
  mayBeFirewall(situation, 'vista-or-later')
    ? {
        id: 'firewall-vista-or-later',
        title: 'Allow Remote Assistance in the Windows Firewall, Vista and later',
        where: 'novice',
        text: 'The rule group "Remote Assistance" opens what is needed, but TCP 135 and raserver.exe only while the network has the Domain profile, so check the profile first. PowerShell or cmd, either will do. By Group Policy, allow TCP port 135, %WINDIR%\\System32\\msra.exe and %WINDIR%\\System32\\raserver.exe.',
        ...commandsFor(
          ['powershell', ['Get-NetConnectionProfile', `Enable-NetFirewallRule -Group "${RULE_GROUP}"`]],
          ['cmd', [`netsh advfirewall firewall set rule group="${RULE_GROUP}" new enable=yes`]],
        ),
      }
    : null;

/** The firewall of Windows XP may be what filters. */
export const firewallOfXp: Make = (situation) =>
  mayBeFirewall(situation, 'xp-2003')
    ? {
        id: 'firewall-xp-sp2',
        title: 'Allow Remote Assistance in the Windows Firewall, XP SP2 and XP x64 SP1',
        where: 'novice',
        text: `Under ${POLICIES}: "Windows Firewall: Define port exceptions" takes the first line, "Windows Firewall: Define program exceptions" the three after it. Sessmgr.exe opens TCP 3389 only while a session needs it. The netsh commands do the same on a single PC.`,
        ...commandsFor(
          ['policy', [PORT_135, SESSMGR, ...HELPERS]],
          ['cmd', [OPEN_135, allowProgram('SYSTEM32\\Sessmgr.exe', 'Remote Assistance'), ...ALLOW_HELPERS]],
        ),
      }
    : null;

/** The firewall of Windows Server 2003 may be what filters. */
export const firewallOf2003: Make = (situation) =>
  mayBeFirewall(situation, 'xp-2003')
    ? {
        id: 'firewall-server-2003',
        title: 'Allow Remote Assistance in the Windows Firewall, Server 2003 SP1',
        where: 'novice',
        text: 'As for XP, but Sessmgr.exe does not work there: enable "Windows Firewall: Allow Remote Desktop Exception" in the same folder instead. That leaves TCP 3389 open all the time. The netsh commands do the same on a single PC.',
        ...commandsFor(
          ['policy', [PORT_135, ...HELPERS]],
          [
            'cmd',
            [
              OPEN_135,
              ...ALLOW_HELPERS,
              'netsh firewall set service type=REMOTEDESKTOP mode=ENABLE profile=DOMAIN',
            ],
          ],
        ),
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
          title: "Find the firewall on the novice's PC that rejects",
          where: 'novice',
          text: `The rejections come from ${canonicalAddress(address) ?? 'the host'} itself. The Windows Firewall never rejects, it drops silently: look for another firewall on that PC, or for a device that has its address now.`,
          ...commandsFor([
            'powershell',
            ['Get-CimInstance -Namespace root/SecurityCenter2 -ClassName FirewallProduct'],
          ]),
        };
};

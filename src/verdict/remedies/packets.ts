import { canonical } from '../address.ts';
import { rejecterOf } from '../facts.ts';
import type { Make } from './situation.ts';

/** Packets that end in this machine, or may. */
export const openLocalFirewall: Make = ({ rulings, facts }) => {
  const isNear = [...rulings.values()].some(({ side }) => side === 'near');
  const isNameless = [...rulings.values()].some(
    ({ rule, ports }) =>
      rule.endsWith('-rejected') &&
      facts.evidence.ports.some((one) => ports.includes(one.port) && rejecterOf(one) === null),
  );
  if (!isNear && !isNameless) return null;
  const what = isNear
    ? 'Packets to these ports end before the first router answers'
    : 'Who rejects these ports could not be seen';
  return {
    id: 'local-firewall',
    title: 'Look at the firewall of this machine first',
    where: 'expert',
    text: `${what}: a firewall or security product on this machine may do that to outgoing connections. Allow outgoing TCP for msra.exe, and check again.`,
    commands: ['Get-NetFirewallRule -Direction Outbound -Action Block -Enabled True', 'nft list ruleset'],
  };
};

/** Pings that fill an Ethernet packet: 1500 bytes with the headers of IP and ICMP. */
const pingCommands = (text: string | null): string[] => {
  const address = text === null ? null : canonical(text);
  if (address === null) return [];
  return address.includes(':')
    ? [`ping -l 1452 ${address}`, `ping -M do -s 1452 ${address}`]
    : [`ping -f -l 1472 ${address}`, `ping -M do -s 1472 ${address}`];
};

/** Large packets that get lost. */
export const letLargePacketsThrough: Make = ({ rulings }) =>
  rulings.get('endpoint-mapper')?.rule === 'mapper-stalled'
    ? (address) => ({
        id: 'large-packets',
        title: 'Find out where large packets get lost',
        where: 'network',
        text: 'Ask whoever runs the VPN, tunnel or firewall between expert and novice: let ICMP "fragmentation needed" (IPv6: "packet too big") pass, or clamp the MSS of TCP to the MTU of the path. The first command finds the MTU from Windows, the second from Linux: lower the size until an answer comes.',
        commands: pingCommands(address),
      })
    : null;

import { type Commands, commandsFor } from '../../model/commands.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { rejecterOf } from '../host-facts.ts';
import { traitsOf } from '../rules.ts';
import type { Make } from './situation.ts';

/** Packets that end in this machine, or may. */
export const openLocalFirewall: Make = ({ rulings, facts }) => {
  const isNear = [...rulings.values()].some(({ side }) => side === 'near');
  const isNameless = [...rulings.values()].some(
    ({ rule, ports }) =>
      traitsOf(rule).filter === 'icmp' &&
      facts.evidence.ports.some((one) => ports.includes(one.port) && rejecterOf(one) === null),
  );
  if (!isNear && !isNameless) return null;
  const what = isNear
    ? 'Packets to these ports never reach the first router'
    : 'The sender of these rejections is unknown';
  const then = isNear ? ' If nothing does, look at the first router.' : '';
  return {
    id: 'local-firewall',
    title: 'Check the firewall on this machine first',
    where: 'expert',
    text: `${what}: a firewall or security product on this machine may block the outgoing connections. Allow outgoing TCP for msra.exe and check again.${then}`,
    ...commandsFor(
      ['powershell', ['Get-NetFirewallRule -Direction Outbound -Action Block -Enabled True']],
      ['shell', ['nft list ruleset']],
    ),
  };
};

/** Pings that fill an Ethernet packet: 1500 bytes with the headers of IP and ICMP. */
const pingCommands = (text: string | null): Commands => {
  const address = text === null ? null : canonicalAddress(text);
  if (address === null) return commandsFor();
  return address.includes(':')
    ? commandsFor(['cmd', [`ping -l 1452 ${address}`]], ['shell', [`ping -M do -s 1452 ${address}`]])
    : commandsFor(['cmd', [`ping -f -l 1472 ${address}`]], ['shell', [`ping -M do -s 1472 ${address}`]]);
};

/** Large packets that get lost. */
export const letLargePacketsThrough: Make = ({ rulings }) =>
  rulings.get('endpoint-mapper')?.rule === 'mapper-stalled'
    ? (address) => ({
        id: 'large-packets',
        title: 'Find out where large packets get lost',
        where: 'network',
        text: 'Ask whoever runs the VPN, tunnel or firewall between expert and novice to allow ICMP "fragmentation needed" (IPv6: "packet too big"), or to clamp the TCP MSS to the path MTU. The commands find the MTU, from Windows or from Linux: lower the size until a reply comes.',
        ...pingCommands(address),
      })
    : null;

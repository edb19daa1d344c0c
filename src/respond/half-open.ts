import { addressIn } from '../responder-protocol/address.ts';

/** A connection that a kernel knows of; the remote address in canonical text, IPv4 never in its IPv6 form. */
export interface KnownConnection {
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** Lines of a table that are read: a machine under a SYN flood has many. */
const MOST_LINES = 20_000;

/** What stands before an IPv4 address in its IPv6 form. */
const MAPPED = '00000000000000000000ffff';

/** The bytes of /proc/net/tcp's addresses stand in words of the machine's byte order, which is little-endian wherever Node runs. */
const addressOf = (hex: string): string => {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).toReversed());
  return addressIn(Buffer.from(bytes.join('').padStart(32, MAPPED), 'hex'));
};

/** SYN_RECV in Linux' include/net/tcp_states.h: a SYN has arrived, and what completes the handshake has not. */
const LINUX = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) 03 /;

/** Half-open connections in the text of /proc/net/tcp or tcp6; other lines are left out. */
export const halfOpenInProc = (text: string): KnownConnection[] =>
  text.split('\n', MOST_LINES).flatMap((line) => {
    const [, local = '', remote = '', port = ''] = LINUX.exec(line) ?? [];
    if (remote === '') return [];
    return [
      {
        localPort: Number.parseInt(local, 16),
        remoteAddress: addressOf(remote),
        remotePort: Number.parseInt(port, 16),
      },
    ];
  });

/** `  TCP    10.1.2.3:50000    10.1.9.9:40000    SYN_RECEIVED`; the words of the states are those of the language of Windows. */
const NETSTAT = /^\s*TCP\s+\S+:(\d{1,5})\s+(\S+):(\d{1,5})\s+(\S+)/i;

/** Connections in the text of `netstat -n -p tcp`, whatever their state, listeners left out. */
export const connectionsInNetstat = (text: string): KnownConnection[] =>
  text.split(/\r?\n/, MOST_LINES).flatMap((line) => {
    const [, local, remote = '', port] = NETSTAT.exec(line) ?? [];
    if (port === undefined || port === '0') return [];
    return [{ localPort: Number(local), remoteAddress: remote, remotePort: Number(port) }];
  });

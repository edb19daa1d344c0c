import type { FaultKind, LocalFault } from '../model/fault.ts';
import type { Family } from '../model/target.ts';

/**
 * What an errno of connect() means, by platform. Sources: Linux net/ipv4/icmp.c `icmp_err_convert` and
 * net/ipv6/icmp.c `tab_unreach`; libuv src/win/winsock.c and error.c; xnu bsd/netinet/ip_icmp.c; nmap
 * scan_engine_connect.cc. `refused`: something answered. `rejected`: an ICMP error ended the connect. `silent`: the
 * system's own retransmissions ended. `hung-up`: the connection stood and was reset before we looked (a reset in answer to a SYN
 * is ECONNREFUSED). Everything else is ours.
 */
export type ErrnoMeaning =
  | { readonly kind: 'refused' }
  | { readonly kind: 'hung-up' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'fault'; readonly fault: LocalFault };

const FAULTS: Readonly<Record<string, readonly [FaultKind, string]>> = {
  EMFILE: ['descriptors', 'this process has no file descriptors left'],
  ENFILE: ['descriptors', 'this machine has no file descriptors left'],
  EADDRNOTAVAIL: ['local-ports', 'this machine has no free local port or address for that target'],
  EADDRINUSE: ['local-ports', 'this machine has no free local port for that target'],
  EAGAIN: ['local-ports', 'this machine has no free local port or route entry for that target'],
  ENOBUFS: ['buffers', 'this machine has no network buffers left'],
  ENOMEM: ['buffers', 'this machine has no memory left for another connection'],
  ENETDOWN: ['no-route', 'the network interface of this machine is down'],
  ENODEV: ['no-route', 'this machine has no such network interface'],
  ENXIO: ['no-route', 'this machine has no such network interface'],
  EAFNOSUPPORT: ['no-route', 'this machine does not speak that address family'],
  EINVAL: ['no-route', 'no source address on this machine can reach it'],
  EPERM: ['blocked-locally', 'a firewall on this machine forbids the connection'],
  ECANCELED: ['aborted', 'stopped'],
};

/** An ICMP error; which one is lost in the errno. ECONNRESET before a connection stands for two of them in libuv on Windows. */
const REJECTED: ReadonlySet<string> = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENONET',
  'ENOPROTOOPT',
  'EPROTO',
  'EOPNOTSUPP',
]);

const fault = (kind: FaultKind, code: string, text: string): ErrnoMeaning => ({
  kind: 'fault',
  fault: { kind, code, text },
});

/** Reads an errno of connect(). `code` as Node gives it (`ECONNREFUSED`); never throws. */
export const meaningOf = (code: string, platform: NodeJS.Platform, family: Family): ErrnoMeaning => {
  if (code === 'ECONNREFUSED') return { kind: 'refused' };
  if (code === 'ETIMEDOUT') return { kind: 'silent' };
  if (REJECTED.has(code)) return { kind: 'rejected' };
  if (code === 'ECONNRESET') return platform === 'win32' ? { kind: 'rejected' } : { kind: 'hung-up' };
  // Linux net/ipv4/tcp_input.c tcp_reset(): a reset after the peer had ended its side.
  if (code === 'EPIPE') return { kind: 'hung-up' };
  if (code === 'EACCES') {
    // Linux turns ICMPv6 "administratively prohibited" into EACCES; elsewhere it is a firewall on this machine.
    return platform === 'linux' && family === 6
      ? { kind: 'rejected' }
      : fault(
          'blocked-locally',
          code,
          'a firewall or security product on this machine forbids the connection',
        );
  }
  const known = FAULTS[code];
  return known
    ? fault(known[0], code, known[1])
    : fault('other', code, `connect failed on this machine: ${code}`);
};

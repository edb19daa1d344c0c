import { describe, expect, test } from 'vitest';
import { meaningOf } from '../../src/wire/errno.ts';

/**
 * What connect() gives by platform. Linux: net/ipv4/icmp.c icmp_err_convert, net/ipv6/icmp.c tab_unreach. Windows: libuv
 * src/win/winsock.c and error.c. macOS: xnu ip_icmp.c and tcp_subr.c.
 */
const TABLE: readonly [platform: NodeJS.Platform, family: 4 | 6, codes: string, meaning: string][] = [
  ['linux', 4, 'ECONNREFUSED', 'refused'],
  ['linux', 4, 'ENETUNREACH EHOSTUNREACH ENOPROTOOPT EOPNOTSUPP EHOSTDOWN ENONET EPROTO', 'rejected'],
  ['linux', 6, 'ENETUNREACH EHOSTUNREACH EACCES EPROTO', 'rejected'],
  ['linux', 4, 'ETIMEDOUT', 'silent'],
  ['linux', 4, 'ECONNRESET EPIPE', 'hung-up'],
  ['linux', 4, 'EACCES', 'fault blocked-locally'],
  ['linux', 4, 'EPERM', 'fault blocked-locally'],
  ['linux', 6, 'EPERM', 'fault blocked-locally'],
  ['linux', 4, 'EMFILE ENFILE', 'fault descriptors'],
  ['linux', 4, 'EADDRNOTAVAIL EADDRINUSE EAGAIN', 'fault local-ports'],
  ['linux', 4, 'ENOBUFS ENOMEM', 'fault buffers'],
  ['linux', 4, 'EINVAL ENETDOWN ENODEV ENXIO EAFNOSUPPORT', 'fault no-route'],
  ['linux', 4, 'ECANCELED', 'fault aborted'],
  ['linux', 4, 'ESOMETHINGNEW UNKNOWN', 'fault other'],

  ['win32', 4, 'ECONNREFUSED', 'refused'],
  ['win32', 4, 'ENETUNREACH EHOSTUNREACH EHOSTDOWN ENOPROTOOPT', 'rejected'],
  // STATUS_PORT_UNREACHABLE and STATUS_HOPLIMIT_EXCEEDED
  ['win32', 4, 'ECONNRESET', 'rejected'],
  ['win32', 6, 'ECONNRESET', 'rejected'],
  ['win32', 4, 'ETIMEDOUT', 'silent'],
  ['win32', 4, 'EACCES', 'fault blocked-locally'],
  ['win32', 6, 'EACCES', 'fault blocked-locally'],
  ['win32', 4, 'EADDRNOTAVAIL EADDRINUSE', 'fault local-ports'],
  ['win32', 4, 'EMFILE', 'fault descriptors'],
  ['win32', 4, 'ENOBUFS', 'fault buffers'],
  // WSAENETDOWN, which libuv's error.c does not list
  ['win32', 4, 'UNKNOWN', 'fault other'],

  ['darwin', 4, 'ECONNREFUSED', 'refused'],
  ['darwin', 4, 'EHOSTUNREACH ENETUNREACH EHOSTDOWN', 'rejected'],
  ['darwin', 6, 'EACCES', 'fault blocked-locally'],
  ['darwin', 4, 'ECONNRESET', 'hung-up'],
  ['darwin', 4, 'ENETDOWN', 'fault no-route'],
];

const rows = TABLE.flatMap(([platform, family, codes, meaning]) =>
  codes.split(' ').map((code) => [code, platform, family, meaning] as const),
);

describe('an errno of connect()', () => {
  test.each(rows)('%s on %s over IPv%i: %s', (code, platform, family, expected) => {
    const meaning = meaningOf(code, platform, family);
    const said = meaning.kind === 'fault' ? `fault ${meaning.fault.kind}` : meaning.kind;
    expect(said).toBe(expected);
    if (meaning.kind !== 'fault') return;
    expect(meaning.fault.code).toBe(code);
    expect(meaning.fault.text).toMatch(/^[^\n.]{5,120}$/);
  });
});

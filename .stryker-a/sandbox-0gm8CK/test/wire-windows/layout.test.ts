import { describe, expect, test } from 'vitest';
import * as layout from '../../src/wire/windows/layout.ts';
import { finish } from '../lab/shell.ts';
import { findProgram } from '../lab/tools.ts';

const {
  ICMP_ECHO_REPLY,
  ICMP_ERROR_INFO,
  ICMPV6_ECHO_REPLY,
  INITIAL_RTO,
  // A handle, checked below as a number of its width.
  INVALID_HANDLE_VALUE,
  IP_STATUS,
  LINGER,
  NO_SYN_RETRANSMISSIONS,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  // Not in the headers of mingw-w64 10 to 12; Microsoft documents them in "IPPROTO_TCP socket options".
  TCP_FAIL_CONNECT_ON_ICMP_ERROR: _fail,
  TCP_ICMP_ERROR_INFO: _info,
  UNSPECIFIED_RTT,
  WSA,
  WSADATA_SIZE,
  ...constants
} = layout;

/**
 * mingw-w64 lacks ICMP_ERROR_INFO and the reply of IPv6, and does not pack IPV6_ADDRESS_EX; these are ws2ipdef.h and ipexport.h of the
 * Windows SDK 10.0.19041.
 */
const HEAD = `#include <winsock2.h>
#include <ws2tcpip.h>
#include <ws2ipdef.h>
#include <mstcpip.h>
#include <ipexport.h>
#include <winerror.h>
#include <stddef.h>
typedef struct { SOCKADDR_INET srcaddress; int protocol; UINT8 type; UINT8 code; } ICMP_INFO;
#pragma pack(push, 1)
typedef struct { USHORT sin6_port; ULONG sin6_flowinfo; USHORT sin6_addr[8]; ULONG sin6_scope_id; } PACKED_ADDRESS;
#pragma pack(pop)
typedef struct { PACKED_ADDRESS Address; ULONG Status; unsigned int RoundTripTime; } REPLY6;
`;

const claims: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(constants),
  ...Object.entries(WSA).map(([name, value]) => [`WSA${name}`, value] as const),
  ...Object.entries(IP_STATUS).map(([name, value]) => [`IP_${name}`, value] as const),
  ['(long long)INVALID_HANDLE_VALUE', INVALID_HANDLE_VALUE],
  ['sizeof(HANDLE)', 8],
  ['sizeof(ICMP_ECHO_REPLY)', ICMP_ECHO_REPLY.size],
  ['offsetof(ICMP_ECHO_REPLY, Address)', ICMP_ECHO_REPLY.address],
  ['offsetof(ICMP_ECHO_REPLY, Status)', ICMP_ECHO_REPLY.status],
  ['offsetof(ICMP_ECHO_REPLY, RoundTripTime)', ICMP_ECHO_REPLY.rtt],
  ['sizeof(REPLY6)', ICMPV6_ECHO_REPLY.size],
  ['offsetof(REPLY6, Address.sin6_addr)', ICMPV6_ECHO_REPLY.address],
  ['offsetof(REPLY6, Status)', ICMPV6_ECHO_REPLY.status],
  ['offsetof(REPLY6, RoundTripTime)', ICMPV6_ECHO_REPLY.rtt],
  ['TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS & 0xff', NO_SYN_RETRANSMISSIONS],
  ['TCP_INITIAL_RTO_UNSPECIFIED_RTT & 0xffff', UNSPECIFIED_RTT],
  ['sizeof(SOCKET)', 8],
  ['sizeof(WSADATA)', WSADATA_SIZE],
  ['sizeof(SOCKADDR_IN)', SOCKADDR_IN.size],
  ['offsetof(SOCKADDR_IN, sin_port)', SOCKADDR_IN.port],
  ['offsetof(SOCKADDR_IN, sin_addr)', SOCKADDR_IN.address],
  ['sizeof(SOCKADDR_IN6)', SOCKADDR_IN6.size],
  ['offsetof(SOCKADDR_IN6, sin6_port)', SOCKADDR_IN6.port],
  ['offsetof(SOCKADDR_IN6, sin6_addr)', SOCKADDR_IN6.address],
  ['offsetof(SOCKADDR_IN6, sin6_scope_id)', SOCKADDR_IN6.scope],
  ['sizeof(struct linger)', LINGER.size],
  ['offsetof(struct linger, l_linger)', LINGER.seconds],
  ['sizeof(TCP_INITIAL_RTO_PARAMETERS)', INITIAL_RTO.size],
  ['offsetof(TCP_INITIAL_RTO_PARAMETERS, Rtt)', INITIAL_RTO.rtt],
  ['offsetof(TCP_INITIAL_RTO_PARAMETERS, MaxSynRetransmissions)', INITIAL_RTO.retransmissions],
  ['sizeof(ICMP_INFO)', ICMP_ERROR_INFO.size],
  ['offsetof(ICMP_INFO, srcaddress)', ICMP_ERROR_INFO.source],
  ['offsetof(ICMP_INFO, protocol)', ICMP_ERROR_INFO.protocol],
  ['offsetof(ICMP_INFO, type)', ICMP_ERROR_INFO.type],
  ['offsetof(ICMP_INFO, code)', ICMP_ERROR_INFO.code],
]);

/** Every number as an assertion that the compiler checks; nothing of it is ever run. */
const program = (all: ReadonlyMap<string, number>): string =>
  `${HEAD}${[...all].map(([what, value]) => `_Static_assert((${what}) == ${value}, "${what}");\n`).join('')}`;

describe('the table of the Windows ABI', () => {
  const compiler = findProgram('x86_64-w64-mingw32-gcc');
  const compile = (source: string) =>
    finish(compiler ?? '', ['-D_WIN32_WINNT=0x0A00', '-std=c11', '-fsyntax-only', '-x', 'c', '-'], {
      input: source,
    });

  test('says what the headers of mingw-w64 say', async ({ skip }) => {
    if (compiler === null) return skip('no x86_64-w64-mingw32-gcc on this machine');
    expect(await compile(program(claims))).toMatchObject({ code: 0, stderr: '' });
  });

  test('would be caught if it were wrong', async ({ skip }) => {
    if (compiler === null) return skip('no x86_64-w64-mingw32-gcc on this machine');
    const wrong = new Map([...claims].map(([what, value]) => [what, value + 1]));
    const { stderr } = await compile(program(wrong));
    for (const what of wrong.keys()) expect(stderr).toContain(`"${what}"`);
  });
});

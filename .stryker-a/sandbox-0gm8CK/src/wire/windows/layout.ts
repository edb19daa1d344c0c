/**
 * Numbers of the Windows ABI that this wire depends on, x64 and arm64 (both LLP64 and little-endian): winsock2.h, ws2ipdef.h,
 * mstcpip.h and ipexport.h of the Windows SDK. One table, checked against the headers of mingw-w64 by
 * test/wire-windows/layout.test.ts.
 */
export const AF_INET = 2;
export const AF_INET6 = 23;
export const SOCK_STREAM = 1;
export const IPPROTO_IP = 0;
export const IPPROTO_TCP = 6;
export const IPPROTO_IPV6 = 41;
export const SOL_SOCKET = 0xffff;
export const SO_REUSEADDR = 4;
export const SO_LINGER = 0x80;
export const SO_ERROR = 0x1007;
export const IP_TTL = 4;
export const IPV6_UNICAST_HOPS = 4;
export const WSA_FLAG_OVERLAPPED = 0x01;
export const WSA_FLAG_NO_HANDLE_INHERIT = 0x80;
export const FIONBIO = 0x8004667e;

/** Since Windows 8; the value that sends no second SYN only since Windows 10 1709 (16299). */
export const SIO_TCP_INITIAL_RTO = 0x98000011;
export const NO_SYN_RETRANSMISSIONS = 0xfe;
export const UNSPECIFIED_RTT = 0xffff;
/** Since Windows 10 2004 and Server 2022 (19041): an ICMP error ends the connect with WSAEHOSTUNREACH, and can be read. */
export const TCP_FAIL_CONNECT_ON_ICMP_ERROR = 18;
export const TCP_ICMP_ERROR_INFO = 19;

/** WSA errors by their names without "WSA", which are those of Node. */
export const WSA = {
  EACCES: 10013,
  EINVAL: 10022,
  EMFILE: 10024,
  EWOULDBLOCK: 10035,
  ENOPROTOOPT: 10042,
  EOPNOTSUPP: 10045,
  EAFNOSUPPORT: 10047,
  EADDRINUSE: 10048,
  EADDRNOTAVAIL: 10049,
  ENETDOWN: 10050,
  ENETUNREACH: 10051,
  ECONNABORTED: 10053,
  ECONNRESET: 10054,
  ENOBUFS: 10055,
  ENOTCONN: 10057,
  ETIMEDOUT: 10060,
  ECONNREFUSED: 10061,
  EHOSTDOWN: 10064,
  EHOSTUNREACH: 10065,
} as const;

/** Sizes and offsets, bytes. */
export const SOCKADDR_IN = { size: 16, port: 2, address: 4 } as const;
export const SOCKADDR_IN6 = { size: 28, port: 2, address: 8, scope: 24 } as const;
/** struct linger is two u_short here, where POSIX has two int. */
export const LINGER = { size: 4, seconds: 2 } as const;
/** { USHORT Rtt; UCHAR MaxSynRetransmissions; } */
export const INITIAL_RTO = { size: 4, rtt: 0, retransmissions: 2 } as const;
/** { SOCKADDR_INET srcaddress; IPPROTO protocol; UINT8 type; UINT8 code; } */
export const ICMP_ERROR_INFO = { size: 36, source: 0, protocol: 28, type: 32, code: 33 } as const;
export const WSADATA_SIZE = 408;

/** ICMP echo (icmpapi.h, ipexport.h): what a reply holds. Of IPv6 the address is that of a packed IPV6_ADDRESS_EX. */
export const ICMP_ECHO_REPLY = { size: 40, address: 0, status: 4, rtt: 8 } as const;
export const ICMPV6_ECHO_REPLY = { size: 36, address: 6, status: 28, rtt: 32 } as const;
/** IP_STATUS of ipexport.h; a number of its own kind below `BASE` is a Win32 error. Names of IPv6 share these numbers. */
export const IP_STATUS = {
  SUCCESS: 0,
  STATUS_BASE: 11000,
  DEST_NET_UNREACHABLE: 11002,
  DEST_HOST_UNREACHABLE: 11003,
  DEST_PROT_UNREACHABLE: 11004,
  DEST_PORT_UNREACHABLE: 11005,
  REQ_TIMED_OUT: 11010,
  TTL_EXPIRED_TRANSIT: 11013,
  TTL_EXPIRED_REASSEM: 11014,
  DEST_UNREACHABLE: 11040,
  TIME_EXCEEDED: 11041,
  GENERAL_FAILURE: 11050,
} as const;

/** Handles and events (winbase.h, winerror.h). */
export const INVALID_HANDLE_VALUE = -1;
export const ERROR_IO_PENDING = 997;
export const MAXIMUM_WAIT_OBJECTS = 64;

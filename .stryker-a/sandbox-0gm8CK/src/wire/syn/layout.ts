/**
 * Numbers of the Linux ABI that only the syn engine depends on; test/wire-linux/layout.test.ts checks them against the C
 * headers. All of them are the same on x86-64 and arm64.
 */
export const AF_UNSPEC = 0;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const IPPROTO_ICMP = 1;
export const IPPROTO_TCP = 6;
export const IPPROTO_ICMPV6 = 58;
export const IPPROTO_RAW = 255;
export const IP_HDRINCL = 3;
export const IPV6_HDRINCL = 36;
export const IPV6_RECVHOPLIMIT = 51;
export const IPV6_HOPLIMIT = 52;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_ATTACH_FILTER = 26;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const SO_MEMINFO = 55;
/** Which number of SO_MEMINFO counts the packets that found no room (linux/sock_diag.h), and how many there are. */
export const SK_MEMINFO_DROPS = 8;
export const SK_MEMINFO_VARS = 9;
export const ENOBUFS = 105;

/** struct mmsghdr: a msghdr and the length of what came. */
export const MMSGHDR = { size: 64, len: 56 } as const;
/** The fields of its msghdr about the sender's address. */
export const MSGNAME = { name: 0, namelen: 8 } as const;
/** struct sock_fprog: how many instructions, and where. */
export const SOCK_FPROG = { size: 16, len: 0, filter: 8 } as const;
/** struct sock_filter. */
export const SOCK_FILTER = { size: 8, code: 0, jt: 2, jf: 3, k: 4 } as const;

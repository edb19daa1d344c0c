/**
 * Numbers of the Linux ABI that this wire depends on. One table, checked against the C headers of the machine by
 * test/wire-linux/layout.test.ts. Both architectures are 64-bit and little-endian; only epoll_event differs, which is
 * packed on x86-64 (uapi/linux/eventpoll.h, EPOLL_PACKED).
 */
export interface Layout {
  readonly epollEvent: { readonly size: number; readonly data: number };
}

export const LAYOUTS: Readonly<Record<string, Layout>> = {
  x64: { epollEvent: { size: 12, data: 4 } },
  arm64: { epollEvent: { size: 16, data: 8 } },
};

export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_LINGER = 13;
export const IPPROTO_IP = 0;
export const IP_TTL = 2;
export const IP_RECVERR = 11;
export const IP_MINTTL = 21;
export const IPPROTO_IPV6 = 41;
export const IPV6_UNICAST_HOPS = 16;
export const IPV6_RECVERR = 25;
export const IPV6_V6ONLY = 26;
export const IPV6_MINHOPCOUNT = 73;
export const EPOLL_CLOEXEC = 0o2000000;
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLLIN = 1;
export const EPOLLOUT = 4;
export const EPOLLERR = 8;
export const EPOLLHUP = 16;
export const EPOLLET = 2 ** 31;
export const MSG_DONTWAIT = 0x40;
export const MSG_ERRQUEUE = 0x2000;
export const MSG_NOSIGNAL = 0x4000;
export const SO_EE_ORIGIN_ICMP = 2;
export const SO_EE_ORIGIN_ICMP6 = 3;
export const EAGAIN = 11;
export const EPIPE = 32;
export const ECONNRESET = 104;
export const EADDRINUSE = 98;
export const ECONNABORTED = 103;
export const EADDRNOTAVAIL = 99;
export const ENETUNREACH = 101;
export const EINPROGRESS = 115;

/** struct sockaddr_in, sockaddr_in6: sizes and offsets, bytes. */
export const SOCKADDR_IN = { size: 16, port: 2, address: 4 } as const;
export const SOCKADDR_IN6 = { size: 28, port: 2, address: 8, scope: 24 } as const;
/** struct msghdr: pointers and lengths, 8 bytes each where they matter. */
export const MSGHDR = { size: 56, iov: 16, iovlen: 24, control: 32, controllen: 40 } as const;
export const IOVEC = { size: 16, base: 0, len: 8 } as const;
/** struct cmsghdr, and the alignment of what follows. */
export const CMSGHDR = { size: 16, len: 0, level: 8, type: 12, align: 8 } as const;
/** struct sock_extended_err; the offender's sockaddr follows it. */
export const EXTENDED_ERR = { size: 16, errno: 0, origin: 4, type: 5, code: 6 } as const;

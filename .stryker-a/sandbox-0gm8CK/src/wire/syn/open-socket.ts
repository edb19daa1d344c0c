import type { Family } from '../../model/target.ts';
import { AF_INET, AF_INET6, SOCK_CLOEXEC, SOCK_NONBLOCK, SOL_SOCKET } from '../linux/layout.ts';
import { errnoName, type Libc } from '../linux/libc.ts';
import { SOCK_RAW } from './layout.ts';

/** Thrown when the kernel gives no socket. */
export class Errno extends Error {
  override readonly name = 'Errno';
  constructor(readonly errno: number) {
    super(errnoName(errno));
  }
}

/** An int of C, as a pointer to it points. */
export const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** Opens a socket that never blocks; throws an `Errno`. */
export const openSocket = (libc: Libc, family: Family, type: number, protocol: number): number => {
  const domain = family === 4 ? AF_INET : AF_INET6;
  const fd = libc.socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (fd < 0) throw new Errno(libc.errno());
  return fd;
};

/** Opens a raw socket, which needs CAP_NET_RAW; throws an `Errno`. */
export const openRaw = (libc: Libc, family: Family, protocol: number): number =>
  openSocket(libc, family, SOCK_RAW, protocol);

/** A buffer of that size when we may (CAP_NET_ADMIN), otherwise as near as the machine's limit lets us. */
export const setBufferSize = (
  libc: Libc,
  fd: number,
  [forced, asked]: readonly [number, number],
  bytes: number,
): void => {
  if (libc.setsockopt(fd, SOL_SOCKET, forced, int(bytes), 4) < 0) {
    libc.setsockopt(fd, SOL_SOCKET, asked, int(bytes), 4);
  }
};

import { readFileSync } from 'node:fs';
import { AF_INET, AF_INET6, EADDRNOTAVAIL, SOCK_STREAM, SOCKADDR_IN, SOCKADDR_IN6 } from '../linux/layout.ts';
import type { Libc } from '../linux/libc.ts';
import type { LocalPorts } from './bpf-filter.ts';
import { Errno, openSocket } from './open-socket.ts';

/** Ports of one lease, including the one that is the lock. */
const BLOCK = 256;
/** Ports of a lease where the kernel may assign any port, so that each must be held. */
const HELD = 64;
/** Below it live services. */
const LOWEST = 10_240;

/** A block of local ports that no other socket gets until `release`. */
export interface SourcePortLease {
  readonly ports: LocalPorts;
  release(): void;
}

const numbers = (path: string): number[] => {
  try {
    return readFileSync(path, 'latin1').match(/\d+/g)?.map(Number) ?? [];
  } catch {
    return [];
  }
};

/** The ports that the kernel picks from for connections of its own. */
const ephemeralRange = (): LocalPorts => {
  const [first = 32_768, last = 60_999] = numbers('/proc/sys/net/ipv4/ip_local_port_range');
  return { first, last };
};

/** Ports that were set aside for somebody (`8080,9148-9150`), as ranges. */
const reservedRanges = (): LocalPorts[] => {
  try {
    return readFileSync('/proc/sys/net/ipv4/ip_local_reserved_ports', 'latin1')
      .trim()
      .split(',')
      .filter(Boolean)
      .map((range) => {
        const [first = 0, last = first] = range.split('-').map(Number);
        return { first, last };
      });
  } catch {
    return [];
  }
};

const overlaps = (a: LocalPorts, b: LocalPorts): boolean => a.first <= b.last && b.first <= a.last;

/** First ports of the blocks that may be claimed: above the ephemeral range first, then downwards below it. */
const freeBlocks = (): number[] => {
  const blocks: number[] = [];
  const { first, last } = ephemeralRange();
  for (let at = Math.max(last + 1, LOWEST); at + BLOCK - 1 <= 65_535; at += BLOCK) blocks.push(at);
  for (let at = Math.min(first, 65_536) - BLOCK; at >= LOWEST; at -= BLOCK) blocks.push(at);
  const reserved = reservedRanges();
  return blocks.filter(
    (at) => !reserved.some((range) => overlaps(range, { first: at, last: at + BLOCK - 1 })),
  );
};

/** Binds a stream socket to a port of every address, IPv4 and IPv6; the descriptor, or null when somebody has it. */
const hold = (libc: Libc, port: number): number | null => {
  for (const [family, domain, size] of [
    [6, AF_INET6, SOCKADDR_IN6.size],
    [4, AF_INET, SOCKADDR_IN.size],
  ] as const) {
    let fd: number;
    try {
      fd = openSocket(libc, family, SOCK_STREAM, 0);
    } catch (error) {
      // A machine without IPv6 has nothing to hold there.
      if (family === 6 && error instanceof Errno && error.message === 'EAFNOSUPPORT') continue;
      throw error;
    }
    const any = Buffer.alloc(size);
    any.writeUInt16LE(domain, 0);
    any.writeUInt16BE(port, SOCKADDR_IN.port);
    if (libc.bind(fd, any, size) === 0) return fd;
    const errno = libc.errno();
    libc.close(fd);
    // IPv6 is there, but switched off.
    if (family === 6 && errno === EADDRNOTAVAIL) continue;
    return null;
  }
  return null;
};

/** A block outside of what the kernel picks from: one lock keeps other runs away, and every port must be free now. */
const leaseBlock = (libc: Libc, start: number): SourcePortLease | null => {
  const lock = hold(libc, start);
  if (lock === null) return null;
  const ports = { first: start + 1, last: start + BLOCK - 1 };
  let isOurs = false;
  try {
    for (let port = ports.first; port <= ports.last; port++) {
      const fd = hold(libc, port);
      if (fd === null) return null;
      libc.close(fd);
    }
    isOurs = true;
    return { ports, release: () => void libc.close(lock) };
  } finally {
    if (!isOurs) libc.close(lock);
  }
};

/** A few neighbouring ports anywhere, each held by a socket of its own. */
const leaseHeld = (libc: Libc): SourcePortLease | null => {
  const held: number[] = [];
  const release = (): void => {
    for (const fd of held.splice(0)) libc.close(fd);
  };
  try {
    for (let port = 65_535; port >= LOWEST; port--) {
      const fd = hold(libc, port);
      if (fd === null) release();
      else held.push(fd);
      if (held.length === HELD) return { ports: { first: port, last: port + HELD - 1 }, release };
    }
  } catch (error) {
    release();
    throw error;
  }
  release();
  return null;
};

/**
 * Leases local ports that nothing uses and that the kernel does not assign: outside of the range that it picks from and not
 * reserved. A socket bound to the first port is the lock, so two runs side by side never share a block; nothing listens on
 * any. Where the kernel picks from all ports, a few of them are held instead. Null when no port is left. Throws an `Errno`
 * when there are no descriptors to look with.
 */
export const leaseSourcePorts = (libc: Libc): SourcePortLease | null => {
  for (const start of freeBlocks()) {
    const claim = leaseBlock(libc, start);
    if (claim) return claim;
  }
  return leaseHeld(libc);
};

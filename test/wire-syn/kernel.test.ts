import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/model/target.ts';
import { type Libc, loadLibc } from '../../src/wire/linux/libc.ts';
import { RawSockets } from '../../src/wire/syn/raw-sockets.ts';
import { leaseSourcePorts } from '../../src/wire/syn/source-port-lease.ts';
import { whyNoRaw } from '../../src/wire/syn-engine.ts';
import { Peers } from '../contract/peers.ts';
import { said } from './asking.ts';
import { closed, differing, sweepWith, tally } from './sweeping.ts';

const why = await whyNoRaw(process.platform);

const EAGAIN = 11;
const EMFILE = 24;
const SO_MEMINFO = 55;

/** Sockets for a run that sends nothing. */
const quietChannel = (libc: Libc): { channel: RawSockets<never>; close(): void } => {
  const claim = leaseSourcePorts(libc);
  if (!claim) throw new Error('no local port is left');
  const channel = new RawSockets<never>(libc, claim.ports, { onSending: () => {}, onRefused: () => {} });
  const close = (): void => {
    channel.close();
    claim.release();
  };
  return { channel, close };
};

/** Sends a datagram to a port and gives the error that came back. */
const datagram = ({ address, family, port }: Endpoint): Promise<string> =>
  new Promise((resolve) => {
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
    const done = (word: string): void => {
      socket.close();
      resolve(word);
    };
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'error'));
    socket.connect(port, address, () => {
      socket.send('x');
      setTimeout(() => socket.listenerCount('error') > 0 && done('nothing'), 200);
    });
  });

describe.skipIf(why !== null)(`the syn wire and its kernel${why === null ? '' : ` (${why})`}`, () => {
  let peers: Peers;
  beforeEach(() => {
    peers = new Peers();
  });
  afterEach(() => peers.close());

  test('nothing is lost when the kernel has no room, or takes a batch in pieces', async () => {
    const libc = await loadLibc();
    let calls = 0;
    let errno = 0;
    const full: Libc = {
      ...libc,
      sendmmsg: (fd, messages, count, flags) => {
        errno = calls++ % 3 === 0 ? EAGAIN : 0;
        return errno === 0 ? libc.sendmmsg(fd, messages, Math.min(count, 7), flags) : -1;
      },
      errno: () => errno || libc.errno(),
    };
    const { replies, end } = await sweepWith(full, closed(3000), { perSecond: 100_000 });
    expect(differing(replies, 'refused by target, ttl 64')).toEqual([]);
    expect(end).toMatchObject({ probes: 3000, packets: 3000, ignored: 0 });
  });

  test('a packet that the kernel refuses is told, and the others leave', async () => {
    const libc = await loadLibc();
    let calls = 0;
    let errno = 0;
    const refusing: Libc = {
      ...libc,
      sendmmsg: (fd, messages, count, flags) => {
        errno = calls++ % 2 === 0 ? 1 : 0;
        return errno === 0 ? libc.sendmmsg(fd, messages, Math.min(count, 10), flags) : -1;
      },
      errno: () => errno || libc.errno(),
    };
    const { replies } = await sweepWith(refusing, closed(1100), { perSecond: 100_000 });
    const counts = tally(replies);
    expect(counts['blocked-locally EPERM']).toBeGreaterThanOrEqual(100);
    expect(replies).toHaveLength(1100);
    expect(differing(replies, 'refused by target, ttl 64')).toHaveLength(
      counts['blocked-locally EPERM'] ?? 0,
    );
  });

  test('answers lost for want of room here are noticed, and never called silence', async () => {
    const { replies, end } = await sweepWith(await loadLibc(), closed(2000), {
      ...{ perSecond: 100_000, sizes: { receiveBytes: 8192 } },
    });
    expect(end.overruns).toBeGreaterThan(0);
    expect(replies).toHaveLength(2000);
    const lost = differing(replies, 'refused by target, ttl 64');
    expect(lost.length).toBeGreaterThan(0);
    expect(Object.keys(tally(lost))).toEqual(['too-fast LOST']);
    expect(end.packets).toBe(2000);
  });

  test('other traffic never reaches it', async () => {
    const libc = await loadLibc();
    let heard = 0;
    const counting: Libc = {
      ...libc,
      recvmmsg: (fd, messages, most, flags, timeout) => {
        const count = libc.recvmmsg(fd, messages, most, flags, timeout);
        heard += Math.max(0, count);
        return count;
      },
    };
    const { channel, close } = quietChannel(counting);
    try {
      channel.open(4);
      channel.open(6);
      heard = 0;
      // Resets and SYN-ACKs to somebody else's ports, and errors about somebody else's datagrams.
      await sweepWith(libc, [...closed(500), ...closed(500, '::1')], { perSecond: 50_000 });
      await Promise.all([...closed(50), ...closed(50, '::1')].map(datagram));
      expect(channel.drain(() => {})).toBe(true);
      expect(heard).toBe(0);
    } finally {
      close();
    }
  });

  test('what came in before the filter stood is thrown away', async () => {
    const libc = await loadLibc();
    const SO_ATTACH_FILTER = 26;
    const TO_A_CLOSED_PORT = Buffer.from([2, 0, 0, 2, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let dials = 0;
    const late: Libc = {
      ...libc,
      setsockopt: (fd, level, name, value, length) => {
        if (name === SO_ATTACH_FILTER) {
          // On loopback the reset is there before connect() returns.
          const socket = libc.socket(2, 1, 0);
          libc.connect(socket, TO_A_CLOSED_PORT, TO_A_CLOSED_PORT.length);
          libc.close(socket);
          dials++;
        }
        return libc.setsockopt(fd, level, name, value, length);
      },
      getsockopt: (fd, level, name, value, length) => {
        const result = libc.getsockopt(fd, level, name, value, length);
        if (name === SO_MEMINFO) value.writeUInt32LE(130, 4 * 8);
        return result;
      },
    };
    const { channel, close } = quietChannel(late);
    let seen = 0;
    channel.open(4);
    channel.drain(() => seen++);
    // Nor counts what found no room then.
    expect([dials, seen, channel.lost()]).toEqual([2, 0, 0]);
    close();
  });

  test('an error of the kernel about a datagram is one, so the test above is none in vain', async () => {
    expect(await datagram({ address: '127.0.0.1', family: 4, port: 2 })).toBe('ECONNREFUSED');
  });

  test('says that it does not know where answers were lost here', async () => {
    const libc = await loadLibc();
    let lost = 0;
    const losing: Libc = {
      ...libc,
      getsockopt: (fd, level, name, value, length) => {
        const result = libc.getsockopt(fd, level, name, value, length);
        if (name === SO_MEMINFO) value.writeUInt32LE(lost, 4 * 8);
        return result;
      },
    };
    const silent = await peers.silent();
    const { replies } = await sweepWith(losing, [{ ...silent, timeoutMs: 100 }], { perSecond: 1000 });
    expect(replies.map(({ reply }) => said(reply))).toEqual(['silent']);
    setTimeout(() => {
      lost = 1;
    }, 50);
    const later = await sweepWith(losing, [{ ...silent, timeoutMs: 100 }], { perSecond: 1000 });
    expect(later.replies.map(({ reply }) => said(reply))).toEqual(['too-fast LOST']);
  });

  test('whichever socket is the one too many, it is said, and none stays open', async () => {
    const libc = await loadLibc();
    const words = new Set<string>();
    // Claims of others shift how many ports are tried, so the sockets that hold ports are counted apart from all others: the
    // lock, the route, and three for each family.
    const SOCK_STREAM = 1;
    const cases = [
      ...[0, 1, 100, 254].map((nth) => ({ isPort: true, nth })),
      ...Array.from({ length: 12 }, (_, nth) => ({ isPort: false, nth })),
    ];
    for (const tooMany of cases) {
      const open = new Set<number>();
      const calls = { port: 0, other: 0 };
      let errno = 0;
      const short: Libc = {
        ...libc,
        socket: (family, type, protocol) => {
          const isPort = (type & 0xf) === SOCK_STREAM;
          const nth = isPort ? calls.port++ : calls.other++;
          errno = isPort === tooMany.isPort && nth === tooMany.nth ? EMFILE : 0;
          const fd = errno === 0 ? libc.socket(family, type, protocol) : -1;
          if (fd >= 0) open.add(fd);
          return fd;
        },
        close: (fd) => {
          open.delete(fd);
          return libc.close(fd);
        },
        errno: () => errno || libc.errno(),
      };
      const both = [...closed(1), ...closed(1, '::1')];
      const { replies } = await sweepWith(short, both, { perSecond: 1000 }).catch((error: Error) => {
        words.add(error.message);
        return { replies: [] };
      });
      for (const { reply } of replies) words.add(said(reply));
      expect([tooMany, ...open]).toEqual([tooMany]);
    }
    expect(words).toEqual(new Set(['refused by target, ttl 64', 'descriptors EMFILE', 'EMFILE']));
  });
});

import { isMainThread } from 'node:worker_threads';
import type { Echo, Pinger } from '../model/wire.ts';
import { messageOf } from '../text/error-message.ts';
import { datagramPinger } from './icmp/datagram.ts';
import { notObserved } from './icmp/echoes.ts';
import { netPingPinger } from './icmp/net-ping.ts';
import { windowsPinger } from './icmp/windows.ts';
import { loadKoffi } from './koffi.ts';
import { LAYOUTS } from './linux/layout.ts';
import { loadLibc } from './linux/libc.ts';
import { icmpApi } from './windows/icmp-api.ts';

/** `datagram`: Linux' ICMP sockets, `system`: Windows' own calls, both without privileges. `raw`: net-ping, if it can be had and may. */
export type PingWay = 'datagram' | 'system' | 'raw';

/** A pinger, and which implementation it is. */
export interface LoadedPinger extends Pinger {
  readonly way: PingWay;
}

const withoutPrivileges = async (): Promise<Pinger | string> => {
  // The structures of the C library are those of 64 bits.
  if (!LAYOUTS[process.arch])
    return `ICMP datagram sockets are used on x64 and arm64, and this is ${process.arch}`;
  try {
    return datagramPinger(await loadLibc());
  } catch (error) {
    return messageOf(error);
  }
};

const onWindows = async (): Promise<Pinger> => {
  try {
    return windowsPinger(icmpApi(await loadKoffi()));
  } catch (error) {
    const echo = notObserved(`no ping could be sent: ${messageOf(error)}`);
    return { echo: async () => echo, close: () => {} };
  }
};

const loaded = (pinger: Pinger, way: PingWay): LoadedPinger => ({
  way,
  echo: (address, family, options) => pinger.echo(address, family, options),
  close: () => pinger.close(),
});

/**
 * The best pinger of this machine: ICMP datagram sockets on Linux where the kernel gives them to this user, the
 * system's own calls on Windows, else net-ping. Where none works, every echo is `not-observed` with the reason. Never throws.
 */
export const loadPinger = async (platform: NodeJS.Platform): Promise<LoadedPinger> => {
  // Neither koffi nor raw-socket's addon survives the end of a thread.
  if (!isMainThread) {
    const echo = notObserved('no ping could be sent: only the main thread of the program can');
    return loaded({ echo: async () => echo, close: () => {} }, 'raw');
  }
  if (platform === 'win32') return loaded(await onWindows(), 'system');
  const datagram = platform === 'linux' ? await withoutPrivileges() : '';
  if (typeof datagram !== 'string') return loaded(datagram, 'datagram');
  const both = datagram === '' ? '' : `${datagram}, and `;
  const noPing = (why: string): Echo => notObserved(`no ping could be sent: ${both}${why}`);
  return loaded(await netPingPinger(platform, noPing), 'raw');
};

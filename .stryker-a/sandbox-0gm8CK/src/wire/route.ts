import { createSocket } from 'node:dgram';
import type { LocalFault } from '../model/fault.ts';
import type { Endpoint, Family } from '../model/target.ts';
import { meaningOf } from './errno.ts';

const lookUp = (
  address: string,
  family: Family,
  port: number,
): Promise<NodeJS.ErrnoException | null | undefined> =>
  new Promise((resolve) => {
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
    const done = (error?: NodeJS.ErrnoException | null): void => {
      socket.close();
      resolve(error);
    };
    // What fails before the connect is an event; what fails in it is an argument, which the types do not say.
    socket.once('error', done);
    socket.connect(port, address, done as () => void);
  });

/**
 * Why this machine cannot send to an address, or null when it can: no route, a blackhole, unreachable or prohibit route,
 * an interface that is down, a family that is off. Asked of the kernel by connecting a datagram socket, which looks up the
 * route and sends nothing; so it distinguishes "no route from here" from an ICMP error, and "no address to send from" from "no port
 * left", which end with the same errno. Never throws; a shortage that hinders the asking is given as itself.
 */
export const whyNoRoute = async (
  { address, family, port }: Endpoint,
  platform: NodeJS.Platform,
): Promise<LocalFault | null> => {
  const error = await lookUp(address, family, port);
  if (!error) return null;
  const code = error.code ?? 'UNKNOWN';
  const meaning = meaningOf(code, platform, family);
  // What failed before the connect prevented the test, and says nothing about the route.
  if (error.syscall !== 'connect' && meaning.kind === 'fault') return meaning.fault;
  return { kind: 'no-route', code, text: `this machine has no route to ${address}` };
};

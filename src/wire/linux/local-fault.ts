import type { LocalFault } from '../../model/fault.ts';
import type { IcmpError } from '../../model/reply.ts';
import type { Endpoint } from '../../model/target.ts';
import { meaningOf } from '../errno.ts';
import { errnoName } from './libc.ts';

/** An errno that came before any packet left: whatever it says of a network, it is this machine's own word. */
export const localFault = (errno: number, { address, family }: Omit<Endpoint, 'port'>): LocalFault => {
  const code = errnoName(errno);
  const meaning = meaningOf(code, 'linux', family);
  if (meaning.kind === 'fault') return meaning.fault;
  return { kind: 'no-route', code, text: `this machine has no route to ${address}` };
};

/** What the kernel itself says of a neighbour that answers neither ARP nor neighbour discovery. */
export const isHostUnreachable = ({ version, type, code }: IcmpError): boolean =>
  version === 4 ? type === 3 && code === 1 : type === 1 && code === 3;

import type { Echo } from '../../model/wire.ts';
import { interfacesHere } from '../interfaces.ts';

/** An echo that could not be sent or waited for, and why. */
export const notObserved = (why: string): Echo => ({ kind: 'not-observed', why });

const isOurs = (address: string): boolean =>
  Object.values(interfacesHere()).some((known) => known?.some((one) => one.address === address));

/** What an ICMP error means for an echo: who sent it, unless that is this machine, since then nothing had left it. */
export const unreachableBy = (from: string): Echo =>
  isOurs(from)
    ? notObserved(
        'this machine could not deliver the ICMP echo request: nobody on the link has the address, or a firewall here rejects it',
      )
    : { kind: 'unreachable', from };

import type { LocalFault } from '../../model/fault.ts';
import type { Endpoint } from '../../model/target.ts';
import { faultBeforePacket } from '../classify-end.ts';
import { errnoName } from './libc.ts';

/** An errno that came before any packet left: whatever it says about a network, it is this machine's own error. */
export const localFault = (errno: number, endpoint: Omit<Endpoint, 'port'>): LocalFault =>
  faultBeforePacket(errnoName(errno), 'linux', endpoint);

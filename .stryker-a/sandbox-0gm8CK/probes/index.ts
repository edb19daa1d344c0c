import type { Probe } from '../src/model/probe.ts';
import { dynamicRpc } from './dynamic-rpc.ts';
import { endpointMapper } from './endpoint-mapper.ts';
import { remoteDesktop } from './remote-desktop.ts';

/** What Remote Assistance needs, in the order in which an offer uses it. */
export const probes: readonly Probe[] = [endpointMapper, remoteDesktop, dynamicRpc];

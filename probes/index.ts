import type { Probe } from '../src/model/probe.ts';
import { REQUIREMENTS, type RequirementName } from '../src/model/requirement.ts';
import { dynamicRpc } from './dynamic-rpc.ts';
import { endpointMapper } from './endpoint-mapper.ts';
import { remoteDesktop } from './remote-desktop.ts';

const PROBES: Readonly<Record<RequirementName, Probe>> = {
  'endpoint-mapper': endpointMapper,
  'remote-desktop': remoteDesktop,
  'dynamic-rpc': dynamicRpc,
};

/** What Remote Assistance needs, one probe for each requirement, in the order in which an offer uses it. */
export const probes: readonly Probe[] = REQUIREMENTS.map((name) => PROBES[name]);

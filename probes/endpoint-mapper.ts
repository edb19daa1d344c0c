import type { Probe } from '../src/model/probe.ts';

/** TCP 135, where every Remote Assistance offer begins: DCOM activation goes through RPCSS (MS-DCOM 1.9). */
export const endpointMapper: Probe = {
  name: 'endpoint-mapper',
  title: 'RPC endpoint mapper',
  ports: () => [{ port: 135, why: 'required' }],
  observe: (endpoint, dial) => dial(endpoint),
};

import type { Probe } from '../src/model/probe.ts';

/** A sample of the ports above 1024, where the object and, since Vista, the session of an offer live. */
export const dynamicRpc: Probe = {
  name: 'dynamic-rpc',
  title: 'Dynamic RPC ports',
  ports: (plan) => plan.sample.map((port) => ({ port, why: 'sampled' as const })),
  observe: (endpoint, dial) => dial(endpoint),
};

import type { Plan } from '../src/model/plan.ts';
import type { HostKnowledge, PlannedPort, Probe } from '../src/model/probe.ts';
import { spread } from '../src/model/spread.ts';
import { DYNAMIC_PORTS, inRange } from '../src/model/target.ts';
import type { TalkLimits } from '../src/model/wire.ts';
import type { RpcInterface } from './codec/pdu.ts';
import { RpcTalk } from './rpc-client.ts';

/** The management interface that every RPC server has (C706 appendix Q): accepted or rejected, the answer is RPC's. */
const MANAGEMENT: RpcInterface = { uuid: 'afa8bd80-7d8a-11c9-bef4-08002b102989', major: 1, minor: 0 };
/** One bind and its answer. What listens on a sampled port is often no RPC, and waiting for it is not worth more. */
export const DYNAMIC_LIMITS: TalkLimits = { totalMs: 3000, idleMs: 1500, maxBytes: 64 << 10 };
/** The same with a port that the endpoint mapper lists: something of RPC is there, and a busy machine answers late. */
export const LISTED_LIMITS: TalkLimits = { ...DYNAMIC_LIMITS, totalMs: 8000, idleMs: 5000 };
/** Listed ports that are dialled: enough to prove the range, few enough for a server with hundreds. */
export const MOST_LISTED = 64;
/** The port of Remote Desktop has a probe of its own. */
const OTHERS = new Set([3389]);

const listedPorts = ({ observations }: HostKnowledge): number[] => {
  const finding = observations
    .map(({ finding }) => finding)
    .find((found) => found?.kind === 'endpoint-mapper');
  if (finding === undefined) return [];
  const ports = new Set(finding.endpoints.map(({ port }) => port));
  const dynamic = [...ports].filter((port) => inRange(port, DYNAMIC_PORTS) && !OTHERS.has(port));
  return spread(
    dynamic.toSorted((a, b) => a - b),
    MOST_LISTED,
  );
};

/** Of each plan, for an audit asks for it a few times with every host. */
const SAMPLES = new WeakMap<Plan, readonly PlannedPort[]>();

const sampledBy = (plan: Plan): readonly PlannedPort[] => {
  const known = SAMPLES.get(plan);
  if (known) return known;
  const sampled = plan.sample
    .filter((port) => !OTHERS.has(port))
    .map((port) => ({ port, why: 'sampled' as const }));
  SAMPLES.set(plan, sampled);
  return sampled;
};

const planned = (plan: Plan, knowledge: HostKnowledge): readonly PlannedPort[] => {
  const listed = listedPorts(knowledge).map((port) => ({ port, why: 'listed' as const }));
  return listed.length === 0 ? sampledBy(plan) : [...listed, ...sampledBy(plan)];
};

/**
 * The ports above 1024, where the object and, since Vista, the session of an offer live: what the endpoint mapper lists,
 * dialled at the target's address and never at the one in the list, and a sample.
 */
export const dynamicRpc: Probe = {
  name: 'dynamic-rpc',
  ports: planned,
  observe: async (endpoint, dial, why) => {
    const talk = new RpcTalk(MANAGEMENT, why === 'listed' ? LISTED_LIMITS : DYNAMIC_LIMITS);
    const dialled = await dial(endpoint, talk);
    if (dialled.reply.kind !== 'accepted') return dialled;
    const { speech, detail } = talk.result;
    const isRpc = speech === 'spoke' || speech === 'refused';
    return {
      ...dialled,
      ...(isRpc ? { service: 'msrpc' } : {}),
      detail,
      finding: { kind: 'rpc-server', speech },
    };
  },
};

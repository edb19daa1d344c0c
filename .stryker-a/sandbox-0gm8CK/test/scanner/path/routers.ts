import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow } from '../../../src/model/wire.ts';
import type { TtlProber } from '../../../src/scanner/path/traceroute.ts';
import { exceeded, refused } from '../fakes.ts';

export const silent: Reply = { kind: 'silent', waitedMs: 100, attempts: 3 };
export const router = (ttl: number): string => `10.0.${ttl}.1`;

/** What a packet to `port` with a TTL meets; `turn`: how often that was asked before. */
export type Meets = (port: number, ttl: number, turn: number) => Reply;

/** A prober with TTLs over what packets meet, and what it was asked. */
export const proberOf = (meets: Meets) => {
  const asked: { readonly port: number; readonly ttl: number; readonly flow: Flow | undefined }[] = [];
  const state = { pauses: 0, isStopped: false, inFlight: 0, peak: 0 };
  const prober: TtlProber = {
    at: async (port, ttl, flow) => {
      const turn = asked.filter((one) => one.port === port && one.ttl === ttl).length;
      asked.push({ port, ttl, flow });
      state.peak = Math.max(state.peak, ++state.inFlight);
      await null;
      state.inFlight--;
      return meets(port, ttl, turn);
    },
    pause: async () => {
      state.pauses++;
    },
    get isStopped() {
      return state.isStopped;
    },
  };
  return { prober, asked, state };
};

export const DISTANCE = 4;

/** Three routers and a host: where a port is dropped or reset on the way, and what the host says. Others are refused by it. */
export const way =
  (ports: Readonly<Record<number, { diesAt?: number; resetAt?: number; reply: Reply }>>): Meets =>
  (port, ttl) => {
    const { diesAt = 99, resetAt = 99, reply } = ports[port] ?? { reply: refused };
    if (ttl >= resetAt) return refused;
    if (ttl >= diesAt) return silent;
    return ttl < DISTANCE ? exceeded(router(ttl)) : reply;
  };

export const observation = (port: number, reply: Reply): PortObservation => ({
  port,
  requirement: port === 135 ? 'endpoint-mapper' : port === 3389 ? 'remote-desktop' : 'dynamic-rpc',
  why: port === 135 || port === 3389 ? 'required' : 'sampled',
  reply,
  attempts: 1,
});

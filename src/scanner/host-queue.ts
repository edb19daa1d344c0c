import type { Reply } from '../model/reply.ts';
import type { Family } from '../model/target.ts';
import type { Flow, Talk, WireProbe } from '../model/wire.ts';
import type { Lane } from './limits/lanes.ts';

/** Stands for the port of something that the wire does not send. */
export const NO_PORT = -1;

/**
 * How far a host is: `new`, nothing of it answered yet; `alive`, something did, and all its ports are probed; `confirming`, a probe
 * went unanswered, or all ports were probed. What is left then waits for one another, so these hosts come first: they end last.
 */
export type Stage = 'new' | 'alive' | 'confirming';

/** Probes of one host that wait for their turn. */
export class HostQueue {
  readonly lane: Lane;
  #stage: Stage = 'new';
  /** Probes in flight, and how many may be. */
  inFlight = 0;
  readonly most: number;
  readonly waiting: Scheduled[] = [];
  isQueued = false;

  constructor(lane: Lane, most: number) {
    this.lane = lane;
    this.most = most;
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** The host has come so far; there is no way back. */
  reach(stage: 'alive' | 'confirming'): void {
    if (this.#stage !== 'confirming') this.#stage = stage;
  }

  get isReady(): boolean {
    return this.waiting.length > 0 && this.inFlight < this.most;
  }

  /** Answers stop at the present rate. */
  slowDown(): void {
    this.lane.host.slowDown();
    this.lane.subnet.slowDown();
  }
}

/** A probe before its turn; what is undefined is left out of what the wire gets. */
export type QueuedProbe = Pick<WireProbe, 'address' | 'family' | 'port' | 'timeoutMs'> & {
  readonly [field in 'attempt' | 'talk' | 'ttl' | 'minTtl' | 'flow']?: WireProbe[field] | undefined;
};

/** A probe, whose turn it is when; made once for each, so every field has its place. */
export class Scheduled implements WireProbe {
  readonly of: HostQueue;
  readonly address: string;
  readonly family: Family;
  readonly port: number;
  readonly timeoutMs: number;
  readonly attempt: number;
  readonly talk?: Talk;
  readonly ttl?: number;
  readonly minTtl?: number;
  readonly flow?: Flow;
  readonly resolve: (reply: Reply) => void;
  /** When this machine was first short of something for it, by the clock of `performance`. */
  shortSince: number | null = null;
  /** In flight as one of a new host, or of one that answered. */
  isBegun = false;

  constructor(of: HostQueue, probe: QueuedProbe, resolve: (reply: Reply) => void) {
    this.of = of;
    this.address = probe.address;
    this.family = probe.family;
    this.port = probe.port;
    this.timeoutMs = probe.timeoutMs;
    this.attempt = probe.attempt ?? 0;
    this.resolve = resolve;
    if (probe.talk !== undefined) this.talk = probe.talk;
    if (probe.ttl !== undefined) this.ttl = probe.ttl;
    if (probe.minTtl !== undefined) this.minTtl = probe.minTtl;
    if (probe.flow !== undefined) this.flow = probe.flow;
  }

  /** Not sent by the wire: something else that takes its turn and counts like a packet. */
  get isTurn(): boolean {
    return this.port === NO_PORT;
  }
}

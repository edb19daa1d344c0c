import type { FaultKind } from '../../src/model/fault.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { PlannedPort, Probe } from '../../src/model/probe.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { RunStart } from '../../src/model/report.ts';
import { DYNAMIC_PORTS, type Target, type TargetSpace } from '../../src/model/target.ts';
import type {
  Flow,
  Pinger,
  Resolver,
  Wire,
  WireCapabilities,
  WireEnd,
  WireOptions,
  WireProbe,
} from '../../src/model/wire.ts';

export const accepted: Reply = { kind: 'accepted', rttMs: 1 };
export const refused: Reply = { kind: 'refused', rttMs: 1, by: 'unknown' };
export const fault = (kind: FaultKind, code: string): Reply => ({
  kind: 'unknown',
  fault: { kind, code, text: 'made up' },
});
/** An ICMP error of type 3 as a router sends it. */
export const unreachable = (code: number, from = '192.0.2.254', rttMs = 1): Reply => ({
  kind: 'rejected',
  rttMs,
  cause: { icmp: { version: 4, type: 3, code }, from },
});
export const exceeded = (from: string, rttMs = 1): Reply => ({
  kind: 'rejected',
  rttMs,
  cause: { icmp: { version: 4, type: 11, code: 0 }, from },
});

const ABORTED: Reply = { kind: 'unknown', fault: { kind: 'aborted', code: 'ABORT', text: '' } };

/** One packet that left. `turn`: how often this port of this host was asked before. */
export interface Sent extends Omit<WireProbe, 'flow'> {
  readonly at: number;
  readonly turn: number;
  readonly sourcePort: number;
}

/** What comes back of a packet; an answer whose round trip is longer than the probe waits is silence, too. */
export type Answer = (sent: Sent) => Reply | 'silence';

/** What a wire sees of which no test says more. */
export const PLAIN: WireCapabilities = {
  icmp: true,
  ttl: false,
  minTtl: false,
  seesTtl: false,
  talksApart: false,
  minTimeoutMs: 0,
};

/**
 * A wire that keeps the contract of src/model/wire.ts by the fake clock: each probe is one packet, silence lasts what the probe
 * says, an abort ends everything. Rejects its run when probes under way share endpoint and flow.
 */
export class FakeWire implements Wire {
  readonly name = 'linux';
  readonly capabilities: WireCapabilities;
  readonly sent: Sent[] = [];
  readonly paces = new Set<number>();
  /** Most probes in flight at the same time: in all and to one host. */
  readonly peak = { all: 0, host: 0 };
  readonly #answer: Answer;
  readonly #turns = new Map<string, number>();
  #nextPort = 40_000;

  constructor(answer: Answer, capabilities: Partial<WireCapabilities> = {}) {
    this.#answer = answer;
    this.capabilities = { ...PLAIN, ...capabilities };
  }

  async close(): Promise<void> {}

  /** Ports that were asked, ascending, each once. */
  get ports(): number[] {
    return [...new Set(this.sent.map(({ port }) => port))].sort((a, b) => a - b);
  }

  run<P extends WireProbe>(probes: Iterable<P | null>, options: WireOptions<P>): Promise<WireEnd> {
    const iterator = probes[Symbol.iterator]();
    const { signal } = options;
    const underWay = new Map<P, () => void>();
    const perHost = new Map<string, number>();
    let count = 0;
    let isExhausted = false;
    let isScheduled = false;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        signal.removeEventListener('abort', onAbort);
        if (!isExhausted) iterator.return?.();
        resolve({ isStopped: signal.aborted, probes: count, packets: count, ignored: 0, overruns: 0 });
      };
      const onAbort = (): void => {
        for (const stop of [...underWay.values()]) stop();
        schedule();
      };
      const tell = (probe: P, reply: Reply): void => {
        underWay.delete(probe);
        perHost.set(probe.address, (perHost.get(probe.address) ?? 0) - 1);
        try {
          options.onReplies([{ probe, reply }]);
        } catch (error) {
          reject(error);
        }
        schedule();
      };
      const start = (probe: P): void => {
        for (const other of underWay.keys()) {
          const isSame = other.address === probe.address && other.port === probe.port;
          if (isSame && other.flow !== undefined && other.flow === probe.flow) {
            throw new Error(`two probes at the same time on one flow to ${probe.address}:${probe.port}`);
          }
        }
        count++;
        const sent = this.#record(probe);
        const reply = this.#answer(sent);
        const isSilent = reply === 'silence' || ('rttMs' in reply && reply.rttMs > probe.timeoutMs);
        const ms = isSilent ? probe.timeoutMs : 'rttMs' in reply ? reply.rttMs : 0;
        const inFlight = (perHost.get(probe.address) ?? 0) + 1;
        perHost.set(probe.address, inFlight);
        const timer = setTimeout(async () => {
          if (!isSilent && reply.kind === 'accepted') await probe.talk?.exchange(NO_CONVERSATION);
          // An abort has told this probe while the conversation was held.
          if (!underWay.has(probe)) return;
          tell(probe, isSilent ? { kind: 'silent', waitedMs: probe.timeoutMs, attempts: 1 } : reply);
        }, ms);
        underWay.set(probe, () => {
          clearTimeout(timer);
          tell(probe, ABORTED);
        });
        this.peak.all = Math.max(this.peak.all, underWay.size);
        this.peak.host = Math.max(this.peak.host, inFlight);
      };
      const turn = (): void => {
        isScheduled = false;
        try {
          while (!isExhausted && !signal.aborted) {
            this.paces.add(options.perSecond);
            if (options.perSecond === 0) {
              setTimeout(schedule, 5);
              break;
            }
            const { value, done } = iterator.next();
            if (done) isExhausted = true;
            else if (value === null) break;
            else start(value);
          }
        } catch (error) {
          reject(error);
        }
        if ((isExhausted || signal.aborted) && underWay.size === 0) end();
      };
      const schedule = (): void => {
        if (isScheduled) return;
        isScheduled = true;
        setTimeout(turn, 0);
      };
      signal.addEventListener('abort', onAbort);
      options.subscribe?.(schedule);
      schedule();
    });
  }

  #record({ flow, ...probe }: WireProbe): Sent {
    const key = `${probe.address} ${probe.port}`;
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    const sent: Sent = {
      ...pick(probe),
      at: performance.now(),
      turn,
      sourcePort: this.#portOf(flow),
    };
    this.sent.push(sent);
    return sent;
  }

  #portOf(flow: Flow | undefined): number {
    if (flow?.sourcePort != null) return flow.sourcePort;
    const port = this.#nextPort++;
    if (flow) flow.sourcePort = port;
    return port;
  }
}

const pick = ({
  address,
  family,
  port,
  timeoutMs,
  attempt,
  talk,
  ttl,
  minTtl,
}: WireProbe): Omit<WireProbe, 'flow'> => ({
  address,
  family,
  port,
  timeoutMs,
  ...(attempt === undefined ? {} : { attempt }),
  ...(talk === undefined ? {} : { talk }),
  ...(ttl === undefined ? {} : { ttl }),
  ...(minTtl === undefined ? {} : { minTtl }),
});

const NO_CONVERSATION = {
  send: async () => {},
  read: async (size: number) => new Uint8Array(size),
};

export const noPing: Pinger = {
  echo: async () => ({ kind: 'not-observed', why: 'test' }),
  close: () => {},
};

export const noNames: Resolver = { resolve: async () => ({ kind: 'not-found', code: 'ENOTFOUND' }) };

const probe = (name: Probe['name'], ports: (plan: Plan) => readonly PlannedPort[]): Probe => ({
  name,
  ports,
  observe: (endpoint, dial) => dial(endpoint),
});

export const fakeProbes: readonly Probe[] = [
  probe('endpoint-mapper', () => [{ port: 135, why: 'required' }]),
  probe('remote-desktop', () => [{ port: 3389, why: 'required' }]),
  probe('dynamic-rpc', (plan) => plan.sample.map((port) => ({ port, why: 'sampled' }))),
];

export const SAMPLE = [1100, 3000, 20_000, 30_000, 50_000, 60_000];

export const plan = (changes: Partial<Plan> = {}): Plan => ({
  novice: 'auto',
  rpcRange: DYNAMIC_PORTS,
  narrowed: false,
  sample: SAMPLE,
  seed: 1,
  families: { v4: true, v6: true },
  timeoutMs: 3000,
  retries: 2,
  perHost: 50,
  concurrency: 100,
  rate: 100_000,
  perHostRate: 100_000,
  perSubnetRate: 100_000,
  hostsAtOnce: 64,
  ping: false,
  map: false,
  locate: false,
  bulk: false,
  ...changes,
});

export const run: RunStart = {
  id: 'test',
  startedAt: '2026-01-01T00:00:00.000Z',
  vantage: 'here',
  engine: 'node',
  engineWhy: 'test',
  novice: 'auto',
  seed: 1,
};

export const address = (text: string): Target => ({ kind: 'address', text, address: text, family: 4 });

/** All of these targets, in their order. */
export const all = (targets: readonly Target[]): { space: TargetSpace; order: Iterable<number> } => ({
  space: {
    size: targets.length,
    at: (index) => {
      const target = targets[index];
      if (!target) throw new RangeError(`no target ${index}`);
      return target;
    },
  },
  order: targets.keys(),
});

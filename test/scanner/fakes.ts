import type { Plan } from '../../src/model/plan.ts';
import type { PlannedPort, Probe } from '../../src/model/probe.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { RunStart } from '../../src/model/report.ts';
import { DYNAMIC_PORTS, type Endpoint, type Target, type TargetSpace } from '../../src/model/target.ts';
import type { ConnectOptions, Pinger, Resolver, Wire } from '../../src/model/wire.ts';

export const accepted: Reply = { kind: 'accepted', rttMs: 1 };
export const refused: Reply = { kind: 'refused', rttMs: 1, by: 'unknown' };
export const fault = (kind: 'descriptors' | 'no-route', code: string): Reply => ({
  kind: 'unknown',
  fault: { kind, code, text: 'made up' },
});

/** A wire whose every answer is a function of the endpoint and of how often it was asked. Silence waits its time. */
export const fakeWire = (
  answer: (endpoint: Endpoint, turn: number, options: ConnectOptions) => Reply | 'silence',
): Wire & { readonly asked: Endpoint[]; readonly peak: () => number } => {
  const asked: Endpoint[] = [];
  const turns = new Map<string, number>();
  let inFlight = 0;
  let peak = 0;
  return {
    name: 'node',
    capabilities: { icmp: false, ttl: false, minTimeoutMs: 0 },
    asked,
    peak: () => peak,
    close: async () => {},
    async connect(endpoint, options) {
      if (options.signal.aborted)
        return { kind: 'unknown', fault: { kind: 'aborted', code: 'ABORT', text: '' } };
      asked.push(endpoint);
      const key = `${endpoint.address} ${endpoint.port}`;
      const turn = turns.get(key) ?? 0;
      turns.set(key, turn + 1);
      peak = Math.max(peak, ++inFlight);
      try {
        const reply = answer(endpoint, turn, options);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, reply === 'silence' ? options.timeoutMs : 1);
          options.signal.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
          });
        });
        if (options.signal.aborted)
          return { kind: 'unknown', fault: { kind: 'aborted', code: 'ABORT', text: '' } };
        return reply === 'silence' ? { kind: 'silent', waitedMs: options.timeoutMs, attempts: 1 } : reply;
      } finally {
        inFlight--;
      }
    },
  };
};

export const noPing: Pinger = {
  echo: async () => ({ kind: 'not-observed', why: 'test' }),
  close: () => {},
};

export const noNames: Resolver = { resolve: async () => ({ kind: 'not-found', code: 'ENOTFOUND' }) };

const probe = (name: Probe['name'], ports: (plan: Plan) => readonly PlannedPort[]): Probe => ({
  name,
  title: name,
  ports,
  observe: (endpoint, dial) => dial(endpoint),
});

export const fakeProbes: readonly Probe[] = [
  probe('endpoint-mapper', () => [{ port: 135, why: 'required' }]),
  probe('remote-desktop', () => [{ port: 3389, why: 'required' }]),
  probe('dynamic-rpc', (plan) => plan.sample.map((port) => ({ port, why: 'sampled' }))),
];

export const plan = (changes: Partial<Plan> = {}): Plan => ({
  novice: 'auto',
  rpcRange: DYNAMIC_PORTS,
  narrowed: false,
  sample: [1100, 3000, 20_000, 50_000, 60_000],
  seed: 1,
  families: { v4: true, v6: true },
  timeoutMs: 40,
  retries: 2,
  perHost: 50,
  concurrency: 100,
  rate: 100_000,
  perHostRate: 100_000,
  perSubnetRate: 100_000,
  hostsAtOnce: 64,
  ping: false,
  map: true,
  locate: true,
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

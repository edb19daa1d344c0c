import type { ScanEvent } from '../../../src/model/event.ts';
import type { PlannedPort, Probe } from '../../../src/model/probe.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow, Talk } from '../../../src/model/wire.ts';
import type { HostProber, PortResult, RetryPlan } from '../../../src/scanner/host/host-prober.ts';
import { PortScan } from '../../../src/scanner/host/port-scan.ts';
import { fault, plan, refused } from '../fakes.ts';

export const silentFor = (waitedMs: number): Reply => ({ kind: 'silent', waitedMs, attempts: 1 });
export const TALK: Talk = { limits: { totalMs: 1, idleMs: 1, maxBytes: 1 }, exchange: async () => {} };
export const once = { attempts: 1, waitMs: () => 70 };
export const thrice = { attempts: 3, waitMs: () => 70 };
export const ABORTED = fault('aborted', 'ABORT');
export type Observe = Probe['observe'];

export interface Host {
  /** What a port gets, counted from 0. */
  readonly replies?: (port: number, turn: number) => Reply;
  readonly ports?: (known: readonly { readonly port: number }[]) => readonly PlannedPort[];
  readonly observe?: Observe;
  readonly talksApart?: boolean;
  readonly isFollowed?: boolean;
  readonly onEvent?: () => void;
}

export const REQUIRED: readonly PlannedPort[] = [{ port: 135, why: 'required' }];
export const SAMPLED: readonly PlannedPort[] = [{ port: 2000, why: 'sampled' }];

export const scanOf = ({
  replies = () => refused,
  ports = () => REQUIRED,
  observe = (endpoint, dial) => dial(endpoint),
  talksApart = false,
  isFollowed = true,
  onEvent = () => {},
}: Host = {}) => {
  const calls: {
    readonly how: string;
    readonly port: number;
    readonly asking: Partial<RetryPlan>;
    readonly flow: Flow | undefined;
    readonly talk: Talk | undefined;
  }[] = [];
  const events: ScanEvent[] = [];
  const reached: string[] = [];
  const stop = new AbortController();
  const replyTo = (port: number): Reply => replies(port, calls.filter((one) => one.port === port).length - 1);
  const prober = {
    ...{ address: '192.0.2.1', family: 4, signal: stop.signal },
    isHost: (from: string) => from === '192.0.2.1',
    queue: { reach: (stage: string) => reached.push(stage) },
    run: { wire: { capabilities: { talksApart } } },
    lostOf: (_: Reply, silences: readonly number[]) => silences.length,
    probeUntilAnswered: async (
      port: number,
      asking: RetryPlan,
      talk?: Talk,
      flow?: Flow,
      silences: number[] = [],
    ): Promise<PortResult> => {
      calls.push({ how: 'ask', port, asking, flow, talk });
      const reply = replyTo(port);
      if (reply.kind === 'silent') silences.push(reply.waitedMs);
      return { reply, attempts: 1, lost: reply.kind === 'silent' ? 0 : silences.length };
    },
    send: (
      port: number,
      {
        timeoutMs,
        attempt,
        flow,
      }: { readonly timeoutMs?: number; readonly attempt?: number; readonly flow?: Flow },
      done: (reply: Reply) => void,
    ) => {
      calls.push({
        how: `send ${timeoutMs}`,
        port,
        asking: { earlier: attempt ?? -1 },
        flow,
        talk: undefined,
      });
      done(replyTo(port));
    },
  };
  const probe: Probe = {
    name: 'endpoint-mapper',
    ports: (_, { observations }) => ports(observations),
    observe,
  };
  const follow = (event: ScanEvent): void => {
    events.push(event);
    onEvent();
  };
  const scan = new PortScan({
    ...{ host: 7, prober: prober as unknown as HostProber, plan: plan(), probes: [probe] },
    follow: isFollowed ? follow : null,
  });
  const probeAll = (asking: RetryPlan = thrice, isDue?: (planned: PlannedPort) => boolean): Promise<void> =>
    scan.probeAll(() => asking, isDue);
  return { scan, probeAll, calls, events, reached, stop };
};

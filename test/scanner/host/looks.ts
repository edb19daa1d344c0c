import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { PlannedPort } from '../../../src/model/probe.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Echo } from '../../../src/model/wire.ts';
import type { HostEcho } from '../../../src/scanner/host/echo.ts';
import { FirstLooks } from '../../../src/scanner/host/first-looks.ts';
import type { HostProber, RetryPlan } from '../../../src/scanner/host/host-prober.ts';
import type { Neighbours } from '../../../src/scanner/host/neighbours.ts';
import type { PortScan } from '../../../src/scanner/host/port-scan.ts';
import { fakeClock } from '../clock.ts';
import { accepted, plan } from '../fakes.ts';

export const held = fakeClock();
/** How long all ports of a first look take. */
const FIRST_LOOK_MS = 400;
export const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };
export const NO_ECHO: Echo = { kind: 'no-reply', waitedMs: 1 };

export const observed = (port: number, reply: Reply, attempts = 1): PortObservation => ({
  port,
  requirement: 'dynamic-rpc',
  why: port === 135 || port === 3389 ? 'required' : 'sampled',
  reply,
  attempts,
});

export const SILENT = [observed(135, silence), observed(3389, silence)];

export interface Host {
  readonly plan?: Partial<Plan>;
  readonly observations?: readonly PortObservation[];
  readonly isAlive?: boolean;
  readonly echo?: Echo;
  readonly isSlowed?: boolean;
  /** Share of probes that the path loses, as far as the neighbours show. */
  readonly loss?: number;
  /** Of its subnet, and of all hosts. */
  readonly controls?: { readonly own?: [asked: number, answered: number]; readonly all?: [number, number] };
  /** The look, from 1 on, after which a neighbour of all is known. */
  readonly knownAfter?: number;
  readonly aliveAfterLook?: number;
  /** When it answers, milliseconds after the first look, though one of its ports stays silent. */
  readonly answersAtMs?: number;
  /** Probes on new flows that are lost before one is answered, where only a bound of the round trip is known. */
  readonly lostOnNewFlows?: number;
}

/** Looks at a host whose neighbours make the first look last 300 ms and the last 2000. */
export const looksAt = (host: Host) => {
  const did: unknown[][] = [];
  const stop = new AbortController();
  let looks = 0;
  let isUp = false;
  let isBound = host.lostOnNewFlows !== undefined;
  let newFlows = 0;
  let noteFirst = (): void => {};
  const groupOf = (name: string, counts?: [number, number]) => {
    let [asked, answered] = counts ?? [0, 0];
    return {
      sent: 5,
      loss: host.loss ?? 0,
      get hasControl() {
        return (
          counts !== undefined ||
          (name === 'all' && host.knownAfter !== undefined && looks >= host.knownAfter)
        );
      },
      get controls() {
        return { asked, answered };
      },
      controlLook: async () => {
        looks++;
        did.push(['control', name]);
        if (host.knownAfter === looks) [asked, answered] = [9, 9];
      },
    };
  };
  const groups = { own: groupOf('own', host.controls?.own), all: groupOf('all', host.controls?.all) };
  const observations = [...(host.observations ?? SILENT)];
  const asked: [
    (planned: PlannedPort) => RetryPlan | Promise<RetryPlan>,
    (planned: PlannedPort) => boolean,
  ][] = [];
  const scan = {
    observations,
    alive: new Promise<void>((resolve) => {
      if (host.answersAtMs === undefined) return;
      setTimeout(() => {
        isUp = true;
        observations[0] = observed(135, accepted, 2);
        resolve();
      }, FIRST_LOOK_MS + host.answersAtMs);
    }),
    get isAlive() {
      return (
        isUp || host.isAlive === true || (host.aliveAfterLook !== undefined && looks >= host.aliveAfterLook)
      );
    },
    probeAll: async (...how: (typeof asked)[number]) => {
      asked.push(how);
      did.push(['all']);
      await new Promise((resolve) => setTimeout(resolve, FIRST_LOOK_MS));
    },
    changeFlow: (port: number, isNoted = true) => did.push(['flow', port, isNoted]),
    probeAgain: async (port: number, waitMs: number) => {
      did.push(['again', port, waitMs]);
      const at = observations.findIndex((one) => one.port === port);
      const before = observations[at];
      if (before) observations[at] = { ...before, attempts: before.attempts + 1 };
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      return true;
    },
  };
  const prober = {
    ...{ address: '192.0.2.1', family: 4, signal: stop.signal, sent: 8, isAnswering: host.isAlive === true },
    isHost: (from: string) => from === '192.0.2.1',
    queue: {
      reach: (stage: string) => did.push(['reach', stage]),
      lane: { subnet: { isSlowed: host.isSlowed === true } },
    },
    rtt: {
      bounded: (ms: number) => ms,
      waitMs: (attempt: number) => 77 + attempt,
      get isBound() {
        return isBound;
      },
    },
    probe: async (port: number, { timeoutMs }: { timeoutMs: number }) => {
      did.push(['measure', port, timeoutMs]);
      isBound = ++newFlows <= (host.lostOnNewFlows ?? 0);
      return isBound ? silence : accepted;
    },
    firstAnswer: new Promise<void>((resolve) => {
      noteFirst = resolve;
    }),
    patiently: (retries: number) => ({ attempts: retries + 1, waitMs: () => 0 }),
  };
  const echo = {
    start: (ms: number) => did.push(['echo', ms]),
    result: async () => host.echo ?? NO_ECHO,
  };
  const neighbours = {
    ...{ of: () => groups.own, all: groups.all },
    firstLookMs: () => 300,
    lastLookMs: (_: unknown, ceilingMs: number) => Math.min(2000, ceilingMs),
  };
  const first = new FirstLooks(
    prober as unknown as HostProber,
    plan({ retries: 1, ...host.plan }),
    scan as unknown as PortScan,
    echo as unknown as HostEcho,
    neighbours as unknown as Neighbours,
  );
  return { first, did, asked, groups, stop, noteFirst };
};

/** All that a look at many hosts did, and how often silence was noted. */
export const askMany = async (host: Host) => {
  const looks = looksAt(host);
  let silences = 0;
  await held.clock.run(looks.first.lookInAudit(() => silences++));
  return { ...looks, silences };
};

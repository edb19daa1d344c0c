import { setTimeout as pause } from 'node:timers/promises';
import { throughResponder } from '../../probes/responder.ts';
import type { ScanEvent } from '../model/event.ts';
import type { ResponderEvidence } from '../model/evidence.ts';
import { UsageError } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import type { Probe } from '../model/probe.ts';
import { DYNAMIC_PORTS, inRange } from '../model/target.ts';
import { CodeError, type ResponderCode, readCode } from '../proof/code.ts';
import { CONTROL_PORT } from '../proof/control.ts';
import { portsOf } from '../proof/responder-ports.ts';
import { CONTROL_LIMITS } from '../respond/control-ends.ts';
import { ControlListener } from '../respond/control-listener.ts';
import { interfacesHere } from '../wire/interfaces.ts';
import { openPort } from '../wire/listen.ts';
import { type ControlAt, listenAt, type RawResponder } from './options/respond.ts';
import { say } from './say.ts';

/** How long the control connection is waited for before the check begins without it. */
const CONTACT_MS = 20_000;
const MINUTE_MS = 60_000;

/** A responder that a check asks. */
export interface ResponderOrder {
  readonly code: ResponderCode;
  readonly idle: boolean;
  readonly listen: ControlAt | null;
}

/** How a run asks a host with a responder on it. */
export interface ResponderRun {
  /** The plan with the responder's ports as its sample. Throws UsageError where none lies in the range asked for. */
  plan(plan: Plan): Plan;
  around(probes: readonly Probe[]): readonly Probe[];
  /** Adds to the evidence of each host what is known of its responder. */
  attach(events: AsyncIterable<ScanEvent>): AsyncGenerator<ScanEvent>;
}

const minuteNow = (): number => Math.floor(Date.now() / MINUTE_MS);

/** The order, and the targets with one that stood behind `--listen`. Throws UsageError. */
export const responderOrder = (
  { responder, listen, idle }: RawResponder,
  targets: readonly string[],
): { readonly order: ResponderOrder; readonly targets: readonly string[] } => {
  const at = listen === null ? null : listenAt(listen);
  // What stands behind the option may be the first target.
  const all = listen && at === null ? [listen, ...targets] : targets;
  if (responder === null) {
    throw new UsageError(
      `${idle ? '--idle' : '--listen'}: goes with --responder CODE, which ra-preflight respond prints on the novice's machine`,
    );
  }
  let code: ResponderCode;
  try {
    code = readCode(responder, minuteNow());
  } catch (error) {
    if (!(error instanceof CodeError)) throw error;
    throw new UsageError(`--responder: the code ${error.message}`);
  }
  if (listen !== null && all.length > 1)
    throw new UsageError('--listen: takes one host, since what arrives is not told apart by address');
  const standard = { address: null, port: CONTROL_PORT };
  return { order: { code, idle, listen: listen === null ? null : (at ?? standard) }, targets: all };
};

const planThrough = (code: ResponderCode, plan: Plan): Plan => {
  const narrowed = plan.narrowed || code.range !== null;
  const rpcRange = plan.narrowed ? plan.rpcRange : (code.range ?? DYNAMIC_PORTS);
  const sample = portsOf(code)
    .filter((port) => inRange(port, rpcRange) && port !== 3389)
    .sort((a, b) => a - b);
  if (sample.length === 0) throw new UsageError('--rpc-ports: none of the ports of the responder lies there');
  return { ...plan, rpcRange, narrowed, sample };
};

const ownAddresses = (): string[] =>
  Object.values(interfacesHere()).flatMap((all) => (all ?? []).map(({ address }) => address));

/** Listens for the control connection while `work` runs. */
const listening = async <T>(
  { code, listen }: ResponderOrder,
  work: (control: ControlListener | null) => Promise<T>,
): Promise<T> => {
  if (listen === null) return work(null);
  const over = new AbortController();
  const control = new ControlListener(code, over.signal);
  const at = listen.address === null ? { port: listen.port } : { port: listen.port, address: listen.address };
  const opened = await openPort(at, CONTROL_LIMITS, () => control.receive());
  if ('code' in opened)
    throw new UsageError(`--listen: TCP ${listen.port} cannot be listened on here (${opened.code})`);
  try {
    return await work(control);
  } finally {
    over.abort();
    opened.close();
  }
};

/** Waits for the control connection, and says so. */
const awaitContact = async (control: ControlListener, port: number, quiet: boolean): Promise<void> => {
  if (!quiet) say(`waiting on TCP ${port} for the responder (respond --to THIS-MACHINE:${port})`);
  const late = new AbortController();
  const none = pause(CONTACT_MS, true, { signal: late.signal }).catch(() => false);
  const isLate = await Promise.race([control.contact.then(() => false), none]);
  late.abort();
  if (!quiet) say(isLate ? 'no control connection came; going on without one' : 'the responder is connected');
};

/** Runs `work` with the way to probe a host on which a responder runs, and ends its control connection. */
export const withResponder = async <T>(
  order: ResponderOrder,
  quiet: boolean,
  work: (run: ResponderRun) => Promise<T>,
): Promise<T> => {
  const { code, idle, listen } = order;
  const hasEnded = (): boolean => Date.now() >= code.endsAtMinute * MINUTE_MS;
  if (hasEnded() && !quiet) say('by the clock of this machine the time of this responder is over');
  return listening(order, async (control) => {
    if (control && listen) await awaitContact(control, listen.port, quiet);
    const evidence = async (): Promise<ResponderEvidence> => ({
      ports: portsOf(code),
      firewall: code.firewall,
      hasEnded: hasEnded(),
      ownAddresses: ownAddresses(),
      told: control === null ? null : await control.told(),
    });
    async function* attach(events: AsyncIterable<ScanEvent>): AsyncGenerator<ScanEvent> {
      for await (const event of events) {
        if (event.type !== 'host-finished') yield event;
        else yield { ...event, evidence: { ...event.evidence, responder: await evidence() } };
      }
    }
    return work({
      plan: (plan) => planThrough(code, plan),
      around: (probes) => throughResponder(probes, code, idle),
      attach,
    });
  });
};

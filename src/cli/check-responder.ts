import { setTimeout as pause } from 'node:timers/promises';
import { throughResponder } from '../../probes/responder.ts';
import type { ScanEvent } from '../model/event.ts';
import type { ResponderEvidence } from '../model/evidence.ts';
import { UsageError } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import type { Probe } from '../model/probe.ts';
import { DYNAMIC_PORTS, inRange } from '../model/target.ts';
import { CONTROL_LIMITS } from '../respond/control-connection.ts';
import { ControlListener } from '../respond/control-listener.ts';
import { CodeError, codeText, type ResponderCode, readCode } from '../responder-protocol/code.ts';
import { CONTROL_PORT } from '../responder-protocol/control.ts';
import { portsOf } from '../responder-protocol/responder-ports.ts';
import { interfacesHere } from '../wire/interfaces.ts';
import { openPort } from '../wire/listen.ts';
import { log } from './log.ts';
import { type ControlAt, listenAt, type RawResponder } from './options/respond.ts';

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
  /** The options that ask the same responder again. */
  readonly words: readonly string[];
  /** The plan with the responder's ports as its sample. Throws UsageError where none lies in the range asked for. */
  plan(plan: Plan): Plan;
  around(probes: readonly Probe[]): readonly Probe[];
  /**
   * Adds to the evidence of each host what is known of its responder. In a second check over one control connection what arrived in the
   * first counts no more.
   */
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
    throw new UsageError(
      '--listen: takes one host, since arriving connections are not told apart by address',
    );
  const standard = { address: null, port: CONTROL_PORT };
  return { order: { code, idle, listen: listen === null ? null : (at ?? standard) }, targets: all };
};

const planThrough = (code: ResponderCode, plan: Plan): Plan => {
  const narrowed = plan.narrowed || code.range !== null;
  const rpcRange = plan.narrowed ? plan.rpcRange : (code.range ?? DYNAMIC_PORTS);
  const sample = portsOf(code)
    .filter((port) => inRange(port, rpcRange) && port !== 3389)
    .sort((a, b) => a - b);
  if (sample.length === 0) throw new UsageError('--rpc-ports: the responder has no port in that range');
  return { ...plan, rpcRange, narrowed, sample };
};

const listenWords = ({ address, port }: ControlAt): string => {
  if (address === null) return `:${port}`;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
};

const wordsOf = ({ code, idle, listen }: ResponderOrder): string[] => [
  ...['--responder', codeText(code)],
  ...(listen === null ? [] : ['--listen', listenWords(listen)]),
  ...(idle ? ['--idle'] : []),
];

const ownAddresses = (): string[] =>
  Object.values(interfacesHere()).flatMap((all) => (all ?? []).map(({ address }) => address));

/** The end of this machine, where a control connection is wanted. Throws UsageError where its port cannot be had. */
const openControl = async ({ code, listen }: ResponderOrder) => {
  if (listen === null) return null;
  const over = new AbortController();
  const listener = new ControlListener(code, over.signal);
  const at = listen.address === null ? { port: listen.port } : { port: listen.port, address: listen.address };
  const opened = await openPort(at, CONTROL_LIMITS, () => listener.receive());
  if ('code' in opened)
    throw new UsageError(`--listen: TCP ${listen.port} cannot be listened on here (${opened.code})`);
  const close = (): void => {
    over.abort();
    opened.close();
  };
  return { listener, port: listen.port, close };
};

/** Whether the control connection is there in time. */
const isContacted = async (control: ControlListener, stop?: AbortSignal): Promise<boolean> => {
  const late = new AbortController();
  const signal = stop ? AbortSignal.any([late.signal, stop]) : late.signal;
  const none = pause(CONTACT_MS, false, { signal }).catch(() => false);
  try {
    return await Promise.race([control.contact.then(() => true), none]);
  } finally {
    late.abort();
  }
};

/** Waits for the control connection, and says so. */
const awaitContact = async (
  control: ControlListener,
  port: number,
  log: Log,
  stop?: AbortSignal,
): Promise<void> => {
  log(`waiting on TCP ${port} for the responder (respond --to THIS-MACHINE:${port})`);
  const isThere = await isContacted(control, stop);
  log(isThere ? 'the responder is connected' : 'no control connection arrived; continuing without one');
};

/** Where one line goes. */
type Log = (text: string) => void;

/**
 * The way to probe a host on which a responder runs, and what ends its control connection. `stop` ends the wait for that connection.
 * Throws UsageError.
 */
export const openResponder = async (
  order: ResponderOrder,
  log: Log,
  stop?: AbortSignal,
): Promise<{ readonly run: ResponderRun; readonly close: () => void }> => {
  const { code, idle } = order;
  const hasEnded = (): boolean => Date.now() >= code.endsAtMinute * MINUTE_MS;
  if (hasEnded()) log("by this machine's clock the responder's time is up");
  const control = await openControl(order);
  if (control) await awaitContact(control.listener, control.port, log, stop);
  const evidence = async (): Promise<ResponderEvidence> => ({
    ports: portsOf(code),
    firewall: code.firewall,
    hasEnded: hasEnded(),
    ownAddresses: ownAddresses(),
    noviceReport: control === null ? null : await control.listener.noviceReport(),
  });
  let isBegun = false;
  async function* attach(events: AsyncIterable<ScanEvent>): AsyncGenerator<ScanEvent> {
    // Nothing is sent before the events are read.
    if (isBegun && control?.listener.renew()) await isContacted(control.listener);
    isBegun = true;
    control?.listener.count();
    for await (const event of events) {
      if (event.type !== 'host-finished') yield event;
      else yield { ...event, evidence: { ...event.evidence, responder: await evidence() } };
    }
  }
  const run = {
    words: wordsOf(order),
    plan: (plan: Plan) => planThrough(code, plan),
    around: (probes: readonly Probe[]) => throughResponder(probes, code, idle),
    attach,
  };
  return { run, close: () => control?.close() };
};

/** Runs `work` with the way to probe a host on which a responder runs, and ends its control connection. */
export const withResponder = async <T>(
  order: ResponderOrder,
  quiet: boolean,
  work: (run: ResponderRun) => Promise<T>,
): Promise<T> => {
  const { run, close } = await openResponder(order, quiet ? () => {} : log);
  try {
    return await work(run);
  } finally {
    close();
  }
};

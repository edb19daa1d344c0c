import { randomBytes, randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { readIp } from '../ip/ip.ts';
import { UsageError } from '../model/fault.ts';
import { type Conversation, ConversationError } from '../model/wire.ts';
import { PORT_LIMITS } from '../respond/answer-port.ts';
import { CONTROL_LIMITS, sendReports } from '../respond/control-connection.ts';
import { watchHalfOpen } from '../respond/half-open-watch.ts';
import { type OpenedPorts, Responder } from '../respond/responder.ts';
import { codeText, type ResponderCode, SECRET_BYTES, SEEDS } from '../responder-protocol/code.ts';
import { shellWord } from '../text/shell-word.ts';
import { dialOut } from '../wire/dial.ts';
import { openPort } from '../wire/listen.ts';
import { systemResolver } from '../wire/resolve.ts';
import { deliver } from './deliver.ts';
import { EXIT_INTERRUPTED, interruptible, SIGNALS } from './interrupt.ts';
import { knownConnections } from './known-connections.ts';
import { log } from './log.ts';
import type { RespondOptions } from './options/respond.ts';
import { watchParent } from './parent-watch.ts';
import { firewallCommands, windowsFirewall } from './windows-firewall.ts';

/** Between two tries to reach the expert's side, and how long one takes at most. */
const REDIAL_MS = 1000;
const DIAL_MS = 5000;

const MINUTE_MS = 60_000;

/** Says what is open, what is not and why that may matter. */
const sayOpened = ({ open, failed }: OpenedPorts, until: Date): void => {
  const time = until.toTimeString().slice(0, 5);
  log(`listening on ${open.length} TCP ports until ${time}; Ctrl-C ends it`);
  const taken = [...failed].map(([port, code]) => `${port} (${code})`);
  if (taken.length > 0) log(`could not be opened on this machine: ${taken.join(', ')}`);
};

/** What the novice's own firewall does is not the network's, so it is reported separately. */
const sayFirewall = async (platform: NodeJS.Platform) => {
  const firewall = await windowsFirewall(platform);
  if (firewall === null) return 'none';
  const { allow, remove } = firewallCommands(process.execPath);
  log(firewall.text);
  if (firewall.state !== 'lets-in') {
    log('to let the expert in for the test, in PowerShell as administrator, and then start this again:');
    log(`  ${allow}`);
  }
  log('afterwards, to remove the rule:');
  log(`  ${remove}`);
  return firewall.state;
};

/** Dials the expert's side until it answers, and reports to it what arrives, again and again until the signal aborts. */
const keepReporting = async (
  to: { readonly host: string; readonly port: number },
  responder: Responder,
  signal: AbortSignal,
): Promise<void> => {
  const resolver = systemResolver();
  let isSaid = false;
  const exchange = async (io: Conversation): Promise<void> => {
    const over = new AbortController();
    const looking = AbortSignal.any([signal, over.signal]);
    let watching = Promise.resolve();
    const begin = (): void => {
      // Each check of a watch connects anew.
      if (!isSaid) log('connected to the expert');
      isSaid = true;
      responder.forget();
      const table = knownConnections(process.platform);
      watching = watchHalfOpen(table, (known) => responder.noteHalfOpen(known), looking);
    };
    try {
      await sendReports(io, responder.keys, { begin, report: () => responder.report, signal });
    } catch (error) {
      if (isSaid && error instanceof ConversationError && error.end === 'too-slow') {
        log('the connection to the expert was lost; dialling again');
        isSaid = false;
      }
      throw error;
    } finally {
      over.abort();
      await watching;
    }
  };
  while (!signal.aborted) {
    const given = readIp(to.host);
    const found = given ? null : await resolver.resolve(to.host, signal);
    const at =
      given !== null
        ? { address: to.host, family: given.family }
        : found?.kind === 'resolved'
          ? found.addresses[0]
          : undefined;
    if (at) {
      await dialOut(
        { ...at, port: to.port },
        { limits: CONTROL_LIMITS, exchange },
        { timeoutMs: DIAL_MS, signal },
      );
    }
    await pause(REDIAL_MS, undefined, { signal }).catch(() => {});
  }
};

/** The line that the expert pastes. */
const pasteLine = (code: ResponderCode, to: RespondOptions['to']): string => {
  const listen = to === null ? '' : ` --listen :${to.port}`;
  return `ra-preflight check --responder ${codeText(code)}${listen} ${shellWord(hostname() || 'HOST')}\n`;
};

/** `ra-preflight respond`: opens the ports, prints the line, serves until the time is over, a signal comes or its parent has gone. */
export const respond = async ({ durationMs, range, to, quiet }: RespondOptions): Promise<number> => {
  const firewall = await sayFirewall(process.platform);
  const until = new Date(Date.now() + durationMs);
  const code: ResponderCode = {
    seed: randomInt(SEEDS),
    firewall,
    endsAtMinute: Math.ceil(until.getTime() / MINUTE_MS),
    range,
    secret: randomBytes(SECRET_BYTES),
  };
  const leave = (): never => process.exit(EXIT_INTERRUPTED);
  const interrupt = interruptible(() => {}, leave, SIGNALS);
  const over = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, over.signal]);
  let why = '';
  const unwatch = watchParent(() => {
    why = ', since the process that started it has gone';
    over.abort();
  });
  const timer = setTimeout(() => over.abort(), durationMs);
  try {
    const responder = new Responder(code, signal);
    const opened = await responder.open((port, admit) => openPort({ port }, PORT_LIMITS, admit));
    if (opened.open.length === 0 && !signal.aborted) {
      const [reason = 'unknown'] = opened.failed.values();
      throw new UsageError(`respond: none of its ports could be opened (${reason})`);
    }
    if (!quiet) sayOpened(opened, until);
    await deliver([pasteLine(code, to)], null);
    const reporting = to === null ? null : keepReporting(to, responder, signal);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await reporting;
    if (!quiet) log(`ended${why}; ${responder.proven} connections with the key were answered`);
    return interrupt.signal.aborted ? EXIT_INTERRUPTED : 0;
  } finally {
    over.abort();
    clearTimeout(timer);
    unwatch();
    interrupt.release();
  }
};

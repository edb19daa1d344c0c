import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Conversation, TalkLimits } from '../model/wire.ts';
import {
  type ControlReport,
  type ControlSession,
  HELLO_SIZE,
  helloBytes,
  isWelcome,
  REPORT_EVERY_MS,
  REPORT_SIZE,
  readHello,
  readReport,
  reportBytes,
  welcomeBytes,
} from '../proof/control.ts';
import { MAGIC, NONCE_SIZE } from '../proof/frames.ts';
import type { Keys } from '../proof/keys.ts';
import type { Nonces } from './nonces.ts';

/** A control connection: a report each half second, an hour at most. */
export const CONTROL_LIMITS: TalkLimits = { totalMs: 3_600_000, idleMs: 10_000, maxBytes: 1 << 20 };

/** What the novice's side says on a control connection, until it is aborted or the expert's side leaves. */
export const tellControl = async (
  io: Conversation,
  keys: Keys,
  {
    begin,
    report,
    signal,
  }: {
    /** The expert's side has shown the key. */
    readonly begin: () => void;
    readonly report: () => Omit<ControlReport, 'sequence'>;
    readonly signal: AbortSignal;
  },
): Promise<void> => {
  const hello = helloBytes(keys, randomBytes(NONCE_SIZE));
  await io.send(hello);
  const welcome = await io.read(HELLO_SIZE);
  if (!isWelcome(keys, hello, welcome)) return;
  begin();
  for (let sequence = 0; !signal.aborted; sequence++) {
    await io.send(reportBytes(keys, [hello, welcome], { sequence, ...report() }));
    await pause(REPORT_EVERY_MS, undefined, { signal }).catch(() => {});
  }
};

/** What the expert's side does with a control connection: says nothing before a hello with the key has come, and reads the reports. */
export const hearControl = async (
  io: Conversation,
  keys: Keys,
  {
    nonces,
    begin,
    onReport,
  }: {
    readonly nonces: Nonces;
    /** The novice's side has shown the key. */
    readonly begin: () => void;
    readonly onReport: (report: ControlReport) => void;
  },
): Promise<void> => {
  const start = await io.read(MAGIC.length);
  if (!MAGIC.every((byte, at) => start[at] === byte)) return;
  const hello = Buffer.concat([start, await io.read(HELLO_SIZE - MAGIC.length)]);
  const nonce = readHello(keys, hello);
  if (nonce === null || !nonces.take(nonce)) return;
  begin();
  const welcome = welcomeBytes(keys, hello, randomBytes(NONCE_SIZE));
  await io.send(welcome);
  const session: ControlSession = [hello, welcome];
  for (let sequence = 0; ; sequence++) {
    const report = readReport(keys, session, sequence, await io.read(REPORT_SIZE));
    if (report === null) return;
    onReport(report);
  }
};

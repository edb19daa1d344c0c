import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Conversation, TalkLimits } from '../model/wire.ts';
import {
  BEAT_EVERY,
  BEAT_SIZE,
  beatBytes,
  type ControlReport,
  type ControlSession,
  HELLO_SIZE,
  helloBytes,
  isBeat,
  REPORT_EVERY_MS,
  REPORT_SIZE,
  readHello,
  readReport,
  readWelcome,
  reportBytes,
  welcomeBytes,
} from '../responder-protocol/control.ts';
import { MAGIC, NONCE_SIZE } from '../responder-protocol/frames.ts';
import type { Keys } from '../responder-protocol/keys.ts';
import type { Nonces } from './nonces.ts';

/**
 * A control connection: a report each half second, beats in the other direction, an hour at most. Each end gives it up when nothing has
 * come for `idleMs`: a path that broke sends no reset, and TCP alone notices after minutes.
 */
export const CONTROL_LIMITS: TalkLimits = { totalMs: 3_600_000, idleMs: 10_000, maxBytes: 1 << 20 };

/** Reads the beats of the expert's side, until one is missing or is none. */
const receiveBeats = async (io: Conversation, keys: Keys, session: ControlSession): Promise<void> => {
  for (let sequence = 0; isBeat(keys, session, sequence, await io.read(BEAT_SIZE)); ) sequence += BEAT_EVERY;
};

/** What the novice's side says on a control connection, until it is aborted or the expert's side leaves or falls silent. */
export const sendReports = async (
  io: Conversation,
  keys: Keys,
  {
    begin,
    report: reportOf,
    signal,
  }: {
    /** The expert's side has shown the key. */
    readonly begin: () => void;
    readonly report: () => Omit<ControlReport, 'sequence'>;
    readonly signal: AbortSignal;
  },
): Promise<void> => {
  const hello = helloBytes(keys, { nonce: randomBytes(NONCE_SIZE), beats: true });
  await io.send(hello);
  const welcome = await io.read(HELLO_SIZE);
  const welcomed = readWelcome(keys, hello, welcome);
  if (welcomed === null) return;
  begin();
  const session: ControlSession = [hello, welcome];
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const report = async (): Promise<void> => {
    for (let sequence = 0; !until.aborted; sequence++) {
      await io.send(reportBytes(keys, session, { sequence, ...reportOf() }));
      await pause(REPORT_EVERY_MS, undefined, { signal: until }).catch(() => {});
    }
  };
  try {
    await Promise.race([report(), ...(welcomed.beats ? [receiveBeats(io, keys, session)] : [])]);
  } finally {
    over.abort();
  }
};

/** What the expert's side does with a control connection: says nothing before a hello with the key has come, and reads the reports. */
export const receiveReports = async (
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
  const greeting = readHello(keys, hello);
  if (greeting === null || !nonces.take(greeting.nonce)) return;
  begin();
  const { beats } = greeting;
  const welcome = welcomeBytes(keys, hello, { nonce: randomBytes(NONCE_SIZE), beats });
  await io.send(welcome);
  const session: ControlSession = [hello, welcome];
  for (let sequence = 0; ; sequence++) {
    const report = readReport(keys, session, sequence, await io.read(REPORT_SIZE));
    if (report === null) return;
    onReport(report);
    if (beats && sequence % BEAT_EVERY === 0) await io.send(beatBytes(keys, session, sequence));
  }
};

import { blank, NONCE_SIZE, opened, sealed } from './frames.ts';
import { type Keys, MAC_SIZE } from './keys.ts';
import { SET_SIZE } from './responder-ports.ts';

/** Bytes of the frames of a control connection, which the novice's side dials and the expert's side never answers with more. */
export const HELLO_SIZE = 8 + NONCE_SIZE + MAC_SIZE;
export const REPORT_SIZE = 12 + 3 * SET_SIZE + MAC_SIZE;
export const BEAT_SIZE = 12 + MAC_SIZE;
/** How often a report comes, milliseconds. */
export const REPORT_EVERY_MS = 500;
/** The report that a beat answers: the first and each of this many, so every two seconds. */
export const BEAT_EVERY = 4;
/** Where `check --listen` waits unless a port is given. */
export const CONTROL_PORT = 47_135;

/** What a responder knows of its ports, each a set of the draw (`setBytes`). */
export interface ControlReport {
  /** Counts up from 0 in each connection. */
  readonly sequence: number;
  readonly listening: Uint8Array;
  /** Ports at which a SYN or a connection arrived since this control connection began. */
  readonly arrived: Uint8Array;
  /** Of those, ports at which a challenge with the key arrived. */
  readonly challenged: Uint8Array;
  /** Connections of several addresses arrived, so that not all of that need be this expert's. */
  readonly isShared: boolean;
}

/** A bit of a report's flags. */
const SHARED = 1;
/** A bit of the flags of hello and welcome. Versions before beats leave it 0 and do not look at it. */
const BEATS = 1;

/** What hello and welcome hold. `beats`: this side takes or sends them; they come where both do. */
export interface Greeting {
  readonly nonce: Uint8Array;
  readonly beats: boolean;
}

const greeting = (kind: 'hello' | 'welcome', { nonce, beats }: Greeting): Buffer => {
  const frame = blank(HELLO_SIZE, kind, beats ? BEATS : 0, 0);
  frame.set(nonce, 8);
  return frame;
};

const readGreeting = (frame: Buffer | null): Greeting | null =>
  frame === null
    ? null
    : { nonce: frame.subarray(8, 8 + NONCE_SIZE), beats: ((frame[5] ?? 0) & BEATS) !== 0 };

/** The hello that begins a control connection, with a nonce. */
export const helloBytes = ({ hello }: Keys, said: Greeting): Uint8Array =>
  sealed(greeting('hello', said), hello);

/** Reads a hello; null unless it was made with the key. */
export const readHello = ({ hello }: Keys, bytes: Uint8Array): Greeting | null =>
  readGreeting(bytes.length === HELLO_SIZE ? opened(bytes, 'hello', hello) : null);

/** The welcome to a hello, with a nonce of its own. */
export const welcomeBytes = ({ welcome }: Keys, hello: Uint8Array, said: Greeting): Uint8Array =>
  sealed(greeting('welcome', said), welcome, [hello]);

/** Reads the welcome to that hello; null unless it is one. */
export const readWelcome = ({ welcome }: Keys, hello: Uint8Array, bytes: Uint8Array): Greeting | null =>
  readGreeting(bytes.length === HELLO_SIZE ? opened(bytes, 'welcome', welcome, [hello]) : null);

/** Hello and welcome of one control connection. */
export type ControlSession = readonly [hello: Uint8Array, welcome: Uint8Array];

/** A report, which only this connection can have brought. */
export const reportBytes = (
  { report: key }: Keys,
  session: ControlSession,
  report: ControlReport,
): Uint8Array => {
  const frame = blank(REPORT_SIZE, 'report', report.isShared ? SHARED : 0, 0);
  frame.writeUInt32BE(report.sequence, 8);
  frame.set(report.listening, 12);
  frame.set(report.arrived, 12 + SET_SIZE);
  frame.set(report.challenged, 12 + 2 * SET_SIZE);
  return sealed(frame, key, session);
};

/** Reads a report; null unless it was made with the key, in this connection and with this number. */
export const readReport = (
  { report: key }: Keys,
  session: ControlSession,
  sequence: number,
  bytes: Uint8Array,
): ControlReport | null => {
  const frame = bytes.length === REPORT_SIZE ? opened(bytes, 'report', key, session) : null;
  if (!frame || frame.readUInt32BE(8) !== sequence) return null;
  const set = (at: number): Uint8Array => frame.subarray(12 + at * SET_SIZE, 12 + (at + 1) * SET_SIZE);
  return {
    sequence,
    listening: set(0),
    arrived: set(1),
    challenged: set(2),
    isShared: ((frame[5] ?? 0) & SHARED) !== 0,
  };
};

/** The expert's answer to the report of that number, which only this connection can have brought. */
export const beatBytes = ({ beat }: Keys, session: ControlSession, sequence: number): Uint8Array => {
  const frame = blank(BEAT_SIZE, 'beat', 0, 0);
  frame.writeUInt32BE(sequence, 8);
  return sealed(frame, beat, session);
};

/** Whether this is that answer. */
export const isBeat = (
  { beat }: Keys,
  session: ControlSession,
  sequence: number,
  bytes: Uint8Array,
): boolean =>
  bytes.length === BEAT_SIZE && opened(bytes, 'beat', beat, session)?.readUInt32BE(8) === sequence;

import { blank, NONCE_SIZE, opened, sealed } from './frames.ts';
import { type Keys, MAC_SIZE } from './keys.ts';
import { SET_SIZE } from './responder-ports.ts';

/** Bytes of the frames of a control connection, which the novice's side dials and the expert's side never answers with more. */
export const HELLO_SIZE = 8 + NONCE_SIZE + MAC_SIZE;
export const REPORT_SIZE = 12 + 3 * SET_SIZE + MAC_SIZE;
/** How often a report comes, milliseconds. */
export const REPORT_EVERY_MS = 500;
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

const nonceIn = (frame: Buffer | null): Uint8Array | null =>
  frame === null ? null : frame.subarray(8, 8 + NONCE_SIZE);

/** The hello that begins a control connection, with a nonce. */
export const helloBytes = ({ hello }: Keys, nonce: Uint8Array): Uint8Array => {
  const frame = blank(HELLO_SIZE, 'hello', 0, 0);
  frame.set(nonce, 8);
  return sealed(frame, hello);
};

/** The nonce of a hello; null unless it was made with the key. */
export const readHello = ({ hello }: Keys, bytes: Uint8Array): Uint8Array | null =>
  nonceIn(bytes.length === HELLO_SIZE ? opened(bytes, 'hello', hello) : null);

/** The welcome to a hello, with a nonce of its own. */
export const welcomeBytes = ({ welcome }: Keys, hello: Uint8Array, nonce: Uint8Array): Uint8Array => {
  const frame = blank(HELLO_SIZE, 'welcome', 0, 0);
  frame.set(nonce, 8);
  return sealed(frame, welcome, [hello]);
};

/** Whether this is the welcome to that hello. */
export const isWelcome = ({ welcome }: Keys, hello: Uint8Array, bytes: Uint8Array): boolean =>
  bytes.length === HELLO_SIZE && opened(bytes, 'welcome', welcome, [hello]) !== null;

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

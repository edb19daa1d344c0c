import type { Speech } from '../src/model/evidence.ts';
import { ConversationError } from '../src/model/wire.ts';
import { CodecError } from './codec/reader.ts';

/** A protocol that a probe expects: its name in a sentence, and the bytes that each of its answers begins with. */
export interface Protocol {
  readonly name: string;
  readonly starts: readonly number[];
}

/** How a conversation failed, in the terms of a finding. */
export interface UnexpectedReply {
  readonly speech: Exclude<Speech, 'spoke' | 'refused'>;
  readonly detail: string;
}

/** How other services begin, as Latin-1 text. First match wins. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^HTTP\/|^<!doctype|^<html/i, 'HTTP'],
  [/^SSH-/, 'SSH'],
  [/^220[ -].*(smtp|mail)/i, 'SMTP'],
  [/^220[ -]/, 'FTP or SMTP'],
  [/^\+OK/, 'POP3'],
  [/^\* OK/, 'IMAP'],
  [/^RFB \d/, 'VNC'],
];

/** The same for services whose first bytes are no text, in hex. */
const BINARY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^1[56]030[0-4]/, 'TLS'],
  [/^00.{6}f[ef]534d42/, 'SMB'],
  [/^0500[01]...10/, 'DCE/RPC'],
  [/^030000/, 'TPKT, as Remote Desktop does'],
];

/** Bytes shown of an answer that nobody recognises. */
const SHOWN = 16;

/** What an unexpected answer looks like, in a few words that are safe to print. */
export const looksLike = (bytes: Uint8Array): string => {
  const start = Buffer.from(bytes.subarray(0, SHOWN));
  const [text, hex] = [start.toString('latin1'), start.toString('hex')];
  const known =
    KINDS.find(([pattern]) => pattern.test(text)) ?? BINARY_KINDS.find(([pattern]) => pattern.test(hex));
  if (known) return known[1];
  const line = text.trimEnd();
  if (/^[ -~]+$/.test(line)) return `the text "${line}"`;
  return `the bytes ${hex}`;
};

const ENDS: Readonly<Record<ConversationError['end'], { speech: UnexpectedReply['speech']; words: string }>> =
  {
    closed: { speech: 'hung-up', words: 'closes the connection' },
    reset: { speech: 'hung-up', words: 'resets the connection' },
    mute: { speech: 'mute', words: 'says nothing' },
    'too-slow': { speech: 'mute', words: 'stalls' },
    'too-much': { speech: 'foreign', words: 'sends more than any valid reply' },
  };

/** Why an answer was not had, for a place in a sentence. Errors of other kinds are bugs and thrown on. */
export const troubleWords = (error: unknown): string => {
  if (error instanceof CodecError) return `it cannot be read: ${error.message}`;
  if (error instanceof ConversationError) return `it ${ENDS[error.end].words}`;
  throw error;
};

/** Whether a conversation ended because nothing more came in time. */
export const isSilence = (error: unknown): boolean =>
  error instanceof ConversationError && (error.end === 'mute' || error.end === 'too-slow');

/**
 * What to make of a conversation that ended before it said what was asked. `received` are the bytes read so far, for the
 * look of an answer in another protocol. Errors of other kinds are bugs and thrown on.
 */
export const unexpectedReply = (
  error: unknown,
  received: Uint8Array,
  { name, starts }: Protocol,
): UnexpectedReply => {
  const atEnd = error instanceof ConversationError ? error.received : new Uint8Array();
  const bytes = received.length > 0 ? received : atEnd;
  const isOurs = starts.slice(0, bytes.length).every((byte, at) => byte === bytes[at]);
  if (bytes.length > 0 && !isOurs) {
    return { speech: 'foreign', detail: `answers ${looksLike(bytes)}, not ${name}` };
  }
  if (error instanceof ConversationError) {
    const { speech, words } = ENDS[error.end];
    const begun = bytes.length > 0 ? `begins an answer in ${name}` : 'accepts';
    return { speech, detail: `${begun} and then ${words}` };
  }
  return { speech: 'foreign', detail: `answers something like ${name}, but ${troubleWords(error)}` };
};

import type { Speech } from '../src/model/evidence.ts';
import { ConversationError } from '../src/model/wire.ts';
import { CodecError } from './codec/reader.ts';

/** How a conversation failed, in the terms of a finding. */
export interface Misheard {
  readonly speech: Exclude<Speech, 'spoke'>;
  readonly detail: string;
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^HTTP\/\d|^<!doctype|^<html/i, 'HTTP'],
  [/^SSH-/, 'SSH'],
  [/^220[ -].*(smtp|mail|esmtp)/i, 'SMTP'],
  [/^220[ -]/, 'FTP or SMTP'],
  [/^\+OK/, 'POP3'],
  [/^\* OK/, 'IMAP'],
  [/^RFB \d/, 'VNC'],
];

/** The same for protocols whose first bytes are no text, in hex: TLS records, TPKT, DCE/RPC. */
const BINARY_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^1[56]030[0-4]/, 'TLS'],
  [/^030000/, 'Remote Desktop'],
  [/^0500[01]/, 'DCE/RPC'],
];

/** Bytes shown of an answer that nobody recognises. */
const SHOWN = 16;

/** What an unexpected answer looks like, in a few words. */
export const looksLike = (bytes: Uint8Array): string => {
  const text = new TextDecoder('latin1').decode(bytes);
  const hex = Buffer.from(bytes.subarray(0, SHOWN)).toString('hex');
  const known =
    KINDS.find(([pattern]) => pattern.test(text)) ?? BINARY_KINDS.find(([pattern]) => pattern.test(hex));
  return known ? known[1] : `bytes ${hex}`;
};

/**
 * What to make of a conversation that ended before it said what was asked. `heard` are the bytes read so far, for the
 * look of an answer in another protocol. Errors of other kinds are bugs and thrown on.
 */
export const mishear = (error: unknown, heard: Uint8Array, protocol: string): Misheard => {
  if (error instanceof CodecError) {
    return { speech: 'foreign', detail: `answers ${looksLike(heard)}, not ${protocol} (${error.message})` };
  }
  if (!(error instanceof ConversationError)) throw error;
  const bytes = heard.length > 0 ? heard : error.received;
  if (bytes.length > 0 && looksLike(bytes) === protocol) {
    return { speech: 'mute', detail: `begins an answer in ${protocol} and then ${ENDS[error.end]}` };
  }
  if (bytes.length > 0 && error.end !== 'too-much') {
    return {
      speech: 'foreign',
      detail: `answers ${looksLike(bytes)}, not ${protocol}, and then ${ENDS[error.end]}`,
    };
  }
  const speech =
    error.end === 'closed' || error.end === 'reset' ? 'hung-up' : error.end === 'mute' ? 'mute' : 'foreign';
  return { speech, detail: `accepts and ${ENDS[error.end]}` };
};

const ENDS: Readonly<Record<ConversationError['end'], string>> = {
  closed: 'closes the connection',
  reset: 'resets the connection',
  mute: 'says nothing',
  'too-slow': 'answers too slowly to be of use',
  'too-much': 'sends more than any answer needs',
};

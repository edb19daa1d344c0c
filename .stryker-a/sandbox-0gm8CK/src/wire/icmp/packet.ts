import { randomFillSync } from 'node:crypto';
import type { Family } from '../../model/target.ts';

/** Echo request and reply (RFC 792; RFC 4443 sections 4.1 and 4.2). */
const TYPES: Readonly<Record<Family, { readonly request: number; readonly reply: number }>> = {
  4: { request: 8, reply: 0 },
  6: { request: 128, reply: 129 },
};
const HEADER_BYTES = 8;
const ID = 4;
const SEQUENCE = 6;
/** A header and 32 bytes, as the ping of Windows has it. */
export const ECHO_BYTES = HEADER_BYTES + 32;

/** An echo request with a random payload. Linux writes checksum and id itself. `sequence` 0-65535. */
export const echoRequest = (family: Family, sequence: number): Buffer => {
  const packet = Buffer.alloc(ECHO_BYTES);
  packet[0] = TYPES[family].request;
  packet.writeUInt16BE(sequence, SEQUENCE);
  return randomFillSync(packet, HEADER_BYTES);
};

const sequenceOf = (bytes: Buffer, type: number, id: number): number | null =>
  bytes[0] === type && bytes[1] === 0 && bytes.readUInt16BE(ID) === id ? bytes.readUInt16BE(SEQUENCE) : null;

/** Sequence number of an ICMP message that is an echo reply to that id, of the size that we ask with; else null. */
export const replySequence = (bytes: Buffer, family: Family, id: number): number | null =>
  bytes.length === ECHO_BYTES ? sequenceOf(bytes, TYPES[family].reply, id) : null;

/** Sequence number of the echo request of that id that an ICMP error quotes, from its first byte; else null. */
export const quotedSequence = (bytes: Buffer, family: Family, id: number): number | null =>
  bytes.length >= HEADER_BYTES ? sequenceOf(bytes, TYPES[family].request, id) : null;

/** Whether the payload that came back is what `request` sent. Errors quote it in part, with 8 bytes of header at least. */
export const isPayloadOf = (bytes: Buffer, request: Buffer): boolean => {
  const end = Math.min(bytes.length, ECHO_BYTES);
  return bytes.subarray(HEADER_BYTES, end).equals(request.subarray(HEADER_BYTES, end));
};

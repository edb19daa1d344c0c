import { CodecError, concat, Reader, u16le, u32le } from './reader.ts';
import { readUuid, uuidBytes } from './uuid.ts';

/** DCE/RPC connection-oriented PDUs, version 5.0 (C706 chapter 12, MS-RPCE 2.2.2). */
export const HEADER_SIZE = 16;
/** Offered in the bind, and the longest fragment taken: what Windows' own clients offer. Samba sends 4280 at most. */
export const MAX_FRAGMENT = 5840;

const REQUEST = 0;
const BIND = 11;

/** Kinds of PDU (C706, 12.6.3). */
export type PduType = 'response' | 'fault' | 'bind-ack' | 'bind-nak';
const TYPES: Readonly<Record<number, PduType>> = {
  2: 'response',
  3: 'fault',
  12: 'bind-ack',
  13: 'bind-nak',
};
const FIRST = 1;
const LAST = 2;

/** NDR, the one transfer syntax that everybody speaks. */
const NDR = { uuid: '8a885d04-1ceb-11c9-9fe8-08002b104860', version: 2 };

/** An interface by its UUID and version. */
export interface RpcInterface {
  readonly uuid: string;
  readonly major: number;
  readonly minor: number;
}

/** The header that all PDUs have (C706, 12.6.3.1). */
export interface PduHeader {
  readonly type: PduType;
  readonly first: boolean;
  readonly last: boolean;
  /** Integers are little-endian. */
  readonly little: boolean;
  /** Bytes of the whole PDU, header included. */
  readonly length: number;
  readonly authLength: number;
  readonly callId: number;
}

/** Reads the 16 bytes that every PDU starts with, and says by throwing when they are no PDU that a server sends. */
export const readHeader = (bytes: Uint8Array): PduHeader => {
  const fixed = new Reader(bytes);
  const [major, minor, type, flags, order] = [fixed.u8(), fixed.u8(), fixed.u8(), fixed.u8(), fixed.u8()];
  if (major !== 5 || minor > 1) throw new CodecError(`not DCE/RPC: version ${major}.${minor}`, 0);
  const known = TYPES[type];
  if (known === undefined) throw new CodecError(`unexpected PDU type ${type}`, 2);
  const little = order >> 4 === 1;
  if (order >> 4 > 1) throw new CodecError(`unknown byte order ${order}`, 4);
  const rest = new Reader(bytes.subarray(8), little);
  const [length, authLength, callId] = [rest.u16(), rest.u16(), rest.u32()];
  if (length < HEADER_SIZE || length > MAX_FRAGMENT) throw new CodecError(`fragment of ${length} bytes`, 8);
  return {
    type: known,
    first: (flags & FIRST) !== 0,
    last: (flags & LAST) !== 0,
    little,
    length,
    authLength,
    callId,
  };
};

const pdu = (type: number, callId: number, body: Uint8Array): Uint8Array =>
  concat([
    Uint8Array.of(5, 0, type, FIRST | LAST, 0x10, 0, 0, 0),
    u16le(HEADER_SIZE + body.length),
    u16le(0),
    u32le(callId),
    body,
  ]);

/** A bind to one interface with NDR. */
export const bindPdu = (callId: number, to: RpcInterface): Uint8Array =>
  pdu(
    BIND,
    callId,
    concat([
      u16le(MAX_FRAGMENT),
      u16le(MAX_FRAGMENT),
      u32le(0),
      u32le(1),
      u16le(0),
      Uint8Array.of(1, 0),
      uuidBytes(to.uuid),
      u16le(to.major),
      u16le(to.minor),
      uuidBytes(NDR.uuid),
      u32le(NDR.version),
    ]),
  );

/** A request in one fragment, context 0. */
export const requestPdu = (callId: number, operation: number, stub: Uint8Array): Uint8Array =>
  pdu(REQUEST, callId, concat([u32le(stub.length), u16le(0), u16le(operation), stub]));

/** What the server decided about the one context offered. */
export interface BindAck {
  readonly accepted: boolean;
  readonly reason: number;
}

/** Body of a bind_ack, without the header. */
export const readBindAck = (body: Uint8Array, little: boolean): BindAck => {
  const reader = new Reader(body, little);
  reader.bytes(8);
  reader.bytes(reader.u16());
  // The header is 16 bytes, so alignment within the body is alignment within the PDU.
  reader.align(4);
  const results = reader.u8();
  reader.bytes(3);
  if (results < 1) throw new CodecError('bind_ack without a result', reader.offset);
  const [result, reason] = [reader.u16(), reader.u16()];
  readUuid(reader);
  reader.u32();
  return { accepted: result === 0, reason };
};

/** provider_reject_reason of a bind_nak. */
export const readBindNak = (body: Uint8Array, little: boolean): number => new Reader(body, little).u16();

/** Status of a fault. */
export const readFault = (body: Uint8Array, little: boolean): number => {
  const reader = new Reader(body, little);
  reader.bytes(8);
  return reader.u32();
};

/** Stub data of a response fragment, without its own eight bytes and without an authentication trailer. */
export const readResponseStub = (body: Uint8Array, authLength: number): Uint8Array => {
  const reader = new Reader(body);
  reader.bytes(8);
  const trailer = authLength === 0 ? 0 : authLength + 8;
  if (trailer > reader.left)
    throw new CodecError('authentication trailer longer than the fragment', reader.offset);
  return reader.bytes(reader.left - trailer);
};

const FAULTS: Readonly<Record<number, string>> = {
  5: 'access denied',
  1752: 'the mapper cannot do it',
  1783: 'bad stub data',
  469827586: 'operation out of range',
  469827587: 'unknown interface',
  469827604: 'server too busy',
  469762076: 'invalid presentation context',
};

const REJECTIONS: Readonly<Record<number, string>> = {
  1: 'abstract syntax not supported',
  2: 'transfer syntaxes not supported',
  3: 'local limit exceeded',
};

const NAKS: Readonly<Record<number, string>> = {
  1: 'temporary congestion',
  2: 'local limit exceeded',
  4: 'protocol version not supported',
  8: 'authentication type not recognised',
};

/** Status of a fault or a call by name (C706 appendix E, MS-RPCE 2.2.1.2.1), for a sentence. */
export const statusName = (status: number): string =>
  FAULTS[status] ?? `status 0x${status.toString(16).padStart(8, '0')}`;

/** Why a bind_ack rejects the one context offered (C706 12.6.3.1). */
export const rejectionName = (reason: number): string => REJECTIONS[reason] ?? `reason ${reason}`;

/** Why a bind_nak refuses (C706 12.6.4.5, MS-RPCE 2.2.2.5). */
export const nakName = (reason: number): string => NAKS[reason] ?? `reason ${reason}`;

/** Access denied: the server speaks RPC and does not want to speak it with strangers. */
export const ACCESS_DENIED = 5;

import { CodecError, concat, Reader, u32le } from './reader.ts';

/** Protocols asked for: TLS, CredSSP and its later form (MS-RDPBCGR 2.2.1.1.1). No cookie: it would carry a user name. */
const WANTED = 0x0b;
const TPKT_SIZE = 4;
/** Bytes of a connection confirm: 11 without negotiation data, 19 with it; more is tolerated up to a bound. */
export const SHORTEST_CONFIRM = 11;
const LONGEST_CONFIRM = 64;

/** X.224 connection request in a TPKT, with an RDP negotiation request (MS-RDPBCGR 2.2.1.1). */
export const connectionRequest = (): Uint8Array =>
  concat([Uint8Array.of(3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0), Uint8Array.of(1, 0, 8, 0), u32le(WANTED)]);

/** What the server chose, or why it chose nothing. */
export type Negotiation =
  | { readonly kind: 'none' }
  /** Negotiation data, but not of the form that the document gives. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'selected'; readonly protocol: number }
  | { readonly kind: 'failure'; readonly code: number };

/** Bytes of the whole packet, from its TPKT header (RFC 1006). */
export const readTpkt = (bytes: Uint8Array): number => {
  const reader = new Reader(bytes, false);
  const [version, reserved, length] = [reader.u8(), reader.u8(), reader.u16()];
  if (version !== 3 || reserved !== 0) throw new CodecError(`no TPKT: version ${version}`, 0);
  if (length < SHORTEST_CONFIRM || length > LONGEST_CONFIRM)
    throw new CodecError(`TPKT of ${length} bytes`, 2);
  return length;
};

/** X.224 connection confirm, the whole packet, and the negotiation response in it (MS-RDPBCGR 2.2.1.2). */
export const readConfirm = (packet: Uint8Array): Negotiation => {
  const reader = new Reader(packet);
  reader.bytes(TPKT_SIZE);
  const indicator = reader.u8();
  const code = reader.u8();
  if (code >> 4 !== 0xd)
    throw new CodecError(`X.224 code 0x${code.toString(16)} is not a connection confirm`, 5);
  if (indicator > reader.left + 1) throw new CodecError(`length indicator ${indicator} beyond the TPKT`, 4);
  reader.bytes(5);
  if (reader.left === 0) return { kind: 'none' };
  if (reader.left < 8) return { kind: 'malformed' };
  const type = reader.u8();
  reader.u8();
  const length = reader.u16();
  if (length !== 8 || (type !== 2 && type !== 3)) return { kind: 'malformed' };
  const value = reader.u32();
  return type === 2 ? { kind: 'selected', protocol: value } : { kind: 'failure', code: value };
};

/** Words for what was chosen. */
export const protocolName = (protocol: number): string =>
  ({
    0: 'standard RDP security',
    1: 'TLS',
    2: 'CredSSP',
    4: 'RDSTLS',
    8: 'CredSSP with early user authorization',
    16: 'RDS AAD',
  })[protocol] ?? `protocol ${protocol}`;

/** Words for a refusal; each of them is said by a Remote Desktop server (MS-RDPBCGR 2.2.1.2.2). */
export const failureName = (code: number): string =>
  ({
    1: 'it requires TLS',
    2: 'it does not allow TLS',
    3: 'it has no certificate',
    4: 'inconsistent flags',
    5: 'it requires CredSSP',
    6: 'it requires TLS with user authentication',
  })[code] ?? `failure ${code}`;

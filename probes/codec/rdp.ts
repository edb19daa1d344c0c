import { CodecError, concat, Reader, u32le } from './reader.ts';

/** Protocols asked for: TLS, CredSSP and its later form (MS-RDPBCGR 2.2.1.1.1). No cookie: it would carry a user name. */
const WANTED = 0x0b;
export const TPKT_SIZE = 4;
/** A connection confirm is 11 bytes, or 19 with negotiation data; some servers add to it. */
const MOST = 64;

/** X.224 connection request in a TPKT, with an RDP negotiation request (MS-RDPBCGR 2.2.1.1). */
export const connectionRequest = (): Uint8Array =>
  concat([Uint8Array.of(3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0), Uint8Array.of(1, 0, 8, 0), u32le(WANTED)]);

/** What the server chose, or why it chose nothing. */
export type Negotiation =
  | { readonly kind: 'none' }
  | { readonly kind: 'selected'; readonly protocol: number }
  | { readonly kind: 'failure'; readonly code: number };

/** Bytes behind a TPKT header (RFC 1006), 3 to 60. */
export const readTpkt = (bytes: Uint8Array): number => {
  const reader = new Reader(bytes, false);
  const [version, reserved, length] = [reader.u8(), reader.u8(), reader.u16()];
  if (version !== 3 || reserved !== 0) throw new CodecError(`no TPKT: version ${version}`, 0);
  if (length < 7 || length > MOST) throw new CodecError(`TPKT of ${length} bytes`, 2);
  return length - TPKT_SIZE;
};

/** X.224 connection confirm behind the TPKT header, and the negotiation response in it (MS-RDPBCGR 2.2.1.2). */
export const readConfirm = (bytes: Uint8Array): Negotiation => {
  const reader = new Reader(bytes);
  const indicator = reader.u8();
  const code = reader.u8();
  if (code >> 4 !== 0xd)
    throw new CodecError(`X.224 code 0x${code.toString(16)} is no connection confirm`, 1);
  if (indicator > reader.left + 1) throw new CodecError(`length indicator ${indicator} beyond the TPKT`, 0);
  reader.bytes(5);
  if (reader.left < 8) return { kind: 'none' };
  const type = reader.u8();
  reader.u8();
  const length = reader.u16();
  if (length !== 8 || (type !== 2 && type !== 3)) return { kind: 'none' };
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

import type { RpcInterface } from './pdu.ts';
import { CodecError, Reader } from './reader.ts';

/** IObjectExporter, the DCOM object resolver (MS-DCOM 3.1.2.5.1). */
export const OBJECT_EXPORTER: RpcInterface = {
  uuid: '99fcfec4-5260-101b-bbcb-00aa0021347a',
  major: 0,
  minor: 0,
};

/** Number of the call that asks for versions and bindings (MS-DCOM 3.1.2.5.1.6). */
export const SERVER_ALIVE_2 = 5;

const NCACN_IP_TCP = 7;
/** More network cards than a host has; what comes after them is left out. */
export const MOST_ADDRESSES = 64;
/** Longest DNS name (RFC 1035), characters; an address is shorter, and what is longer is neither. */
const MOST_CHARACTERS = 255;

/** What the object exporter says of itself. */
export interface ServerAlive {
  readonly version: { readonly major: number; readonly minor: number };
  /** Of the TCP string bindings: addresses and host names, each once. Text from the network, not cleaned. */
  readonly addresses: readonly string[];
  readonly status: number;
}

const readText = (reader: Reader): string => {
  const units: number[] = [];
  while (reader.left > 1) {
    const unit = reader.u16();
    if (unit === 0) break;
    if (units.length <= MOST_CHARACTERS) units.push(unit);
  }
  return String.fromCharCode(...units);
};

/**
 * String bindings (MS-DCOM 2.2.19.3): a tower id and a zero-terminated address in turn, until a zero or the end of
 * their part of the array.
 */
const readBindings = (units: Uint8Array, little: boolean): string[] => {
  const reader = new Reader(units, little);
  const addresses = new Set<string>();
  while (reader.left > 1 && addresses.size < MOST_ADDRESSES) {
    const tower = reader.u16();
    if (tower === 0) break;
    const address = readText(reader);
    const isAddress = address !== '' && address.length <= MOST_CHARACTERS;
    if (tower === NCACN_IP_TCP && isAddress) addresses.add(address);
  }
  return [...addresses];
};

/** Response stub of ServerAlive2: COMVERSION, a DUALSTRINGARRAY, a reserved number, the status. */
export const readServerAlive2 = (stub: Uint8Array, little: boolean): ServerAlive => {
  const reader = new Reader(stub, little);
  const version = { major: reader.u16(), minor: reader.u16() };
  let addresses: string[] = [];
  if (reader.u32() !== 0) {
    const most = reader.u32();
    const count = reader.u16();
    const security = reader.u16();
    if (count > most || security > count)
      throw new CodecError(`${count} units, security at ${security}`, reader.offset);
    const units = reader.bytes(count * 2);
    addresses = readBindings(units.subarray(0, security * 2), little);
  }
  reader.align(4);
  reader.u32();
  return { version, addresses, status: reader.u32() };
};

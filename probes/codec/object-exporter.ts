import type { RpcInterface } from './pdu.ts';
import { CodecError, Reader } from './reader.ts';

/** IObjectExporter, the DCOM object resolver (MS-DCOM 3.1.2.5.1). */
export const OBJECT_EXPORTER: RpcInterface = {
  uuid: '99fcfec4-5260-101b-bbcb-00aa0021347a',
  major: 0,
  minor: 0,
};
export const SERVER_ALIVE_2 = 5;

const NCACN_IP_TCP = 7;
/** A machine with more addresses than this is asking for our memory. */
const MOST_BINDINGS = 256;

export interface ServerAlive {
  readonly version: { readonly major: number; readonly minor: number };
  /** Network addresses of the TCP string bindings: IP addresses and host names as the server wrote them. */
  readonly addresses: readonly string[];
  readonly status: number;
}

const readText = (reader: Reader): string => {
  const units: number[] = [];
  for (let unit = reader.u16(); unit !== 0; unit = reader.u16()) units.push(unit);
  return String.fromCharCode(...units);
};

/** String bindings (MS-DCOM 2.2.19.3): a tower id, a zero-terminated address, and a zero that ends them all. */
const readBindings = (bytes: Uint8Array, little: boolean): string[] => {
  const reader = new Reader(bytes, little);
  const addresses: string[] = [];
  for (let bindings = 0; ; bindings++) {
    if (bindings > MOST_BINDINGS) throw new CodecError('too many string bindings', reader.offset);
    const tower = reader.u16();
    if (tower === 0) return addresses;
    const address = readText(reader);
    if (tower === NCACN_IP_TCP) addresses.push(address);
  }
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
    if (count > 0) addresses = readBindings(units.subarray(0, security * 2), little);
  }
  reader.align(4);
  reader.u32();
  return { version, addresses, status: reader.u32() };
};

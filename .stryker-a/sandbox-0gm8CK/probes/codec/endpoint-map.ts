import type { RpcInterface } from './pdu.ts';
import { CodecError, concat, Reader, u32le } from './reader.ts';
import { readTower, type Tower } from './tower.ts';

/** The endpoint mapper's own interface (C706 appendix O). */
export const EPM: RpcInterface = { uuid: 'e1af8308-5d1f-11c9-91a4-08002b14a0fa', major: 3, minor: 0 };

/** Number of the call that lists endpoints (C706, appendix O). */
export const EPT_LOOKUP = 2;

/** Number of the call that frees the handle of a list (C706, appendix O). */
export const EPT_LOOKUP_HANDLE_FREE = 4;
/** "No more elements": the end of the list, also when entries come with it (Samba). Windows says 0 and clears the handle. */
export const EPT_S_NOT_REGISTERED = 0x16c9a0d6;
/** max_ents has range(0, 500) in the IDL (MS-RPCE 2.2.1.2.4). */
export const PAGE_SIZE = 500;

const HANDLE_SIZE = 20;
/** ept_max_annotation_size. */
const MOST_ANNOTATION = 64;

/** The handle of a list that has not been read to its end, 20 bytes. */
export type Handle = Uint8Array;

/** The handle that begins a list, and ends one. */
export const NULL_HANDLE: Handle = new Uint8Array(HANDLE_SIZE);

/** Whether a list has been read to its end. */
export const isNullHandle = (handle: Handle): boolean => handle.every((byte) => byte === 0);

/** An entry of the endpoint map. */
export interface MapEntry {
  readonly annotation: string;
  /** Null where the tower is missing or is none: one bad entry does not spoil the list. */
  readonly tower: Tower | null;
}

/** A page of the list, and the handle for the next. */
export interface LookupPage {
  readonly handle: Handle;
  readonly entries: readonly MapEntry[];
  readonly status: number;
}

/** Stub of ept_lookup for all elements. */
export const lookupStub = (handle: Handle): Uint8Array =>
  concat([u32le(0), u32le(0), u32le(0), u32le(1), handle, u32le(PAGE_SIZE)]);

/** Stub of ept_lookup_handle_free. */
export const freeStub = (handle: Handle): Uint8Array => handle;

const towerOf = (octets: Uint8Array): Tower | null => {
  try {
    return readTower(octets);
  } catch (error) {
    if (error instanceof CodecError) return null;
    throw error;
  }
};

/** Latin-1, byte by byte. TextDecoder's `latin1` is Windows-1252, and not on every Node 20. */
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

interface Head {
  readonly annotation: string;
  readonly hasTower: boolean;
}

const readHead = (reader: Reader): Head => {
  reader.align(4);
  // The object's UUID.
  reader.bytes(16);
  const hasTower = reader.u32() !== 0;
  reader.u32();
  const length = reader.u32();
  if (length > MOST_ANNOTATION) throw new CodecError(`annotation of ${length} bytes`, reader.offset);
  return { hasTower, annotation: latin1(reader.bytes(length)).replace(/\0.*$/s, '') };
};

const readTowerOctets = (reader: Reader): Uint8Array => {
  reader.align(4);
  const most = reader.u32();
  const length = reader.u32();
  if (length > most) throw new CodecError(`tower of ${length} bytes in an array of ${most}`, reader.offset);
  return reader.bytes(length);
};

/** Response stub of ept_lookup, all fragments joined: handle, entries, their towers behind them, status. */
export const readLookup = (stub: Uint8Array, little: boolean): LookupPage => {
  const reader = new Reader(stub, little);
  const handle = Uint8Array.from(reader.bytes(HANDLE_SIZE));
  const count = reader.u32();
  reader.u32();
  reader.u32();
  const actual = reader.u32();
  if (actual !== count || count > PAGE_SIZE)
    throw new CodecError(`${count} entries announced, ${actual} sent`, 20);
  // Every entry takes 28 bytes at least: a count that cannot fit is refused before anything is made for it.
  if (count * 28 > reader.left)
    throw new CodecError(`${count} entries in ${reader.left} bytes`, reader.offset);
  const heads = Array.from({ length: count }, () => readHead(reader));
  const entries = heads.map(({ annotation, hasTower }) => ({
    annotation,
    tower: hasTower ? towerOf(readTowerOctets(reader)) : null,
  }));
  reader.align(4);
  return { handle, entries, status: reader.u32() };
};

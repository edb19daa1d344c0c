import type { EndpointMapperFinding, RpcEndpoint } from '../src/model/evidence.ts';
import {
  EPT_LOOKUP,
  EPT_LOOKUP_HANDLE_FREE,
  EPT_S_NOT_REGISTERED,
  freeStub,
  type Handle,
  isNullHandle,
  lookupStub,
  type MapEntry,
  NULL_HANDLE,
  readLookup,
} from './codec/endpoint-map.ts';
import { ACCESS_DENIED, statusName } from './codec/pdu.ts';
import type { RpcClient } from './rpc-client.ts';

/** Pages of up to 500 entries; a domain controller lists a few hundred entries in all. */
export const MOST_PAGES = 32;
/** After this many entries no further page is asked for. */
export const MOST_ENTRIES = 4096;
/**
 * Different TCP endpoints that are kept of one host; when there are more, no further page is asked for. A domain controller has
 * about a hundred. An audit keeps those of a thousand hosts at a time, and one device may answer for all of them.
 */
export const MOST_ENDPOINTS = 128;

/** A copy in one piece: V8 keeps what was joined or cut out as the pieces of it, five times as large. Latin-1 only. */
const copied = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

/** What the mapper listed by now. Filled while the conversation goes on, so that a sudden end leaves what was received. */
export class Listing {
  /** By everything that is reported of it: one interface may listen for many objects on one port. */
  readonly #endpoints = new Map<string, RpcEndpoint>();
  #entries = 0;
  #isFull = false;
  #complete = false;
  #denied = false;
  #trouble: string | null = null;
  #isStalled = false;

  get endpoints(): readonly RpcEndpoint[] {
    return [...this.#endpoints.values()];
  }

  get entries(): number {
    return this.#entries;
  }

  /** More endpoints are listed than are kept. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Why the list is not complete, as half a sentence; null when it is. */
  get trouble(): string | null {
    return this.#complete ? null : this.#trouble;
  }

  /** Nothing of the list arrived, although it was asked for and nobody refused. */
  get isStalled(): boolean {
    return this.#isStalled && this.state === 'none';
  }

  get state(): EndpointMapperFinding['listing'] {
    if (this.#complete) return 'complete';
    if (this.#entries > 0) return 'cut';
    return this.#denied ? 'refused' : 'none';
  }

  add(entries: readonly MapEntry[]): void {
    this.#entries += entries.length;
    for (const { tower, annotation } of entries) {
      // A port of 0 is a server that registered before it listened: nothing to dial.
      if (!tower?.tcpPort) continue;
      const key = copied(`${tower.tcpPort} ${tower.interface} ${annotation}`);
      if (this.#endpoints.has(key)) continue;
      this.#isFull = this.#endpoints.size === MOST_ENDPOINTS;
      if (this.#isFull) return;
      this.#endpoints.set(key, {
        port: tower.tcpPort,
        interface: copied(tower.interface),
        annotation: copied(annotation),
      });
    }
  }

  finish(): void {
    this.#complete = true;
  }

  /** The first trouble is the reason; what follows from it is not. */
  fail(why: string): void {
    this.#trouble ??= why;
  }

  /** The answer that was due did not arrive in time. */
  stall(): void {
    this.#isStalled = true;
  }

  failWith(status: number): void {
    this.#denied = status === ACCESS_DENIED;
    this.fail(statusName(status));
  }
}

/** Takes one page into `listing`; the handle, and whether to go on from there. Apart, so that no page outlives its reading. */
const takePage = (listing: Listing, stub: Uint8Array, little: boolean): readonly [Handle, boolean] => {
  const { handle, entries, status } = readLookup(stub, little);
  // Entries count whatever the status is: Samba sends the last of them together with "no more elements".
  listing.add(entries);
  if (status !== 0 && status !== EPT_S_NOT_REGISTERED) {
    listing.failWith(status);
    return [handle, false];
  }
  if (listing.isFull) return [handle, false];
  // An empty page with a place to go on from would be asked for again and again.
  const isLast = status === EPT_S_NOT_REGISTERED || isNullHandle(handle) || entries.length === 0;
  if (isLast) listing.finish();
  return [handle, !isLast];
};

/**
 * Asks for page after page into `listing` until the end of the list, or until a bound; then the server may forget its
 * place. Throws what the client throws.
 */
export const listEndpoints = async (client: RpcClient, listing: Listing): Promise<void> => {
  let [handle, goesOn]: readonly [Handle, boolean] = [NULL_HANDLE, true];
  for (let page = 0; goesOn && page < MOST_PAGES && listing.entries < MOST_ENTRIES; page++) {
    const called = await client.call(EPT_LOOKUP, lookupStub(handle));
    if (called.kind === 'fault') {
      listing.failWith(called.status);
      return;
    }
    [handle, goesOn] = takePage(listing, called.stub, called.little);
  }
  listing.fail(
    listing.isFull ? `more than ${MOST_ENDPOINTS} are listed` : `more than ${listing.entries} entries`,
  );
  if (!isNullHandle(handle)) await client.call(EPT_LOOKUP_HANDLE_FREE, freeStub(handle));
};

import type { Socket } from 'node:net';
import { bindAck, fault, fragments, HANDLE, listing, response, serverAlive } from '../probes/server-side.ts';
import type { Mapper } from './row.ts';

/** What is written of PDUs here is what our own client sends: one context, little-endian, one fragment. */
const HEADER = 16;
const BIND = 11;
const REQUEST = 0;
const EPT_LOOKUP = 2;
const SERVER_ALIVE_2 = 5;
const OP_RANGE_ERROR = 0x1c010002;
/** Where the handle stands in the stub of ept_lookup, behind four words. */
const HANDLE_AT = HEADER + 8 + 16;
/** First bytes of IObjectExporter's UUID on the wire. */
const OBJECT_EXPORTER = 'c4fefc9960521b10';
const NCACN_IP_TCP = 7;
/** Entries on a page of the listing, and bytes in a fragment of it, as Windows sends them. */
const PAGE = 100;
const FRAGMENT = 4256;

interface Mapping extends Mapper {
  /** Ports that the mapper lists. */
  readonly listed: readonly number[];
}

const entriesOf = ({ listed, times = 1 }: Mapping) =>
  Array.from({ length: times }, (_, round) =>
    listed.map((port) => ({
      uuid: `12345778-1234-abcd-ef00-${(round * 65_536 + port).toString(16).padStart(12, '0')}`,
      major: 1,
      minor: 0,
      port,
      annotation: `service ${round}`,
    })),
  ).flat();

/** The answer of ept_lookup: the next page, with a handle while there are more. */
const lookup = (mapping: Mapping, from: number, callId: number): Buffer[] => {
  const entries = entriesOf(mapping);
  const isLast = from + PAGE >= entries.length;
  const page = listing(entries.slice(from, from + PAGE), isLast ? {} : { handle: HANDLE });
  return fragments(page, FRAGMENT, { callId });
};

const resolve = ({ dcom }: Mapping, callId: number): Buffer => {
  if (!dcom) return fault(OP_RANGE_ERROR, { callId });
  const [major, minor] = dcom.version;
  const bindings = dcom.addresses.map((address) => ({ tower: NCACN_IP_TCP, address }));
  return response(serverAlive({ major, minor, bindings }), { callId });
};

/**
 * One connection to an RPC server as Windows has it; with `mapping` it is the endpoint mapper, which is what no package of
 * Debian plays as Windows does: XP's ports, ServerAlive2, long listings, silence after the bind.
 */
export const serveRpc = (socket: Socket, mapping?: Mapping): void => {
  let received = Buffer.alloc(0);
  let isResolver = false;
  let listedUpTo = 0;
  const answer = (pdu: Buffer): readonly Buffer[] => {
    const callId = pdu.readUInt32LE(12);
    if (pdu[2] === BIND) {
      isResolver = pdu.subarray(HEADER + 16, HEADER + 24).toString('hex') === OBJECT_EXPORTER;
      return [bindAck(0, 0, { callId })];
    }
    if (pdu[2] !== REQUEST || mapping?.muteAfterBind) return [];
    const operation = pdu.readUInt16LE(HEADER + 6);
    if (!mapping) return [fault(OP_RANGE_ERROR, { callId })];
    if (isResolver && operation === SERVER_ALIVE_2) return [resolve(mapping, callId)];
    if (isResolver || operation !== EPT_LOOKUP) return [fault(OP_RANGE_ERROR, { callId })];
    const goesOn = pdu.subarray(HANDLE_AT, HANDLE_AT + 20).some((byte) => byte !== 0);
    const from = goesOn ? listedUpTo : 0;
    listedUpTo = from + PAGE;
    return lookup(mapping, from, callId);
  };
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    while (received.length >= HEADER && received.length >= received.readUInt16LE(8)) {
      const length = received.readUInt16LE(8);
      // Whoever speaks something else here is no guest.
      if (received[0] !== 5 || length < HEADER) return socket.destroy();
      for (const pdu of answer(received.subarray(0, length))) socket.write(pdu);
      received = received.subarray(length);
    }
    return;
  });
};

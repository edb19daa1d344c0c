import { PAGE_SIZE, readLookup } from '../../probes/codec/endpoint-map.ts';
import { MOST_ADDRESSES, readServerAlive2 } from '../../probes/codec/object-exporter.ts';
import {
  HEADER_SIZE,
  MAX_FRAGMENT,
  readBindAck,
  readBindNak,
  readFault,
  readHeader,
  readResponseStub,
} from '../../probes/codec/pdu.ts';
import { readConfirm, readTpkt } from '../../probes/codec/rdp.ts';
import { readTower } from '../../probes/codec/tower.ts';
import { answersByCall, fixture, fixtureNames } from '../probes/fixtures.ts';
import * as server from '../probes/server-side.ts';

/** A decoder under fire: what real inputs look like, how to call it, and how much it may make of an input. */
export interface Decoder {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  /** Throws CodecError, or returns the size of what it made. Called in both byte orders. */
  readonly decode: (input: Buffer, little: boolean) => number;
  /** Most that `decode` may return for an input of this many bytes. */
  readonly bound: (bytes: number) => number;
}

const answers = fixtureNames.flatMap((name) => [...fixture(name).heard]);
const rpc = answers.filter((packet) => packet[0] === 5);
/** Connection confirms; what xrdp says after them is T.125. */
const rdp = answers.filter((packet) => packet[0] === 3 && packet[5] === 0xd0);
const bodies = (type: number, pdus: readonly Buffer[]): Buffer[] =>
  pdus.filter((pdu) => pdu[2] === type).map((pdu) => pdu.subarray(HEADER_SIZE));

const order = { little: false };
const SCHEDULE = {
  uuid: '86d35949-83c9-4044-b424-db363231fd0c',
  major: 1,
  minor: 0,
  port: 49_664,
  annotation: 'x',
};
const ALIVE = {
  major: 5,
  minor: 7,
  bindings: [
    { tower: 7, address: 'DESK01' },
    { tower: 7, address: '10.1.2.3' },
    { tower: 7, address: 'fe80::1' },
  ],
};

const PAGES = ['samba-lookup', 'samba-lookup-paged', 'samba-addc-lookup'].flatMap(answersByCall);
const lookups = [
  ...PAGES.map((pdus) => Buffer.concat(bodies(2, pdus).map((body) => body.subarray(8)))),
  server.listing([SCHEDULE, SCHEDULE], { handle: server.HANDLE }, false),
  server.lookupPage({ entries: [{ annotation: '', tower: null }] }),
];
const long = { ...ALIVE, bindings: [{ tower: 7, address: 'a'.repeat(65_000) }] };
const many = Array.from({ length: 100 }, (_, at) => ({ tower: 7, address: `10.0.0.${at}` }));
const alive = [
  server.serverAlive(ALIVE),
  server.serverAlive(ALIVE, false),
  server.serverAlive({ ...ALIVE, bindings: many }),
];

export const DECODERS: readonly Decoder[] = [
  {
    name: 'pdu-header',
    seeds: rpc.map((pdu) => pdu.subarray(0, HEADER_SIZE)),
    decode: (input) => readHeader(input).length,
    bound: () => MAX_FRAGMENT,
  },
  {
    name: 'bind-ack',
    seeds: [...bodies(12, rpc), ...bodies(12, [server.bindAck(0, 0, order)])],
    decode: (input, little) => readBindAck(input, little).reason,
    bound: () => 0xffff,
  },
  {
    name: 'bind-nak',
    seeds: [...bodies(13, rpc), ...bodies(13, [server.bindNak(4, order)])],
    decode: (input, little) => readBindNak(input, little),
    bound: () => 0xffff,
  },
  {
    name: 'fault',
    seeds: [...bodies(3, rpc), ...bodies(3, [server.fault(5, order)])],
    decode: (input, little) => readFault(input, little),
    bound: () => 0xffffffff,
  },
  {
    name: 'response-stub',
    seeds: bodies(2, rpc),
    // Without an authentication trailer and with one of a length that the input picks.
    decode: (input, little) => readResponseStub(input, little ? 0 : (input[0] ?? 0)).length,
    bound: (bytes) => bytes,
  },
  {
    name: 'lookup',
    seeds: lookups,
    decode: (input, little) => readLookup(input, little).entries.length,
    bound: (bytes) => Math.min(PAGE_SIZE, bytes / 28),
  },
  {
    name: 'tower',
    seeds: [server.tower(SCHEDULE), server.tower(SCHEDULE, server.NAMED_PIPE)],
    decode: (input) => readTower(input).tcpPort ?? 0,
    bound: () => 0xffff,
  },
  {
    name: 'server-alive',
    // The long one is a hundred times as much to read as the others, and the same letter all along: once in ten.
    seeds: [...alive, ...alive, ...alive, server.serverAlive(long)],
    decode: (input, little) => readServerAlive2(input, little).addresses.length,
    bound: () => MOST_ADDRESSES,
  },
  {
    name: 'tpkt',
    seeds: rdp.map((packet) => packet.subarray(0, 11)),
    decode: (input) => readTpkt(input),
    bound: () => 64,
  },
  {
    name: 'connection-confirm',
    seeds: rdp,
    decode: (input) => (readConfirm(input).kind === 'none' ? 0 : 1),
    bound: () => 1,
  },
];

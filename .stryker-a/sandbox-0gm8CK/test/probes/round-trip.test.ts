import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookupStub, readLookup } from '../../probes/codec/endpoint-map.ts';
import { readServerAlive2 } from '../../probes/codec/object-exporter.ts';
import {
  bindPdu,
  HEADER_SIZE,
  readBindAck,
  readBindNak,
  readFault,
  readHeader,
  readResponseStub,
  requestPdu,
} from '../../probes/codec/pdu.ts';
import { readConfirm, readTpkt } from '../../probes/codec/rdp.ts';
import { Reader } from '../../probes/codec/reader.ts';
import { readTower } from '../../probes/codec/tower.ts';
import { readUuid, uuidBytes } from '../../probes/codec/uuid.ts';
import { alive, listed, u16, u32, uuid } from './arbitraries.ts';
import * as server from './server-side.ts';

const body = (pdu: Buffer): Buffer => pdu.subarray(HEADER_SIZE);
const little = fc.boolean();

describe('what a server says is read as it was meant, in both byte orders', () => {
  it('headers', () => {
    const flags = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(little, u32, flags, fc.nat(5824), (order, callId, bits, size) => {
        const pdu = server.pdu(2, new Uint8Array(size), { little: order, callId, flags: bits });
        expect(readHeader(pdu)).toEqual({
          type: 'response',
          first: (bits & 1) === 1,
          last: (bits & 2) === 2,
          little: order,
          length: HEADER_SIZE + size,
          authLength: 0,
          callId,
        });
      }),
    );
  });

  it('bind_ack, with a secondary address of any length', () => {
    fc.assert(
      fc.property(little, u16, u16, fc.nat(40), (order, result, reason, length) => {
        const ack = server.bindAck(result, reason, { little: order }, 'x'.repeat(length));
        expect(readBindAck(body(ack), order)).toEqual({ accepted: result === 0, reason });
      }),
    );
  });

  it('bind_nak and fault', () => {
    fc.assert(
      fc.property(little, u16, u32, (order, reason, status) => {
        expect(readBindNak(body(server.bindNak(reason, { little: order })), order)).toBe(reason);
        expect(readFault(body(server.fault(status, { little: order })), order)).toBe(status);
      }),
    );
  });

  it('fragments join to the stub that was cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 64 }), (stub, size) => {
        const parts = server.fragments(stub, size).map((pdu) => readResponseStub(body(pdu), 0));
        expect(Buffer.concat(parts)).toEqual(Buffer.from(stub));
      }),
    );
  });

  it('pages of the endpoint map', () => {
    fc.assert(
      fc.property(little, fc.array(listed, { maxLength: 20 }), u32, (order, entries, status) => {
        const stub = server.listing(entries, { status, handle: server.HANDLE }, order);
        const page = readLookup(stub, order);
        expect(page.status).toBe(status);
        expect(Buffer.from(page.handle)).toEqual(server.HANDLE);
        expect(page.entries).toEqual(
          entries.map(({ annotation, port, uuid: id, major, minor }) => ({
            annotation,
            tower: { interface: `${id} v${major}.${minor}`, tcpPort: port, address: '0.0.0.0' },
          })),
        );
      }),
    );
  });

  it('towers of other protocols have no TCP port', () => {
    const others = fc.integer({ min: 0, max: 255 }).filter((id) => id !== 7);
    fc.assert(
      fc.property(listed, others, (one, fourth) => {
        expect(readTower(server.tower(one, fourth)).tcpPort).toBeNull();
      }),
    );
  });

  it('ServerAlive2', () => {
    fc.assert(
      fc.property(little, alive, (order, said) => {
        const overTcp = said.bindings.filter(({ tower }) => tower === 7).map(({ address }) => address);
        expect(readServerAlive2(server.serverAlive(said, order), order)).toEqual({
          version: { major: said.major, minor: said.minor },
          addresses: [...new Set(overTcp)],
          status: said.status,
        });
      }),
    );
  });

  it('Remote Desktop confirms', () => {
    fc.assert(
      fc.property(u16, fc.constantFrom(2, 3), fc.nat(255), u32, (reference, type, flags, value) => {
        const packet = new server.Writer()
          .raw([3, 0, 0, 19, 14, 0xd0, 0, 0])
          .u16(reference)
          .raw([0, type, flags, 8, 0])
          .u32(value)
          .done();
        expect(readTpkt(packet)).toBe(19);
        const expected =
          type === 2 ? { kind: 'selected', protocol: value } : { kind: 'failure', code: value };
        expect(readConfirm(packet)).toEqual(expected);
      }),
    );
  });
});

describe('what we say is what the layout wants', () => {
  it('UUIDs come back', () => {
    fc.assert(
      fc.property(uuid, (text) => {
        expect(readUuid(new Reader(uuidBytes(text)))).toBe(text);
      }),
    );
  });

  it('binds', () => {
    fc.assert(
      fc.property(uuid, u16, u16, u32, (id, major, minor, callId) => {
        const expected = new server.Writer()
          .u16(5840)
          .u16(5840)
          .u32(0)
          .raw([1, 0, 0, 0, 0, 0, 1, 0])
          .uuid(id)
          .u16(major)
          .u16(minor)
          .uuid(server.NDR)
          .u32(2);
        expect(Buffer.from(bindPdu(callId, { uuid: id, major, minor }))).toEqual(
          server.pdu(11, expected.done(), { callId }),
        );
      }),
    );
  });

  it('requests and their lookups', () => {
    fc.assert(
      fc.property(u32, u16, (callId, operation) => {
        const stub = new server.Writer().raw(Buffer.alloc(12)).u32(1).raw(server.HANDLE).u32(500).done();
        expect(Buffer.from(lookupStub(server.HANDLE))).toEqual(stub);
        const expected = new server.Writer().u32(stub.length).u16(0).u16(operation).raw(stub);
        expect(Buffer.from(requestPdu(callId, operation, stub))).toEqual(
          server.pdu(0, expected.done(), { callId }),
        );
      }),
    );
  });
});

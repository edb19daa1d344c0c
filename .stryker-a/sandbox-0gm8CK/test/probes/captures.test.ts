import { describe, expect, it } from 'vitest';
import { EPT_S_NOT_REGISTERED, isNullHandle, readLookup } from '../../probes/codec/endpoint-map.ts';
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
import { connectionRequest, readConfirm, readTpkt } from '../../probes/codec/rdp.ts';
import { answersByCall, fixture, heard } from './fixtures.ts';

const body = (pdu: Buffer): Buffer => pdu.subarray(HEADER_SIZE);
const stub = (pdus: readonly Buffer[]): Buffer =>
  Buffer.concat(pdus.map((pdu) => readResponseStub(body(pdu), 0)));

/** Pages of a captured listing: the stubs of one call joined. */
const pages = (name: string): Buffer[] => answersByCall(name).map(stub);

const EPM = { uuid: 'e1af8308-5d1f-11c9-91a4-08002b14a0fa', major: 3, minor: 0 };

describe('what Samba was heard to say', () => {
  it('accepts a bind with NDR', () => {
    const ack = heard('samba-lookup', 0);
    expect(readHeader(ack)).toEqual({
      type: 'bind-ack',
      first: true,
      last: true,
      little: true,
      length: 60,
      authLength: 0,
      callId: 1,
    });
    expect(readBindAck(body(ack), true)).toEqual({ accepted: true, reason: 0 });
  });

  it('accepts a bind on a dynamic port with an empty secondary address, and with one of an odd length', () => {
    expect(readBindAck(body(heard('samba-management', 0)), true).accepted).toBe(true);
    expect(readBindAck(body(heard('samba-addc-management', 0)), true).accepted).toBe(true);
  });

  it('answers in little-endian whatever the client speaks', () => {
    const ack = heard('samba-bind-big-endian', 0);
    expect(readHeader(ack)).toMatchObject({ type: 'bind-ack', little: true });
    expect(readBindAck(body(ack), true).accepted).toBe(true);
  });

  it.each(['samba-resolver-refused', 'samba-addc-resolver-refused'])('%s: rejects, then faults', (name) => {
    expect(readBindAck(body(heard(name, 0)), true)).toEqual({ accepted: false, reason: 1 });
    expect(readHeader(heard(name, 1)).type).toBe('fault');
    expect(readFault(body(heard(name, 1)), true)).toBe(0x1c010003);
  });

  it('rejects an interface version it does not have, and an RPC version', () => {
    expect(readBindAck(body(heard('samba-bind-rejected', 0)), true)).toEqual({ accepted: false, reason: 1 });
    expect(readHeader(heard('samba-bind-nak', 0)).type).toBe('bind-nak');
    expect(readBindNak(body(heard('samba-bind-nak', 0)), true)).toBe(4);
  });

  it('faults on an operation and on arguments that do not exist', () => {
    expect(readFault(body(heard('samba-fault-operation', 1)), true)).toBe(0x1c010002);
    expect(readFault(body(heard('samba-fault-stub', 1)), true)).toBe(0x6f7);
  });

  it('frees a handle', () => {
    const first = readLookup(stub([heard('samba-handle-free', 1)]), true);
    expect([first.status, first.entries.length, isNullHandle(first.handle)]).toEqual([0, 3, false]);
    const freed = stub([heard('samba-handle-free', 2)]);
    expect(freed.readUInt32LE(20)).toBe(0);
  });
});

describe('whole listings', () => {
  it('samba-dcerpcd: 38 entries in two fragments, together with the end of the list', () => {
    const fragments = fixture('samba-lookup').heard.slice(1).map(readHeader);
    expect(fragments.map(({ first, last, length }) => [first, last, length])).toEqual([
      [true, false, 4280],
      [false, true, 596],
    ]);
    const [page] = pages('samba-lookup').map((one) => readLookup(one, true));
    expect(page?.status).toBe(EPT_S_NOT_REGISTERED);
    expect(page && isNullHandle(page.handle)).toBe(true);
    expect(page?.entries).toHaveLength(38);
    expect(page?.entries.every(({ tower }) => tower !== null)).toBe(true);
    const tcp = page?.entries.filter(({ tower }) => tower?.tcpPort !== null) ?? [];
    expect(tcp.map(({ annotation, tower }) => `${annotation} ${tower?.tcpPort} ${tower?.interface}`)).toEqual(
      [
        'winreg 49154 338cd001-2244-31f1-aaaa-900038001003 v1.0',
        'srvsvc 49152 4b324fc8-1670-01d3-1278-5a47bf6ee188 v3.0',
        'lsarpc 49153 12345778-1234-abcd-ef00-0123456789ab v0.0',
        'epmapper 135 e1af8308-5d1f-11c9-91a4-08002b14a0fa v3.0',
        'wkssvc 49152 6bffd098-a112-3610-9833-46c3f87e345a v1.0',
        'samr 49153 12345778-1234-abcd-ef00-0123456789ac v1.0',
        'dssetup 49153 3919286a-b10c-11d0-9ba8-00c04fd92ef5 v0.0',
        'netdfs 49152 4fc742e0-4a10-11cf-8273-00aa004ae673 v3.0',
      ],
    );
    expect(new Set(tcp.map(({ tower }) => tower?.address))).toEqual(new Set(['10.99.1.2']));
  });

  it('the same server in pages of ten: 10, 10, 10 and 8 with the end of the list', () => {
    const found = pages('samba-lookup-paged').map((one) => readLookup(one, true));
    expect(
      found.map(({ entries, status, handle }) => [entries.length, status, isNullHandle(handle)]),
    ).toEqual([
      [10, 0, false],
      [10, 0, false],
      [10, 0, false],
      [8, EPT_S_NOT_REGISTERED, true],
    ]);
  });

  it('Samba AD DC: 53 entries and a handle, then an empty page with the end of the list', () => {
    const found = pages('samba-addc-lookup').map((one) => readLookup(one, true));
    expect(
      found.map(({ entries, status, handle }) => [entries.length, status, isNullHandle(handle)]),
    ).toEqual([
      [53, 0, false],
      [0, EPT_S_NOT_REGISTERED, true],
    ]);
    const ports = found.flatMap(({ entries }) => entries.map(({ tower }) => tower?.tcpPort ?? null));
    expect([...new Set(ports)].sort()).toEqual([135, 49152, 49153, 49154, null]);
  });
});

describe('what is sent', () => {
  it('binds as Samba accepted it, but for the fragment size that is offered', () => {
    const sent = fixture('samba-lookup').sent[0];
    const ours = Buffer.from(bindPdu(1, EPM));
    expect(ours.subarray(16, 20).toString('hex')).toBe('d016d016');
    ours.writeUInt16LE(4280, 16);
    ours.writeUInt16LE(4280, 18);
    expect(ours).toEqual(sent);
  });

  it('calls ServerAlive2 as it was captured', () => {
    expect(Buffer.from(requestPdu(2, 5, new Uint8Array()))).toEqual(
      fixture('samba-resolver-refused').sent[1],
    );
  });

  it('asks for TLS and CredSSP as it was captured', () => {
    expect(Buffer.from(connectionRequest())).toEqual(fixture('xrdp-tls').sent[0]);
  });
});

describe('what Remote Desktop servers were heard to say', () => {
  it.each([
    ['xrdp-plain', { kind: 'none' }],
    ['xrdp-tls', { kind: 'selected', protocol: 1 }],
    ['xrdp-tls-required', { kind: 'failure', code: 1 }],
    ['freerdp-plain', { kind: 'failure', code: 5 }],
    ['freerdp-credssp', { kind: 'selected', protocol: 2 }],
    ['freerdp-credssp-required', { kind: 'failure', code: 5 }],
  ])('%s', (name, expected) => {
    const confirm = heard(name, 0);
    expect(readTpkt(confirm)).toBe(confirm.length);
    expect(readConfirm(confirm)).toEqual(expected);
  });
});

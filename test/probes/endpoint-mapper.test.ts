import { describe, expect, it } from 'vitest';
import { MOST_ENDPOINTS, MOST_ENTRIES, MOST_PAGES } from '../../probes/endpoint-listing.ts';
import { endpointMapper } from '../../probes/endpoint-mapper.ts';
import { answersByCall, fixture, heard } from './fixtures.ts';
import { dialer, EPM_ID, listen, onPdu, RESOLVER_ID, rpcServer } from './peer.ts';
import * as server from './server-side.ts';

const SCHEDULE = {
  uuid: '86d35949-83c9-4044-b424-db363231fd0c',
  major: 1,
  minor: 0,
  port: 49664,
  annotation: 'Task Scheduler',
};
const ALIVE = {
  major: 5,
  minor: 7,
  bindings: [
    { tower: 7, address: 'DESK01' },
    { tower: 7, address: '10.1.2.3' },
    { tower: 31, address: 'not over TCP' },
    { tower: 7, address: '10.1.2.3' },
  ],
};
const REJECTED = server.bindAck(2, 1);
const call = (callId: number) => ({ callId });

/** Asks a server that gives these answers to the endpoint mapper's binds and calls, and those to the resolver's. */
const ask = async (
  mapper: readonly (Buffer | readonly Buffer[])[],
  resolver: readonly (Buffer | readonly Buffer[])[] = [REJECTED],
) => {
  const endpoint = await rpcServer((id) => (id === EPM_ID ? mapper : id === RESOLVER_ID ? resolver : []));
  return endpointMapper.observe(endpoint, dialer(10));
};

describe('a Windows host', () => {
  const page = server.response(server.listing([SCHEDULE]), call(2));
  const alive = server.response(server.serverAlive(ALIVE), call(2));

  it('lists its endpoints, clears the handle, and answers ServerAlive2', async () => {
    const seen = await ask([server.bindAck(), page], [server.bindAck(), alive]);
    expect(seen).toMatchObject({
      reply: { kind: 'accepted' },
      attempts: 1,
      service: 'epmap',
      detail: 'lists one TCP endpoint; DCOM 5.7',
      finding: {
        kind: 'endpoint-mapper',
        speech: 'spoke',
        listing: 'complete',
        endpoints: [{ port: 49664, interface: `${SCHEDULE.uuid} v1.0`, annotation: 'Task Scheduler' }],
        resolver: {
          kind: 'answered',
          version: { major: 5, minor: 7 },
          addresses: ['DESK01', '10.1.2.3'],
        },
      },
    });
  });

  it('may speak big-endian', async () => {
    const order = { little: false };
    const seen = await ask(
      [
        server.bindAck(0, 0, order),
        server.response(server.listing([SCHEDULE], {}, false), { ...order, callId: 2 }),
      ],
      [
        server.bindAck(0, 0, order),
        server.response(server.serverAlive(ALIVE, false), { ...order, callId: 2 }),
      ],
    );
    expect(seen.detail).toBe('lists one TCP endpoint; DCOM 5.7');
  });

  it('may send its list in many small fragments', async () => {
    const many = Array.from({ length: 100 }, (_, at) => ({ ...SCHEDULE, port: 50_000 + at }));
    const seen = await ask([server.bindAck(), server.fragments(server.listing(many), 100, call(2))]);
    expect(seen.finding).toMatchObject({ listing: 'complete', endpoints: { length: 100 } });
  });

  it('counts what listens for several objects once, and nothing on port 0 or over pipes', async () => {
    const entry = { annotation: SCHEDULE.annotation, tower: server.tower(SCHEDULE) };
    const entries = [
      entry,
      entry,
      { annotation: 'unborn', tower: server.tower({ ...SCHEDULE, port: 0 }) },
      { annotation: 'pipe', tower: server.tower(SCHEDULE, server.NAMED_PIPE) },
      { annotation: 'none', tower: null },
      { annotation: 'garbage', tower: Buffer.from('0500ffff', 'hex') },
    ];
    const seen = await ask([server.bindAck(), server.response(server.lookupPage({ entries }), call(2))]);
    expect(seen.finding).toMatchObject({ listing: 'complete', endpoints: [{ port: 49664 }] });
  });

  it('that refuses anonymous listing speaks RPC all the same', async () => {
    const seen = await ask([server.bindAck(), server.fault(5, call(2))], [server.bindAck(), alive]);
    expect(seen).toMatchObject({
      service: 'epmap',
      detail: 'does not list endpoints anonymously (access denied); DCOM 5.7',
      finding: { speech: 'spoke', listing: 'refused', endpoints: [], resolver: { kind: 'answered' } },
    });
  });

  it('that is too busy to list does not refuse strangers', async () => {
    const seen = await ask([server.bindAck(), server.fault(0x1c010014, call(2))]);
    expect(seen.detail).toBe('lists nothing (server too busy); no DCOM resolver');
    expect(seen.finding).toMatchObject({ speech: 'spoke', listing: 'none' });
  });

  it('whose list never comes after the bind stalls; one that is busy, or listed before, does not', async () => {
    expect((await ask([server.bindAck()])).finding).toMatchObject({ listing: 'none', stalled: true });
    for (const answer of [server.fault(0x1c010014, call(2)), page]) {
      expect((await ask([server.bindAck(), answer])).finding).not.toHaveProperty('stalled');
    }
  });

  it.each([
    ['a bind_nak', server.bindNak(2), 'answers DCE/RPC: the bind is refused, local limit exceeded'],
    ['a rejection', REJECTED, 'answers DCE/RPC: the interface is refused, abstract syntax not supported'],
    ['a fault', server.fault(5), 'answers DCE/RPC: access denied'],
  ])('that answers the bind with %s is RPC, but not its endpoint mapper', async (_, answer, detail) => {
    const seen = await ask([answer]);
    expect(seen).toMatchObject({
      service: 'msrpc',
      detail: `${detail}; no DCOM resolver`,
      finding: { speech: 'refused', listing: 'none', endpoints: [] },
    });
  });

  it.each([
    ['faults', [server.bindAck(), server.fault(5, call(2))], 'refused', 'DCOM refused'],
    [
      'returns an error',
      [server.bindAck(), server.response(server.serverAlive({ ...ALIVE, status: 5 }), call(2))],
      'refused',
      'DCOM refused',
    ],
    ['says nothing', [], 'silent', 'no answer about DCOM'],
    ['stops after the bind', [server.bindAck()], 'silent', 'no answer about DCOM (it stalls)'],
    [
      'cannot be read',
      [server.bindAck(), server.response(Buffer.alloc(5), call(2))],
      'silent',
      'no answer about DCOM (it cannot be read: 4 bytes wanted, 1 left at offset 4)',
    ],
  ] as const)('whose resolver %s', async (_, resolver, kind, words) => {
    const seen = await ask([server.bindAck(), page], resolver);
    expect(seen.finding).toMatchObject({ speech: 'spoke', resolver: { kind } });
    expect(seen.detail).toBe(`lists one TCP endpoint; ${words}`);
  });
});

describe('Samba, replayed', () => {
  it.each([
    ['samba-lookup', 'samba-resolver-refused', 8],
    ['samba-addc-lookup', 'samba-addc-resolver-refused', 16],
  ])('%s', async (lookup, resolver, endpoints) => {
    const seen = await ask([heard(lookup, 0), ...answersByCall(lookup)], fixture(resolver).heard);
    expect(seen).toMatchObject({
      service: 'epmap',
      detail: `lists ${endpoints} TCP endpoints; no DCOM resolver`,
      finding: { listing: 'complete', endpoints: { length: endpoints }, resolver: { kind: 'refused' } },
    });
  });
});

describe('the bounds of a listing', () => {
  /**
   * A mapper that lists `perPage` ports on every page, for ever: new ones, or the same `different` ones again and again; the last
   * thing heard on a connection is kept.
   */
  const endless = async (perPage: number, different = Number.POSITIVE_INFINITY) => {
    const operations: number[] = [];
    const endpoint = await listen((socket) => {
      let next = 0;
      onPdu(socket, (pdu) => {
        const callId = pdu.readUInt32LE(12);
        if (pdu[2] === 11)
          return socket.write(pdu.readUInt32BE(32) === 0x0883afe1 ? server.bindAck() : REJECTED);
        operations.push(pdu.readUInt16LE(22));
        const entries = Array.from({ length: perPage }, (_, at) => ({
          ...SCHEDULE,
          port: 1025 + ((next + at) % different),
        }));
        next += perPage;
        return socket.write(
          Buffer.concat(
            server.fragments(server.listing(entries, { handle: server.HANDLE }), 4000, { callId }),
          ),
        );
      });
    });
    return { seen: await endpointMapper.observe(endpoint, dialer()), operations };
  };

  it('keeps so many endpoints, says so, asks for no further page, and frees the handle', async () => {
    const { seen, operations } = await endless(500);
    expect(seen.finding).toMatchObject({ listing: 'cut', endpoints: { length: MOST_ENDPOINTS } });
    expect(seen.detail).toContain(
      `lists ${MOST_ENDPOINTS} TCP endpoints, cut short (more than ${MOST_ENDPOINTS} are listed)`,
    );
    expect(operations).toEqual([2, 4]);
  });

  it('stops after the page that brings the entries to the bound, and frees the handle', async () => {
    const { seen, operations } = await endless(500, 1);
    const pages = Math.ceil(MOST_ENTRIES / 500);
    expect(seen.finding).toMatchObject({ listing: 'cut', endpoints: { length: 1 } });
    expect(seen.detail).toContain(`cut short (more than ${pages * 500} entries)`);
    expect(operations).toEqual([...Array.from({ length: pages }, () => 2), 4]);
  });

  it('stops after so many pages, and frees the handle', async () => {
    const { seen, operations } = await endless(1);
    expect(seen.finding).toMatchObject({ listing: 'cut', endpoints: { length: MOST_PAGES } });
    expect(operations).toEqual([...Array.from({ length: MOST_PAGES }, () => 2), 4]);
  });

  it('an empty page with a handle ends the list', async () => {
    const { seen, operations } = await endless(0);
    expect(seen.finding).toMatchObject({ listing: 'complete', endpoints: [] });
    expect(operations).toEqual([2, 4]);
  });

  it('a handle that cannot be freed spoils nothing', async () => {
    const entries = [{ annotation: 'one', tower: server.tower(SCHEDULE) }];
    const stub = server.lookupPage({ entries, handle: server.HANDLE, status: 0x16c9a0d6 });
    const seen = await ask([server.bindAck(), server.response(stub, call(2))]);
    expect(seen.finding).toMatchObject({ listing: 'complete', endpoints: { length: 1 } });
  });

  it('what was listed before the trouble is kept', async () => {
    const first = server.response(server.listing([SCHEDULE], { handle: server.HANDLE }), call(2));
    const seen = await ask([server.bindAck(), first, server.response(Buffer.alloc(19), call(3))]);
    expect(seen.finding).toMatchObject({ speech: 'spoke', listing: 'cut', endpoints: { length: 1 } });
    expect(seen.detail).toContain('cut short (it cannot be read: 20 bytes wanted, 19 left at offset 0)');
  });

  it('is said in at most 200 characters, whatever was wrong', async () => {
    const first = server.response(server.listing([SCHEDULE], { handle: server.HANDLE }), call(2));
    const broken = server.listing([SCHEDULE]);
    const lengths = broken.indexOf('4b0000004b000000', 'hex');
    broken.fill(0xff, lengths, lengths + 8).writeUInt8(0xfe, lengths);
    const torn = server.serverAlive(ALIVE);
    torn.fill(0xff, 12, 16);
    const { detail } = await ask(
      [server.bindAck(), first, server.response(broken, call(3))],
      [server.bindAck(), server.response(torn, call(2))],
    );
    expect(detail).toMatch(
      /^lists one TCP endpoint, cut short \(it cannot be read: tower of 4294967295 .*\.\.\.$/,
    );
    expect(detail).toHaveLength(200);
  });
});

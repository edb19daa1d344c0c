import { describe, expect, it } from 'vitest';
import { DYNAMIC_LIMITS, dynamicRpc } from '../../probes/dynamic-rpc.ts';
import { endpointMapper, MAPPER_LIMITS } from '../../probes/endpoint-mapper.ts';
import { RESOLVER_LIMITS } from '../../probes/object-resolver.ts';
import { DESKTOP_LIMITS, remoteDesktop } from '../../probes/remote-desktop.ts';
import type { Speech } from '../../src/model/evidence.ts';
import type { Dial, Probe } from '../../src/model/probe.ts';
import { dialer, listen } from './peer.ts';
import * as server from './server-side.ts';

type Seen = Awaited<ReturnType<Probe['observe']>>;

/** 100 MB; the kernel's own buffers take a part of it before anybody has read a byte. */
const FLOOD = 100_000_000;
/** Times of a talk are divided by this, so that ten seconds pass in half a second. */
const HURRY = 20;
/** What connecting, a late timer and a busy machine may add, milliseconds. */
const SLACK_MS = 5000;

const PROBES: readonly (readonly [string, Probe, number])[] = [
  ['endpoint mapper', endpointMapper, MAPPER_LIMITS.totalMs + RESOLVER_LIMITS.totalMs],
  ['dynamic port', dynamicRpc, DYNAMIC_LIMITS.totalMs],
  ['remote desktop', remoteDesktop, DESKTOP_LIMITS.totalMs],
];

const speechOf = ({ finding }: Seen): Speech | undefined => finding?.speech;

/** Counts the bytes that a talk reads: what the probe could have kept at most. */
const counting =
  (dial: Dial, taken: { bytes: number }): Dial =>
  (endpoint, talk) =>
    dial(
      endpoint,
      talk && {
        limits: talk.limits,
        exchange: (io) =>
          talk.exchange({
            send: (bytes) => io.send(bytes),
            read: async (size) => {
              const bytes = await io.read(size);
              taken.bytes += bytes.length;
              return bytes;
            },
          }),
      },
    );

/** Observes a hostile peer and holds the probe to its bounds: time, bytes, one clear line. */
const endure = async (
  probe: Probe,
  totalMs: number,
  onSocket: Parameters<typeof listen>[0],
): Promise<Seen> => {
  const endpoint = await listen(onSocket);
  const taken = { bytes: 0 };
  const started = performance.now();
  const seen = await probe.observe(endpoint, counting(dialer(HURRY), taken));
  expect(performance.now() - started).toBeLessThan(totalMs / HURRY + SLACK_MS);
  expect(taken.bytes).toBeLessThanOrEqual(MAPPER_LIMITS.maxBytes + RESOLVER_LIMITS.maxBytes);
  expect(seen.reply.kind).toBe('accepted');
  expect(seen.detail).toMatch(/^[ -~]{1,200}$/);
  return seen;
};

describe.each(PROBES)('%s', (_, probe, totalMs) => {
  it('a peer that accepts and says nothing is mute', async () => {
    const seen = await endure(probe, totalMs, () => {});
    expect(speechOf(seen)).toBe('mute');
    expect(seen.detail).toBe('accepts and then says nothing');
  });

  it('a peer that closes at once has hung up', async () => {
    const seen = await endure(probe, totalMs, (socket) => socket.end());
    expect(speechOf(seen)).toBe('hung-up');
  });

  it('a peer that resets at once has hung up', async () => {
    const seen = await endure(probe, totalMs, (socket) => socket.resetAndDestroy());
    expect(speechOf(seen)).toBe('hung-up');
  });

  it('a peer that closes after half an answer has hung up', async () => {
    const half =
      probe === remoteDesktop ? Buffer.from('0300001306d0', 'hex') : server.bindAck().subarray(0, 30);
    const seen = await endure(probe, totalMs, (socket) => socket.once('data', () => socket.end(half)));
    expect(speechOf(seen)).toBe('hung-up');
    expect(seen.detail).toMatch(/^begins an answer in .* and then closes the connection$/);
  });

  it.each([5, 3])('a peer that begins with %i and sends a byte now and then is given up', async (first) => {
    const seen = await endure(probe, totalMs, (socket) => {
      socket.write(Uint8Array.of(first));
      const timer = setInterval(() => socket.write(Uint8Array.of(0)), 50);
      socket.on('close', () => clearInterval(timer));
    });
    expect(['mute', 'foreign']).toContain(speechOf(seen));
  });

  it('a flood of 100 MB of garbage is not read', async () => {
    let written = 0;
    const chunk = Buffer.alloc(64 << 10, 0x41);
    const seen = await endure(probe, totalMs, (socket) => {
      const pour = (): void => {
        while (written < FLOOD && !socket.destroyed) {
          written += chunk.length;
          if (!socket.write(chunk)) return void socket.once('drain', pour);
        }
      };
      pour();
    });
    expect(speechOf(seen)).toBe('foreign');
    expect(written).toBeLessThan(FLOOD);
  });
});

describe.each(PROBES.slice(0, 2))('%s: lies in the DCE/RPC header', (_, probe, totalMs) => {
  const lies: readonly (readonly [string, Buffer, string])[] = [
    [
      'a fragment of 65,535 bytes',
      server.pdu(12, Buffer.alloc(44), { length: 65_535 }),
      'fragment of 65535 bytes',
    ],
    [
      'a fragment shorter than its header',
      server.pdu(12, Buffer.alloc(44), { length: 3 }),
      'fragment of 3 bytes',
    ],
    ['a bind_ack without a body', server.pdu(12, Buffer.alloc(0)), '8 bytes wanted, 0 left'],
    ['an address longer than the PDU', server.pdu(12, Buffer.alloc(40, 0xff)), '65535 bytes wanted'],
    ['a PDU type of a client', server.pdu(11, Buffer.alloc(56)), 'unexpected PDU type 11'],
    [
      'a byte order that does not exist',
      Buffer.concat([Buffer.from('05000c0370000000', 'hex'), Buffer.alloc(52)]),
      'unknown byte order',
    ],
    ['a response to a bind', server.response(Buffer.alloc(4)), 'response in answer to a bind'],
  ];
  it.each(lies)('%s', async (_, lie, words) => {
    const seen = await endure(probe, totalMs, (socket) => socket.once('data', () => socket.write(lie)));
    expect(speechOf(seen)).toBe('foreign');
    expect(seen.detail).toContain('answers something like DCE/RPC, but it cannot be read');
    expect(seen.detail).toContain(words);
  });

  it('a length that promises more than comes is waited for no longer than allowed', async () => {
    const promise = server.pdu(12, Buffer.alloc(4), { length: 5840 });
    const seen = await endure(probe, totalMs, (socket) => socket.once('data', () => socket.write(promise)));
    expect(speechOf(seen)).toBe('mute');
    expect(seen.detail).toBe('begins an answer in DCE/RPC and then stalls');
  });

  it('the other byte order in the integers alone is a length that cannot be', async () => {
    const swapped = server.bindAck(0, 0, { little: false });
    swapped[4] = 0x10;
    const seen = await endure(probe, totalMs, (socket) => socket.once('data', () => socket.write(swapped)));
    expect(speechOf(seen)).toBe('foreign');
  });
});

describe('endpoint mapper: endless answers to a call', () => {
  const [, probe, totalMs] = PROBES[0] ?? ['', endpointMapper, 0];
  /** Accepts the bind, then answers the first call with this again and again until nobody listens. */
  const repeat = (answer: (first: boolean) => Buffer, count = Number.POSITIVE_INFINITY) => {
    let bytes = 0;
    const onSocket: Parameters<typeof listen>[0] = (socket) => {
      socket.once('data', () => {
        socket.write(server.bindAck());
        socket.once('data', () => {
          let sent = 0;
          const pour = (): void => {
            while (sent < count && !socket.destroyed && bytes < FLOOD) {
              const piece = answer(sent++ === 0);
              bytes += piece.length;
              if (!socket.write(piece)) return void socket.once('drain', pour);
            }
          };
          pour();
        });
      });
    };
    return { onSocket, bytes: () => bytes };
  };

  it.each([
    ['full fragments', 5000, 'more than 262144 bytes in one answer'],
    ['empty fragments', 0, 'more than 1024 fragments'],
    ['fragments of one byte', 1, 'more than 1024 fragments'],
  ])('%s', async (_, size, words) => {
    const stub = Buffer.alloc(size);
    const begin = server.response(stub, { callId: 2, flags: server.FIRST });
    const middle = server.response(stub, { callId: 2, flags: 0 });
    // Written in batches, so that what is measured is the probe and not its peer.
    const batch = Buffer.concat(Array.from({ length: Math.ceil(65_536 / middle.length) }, () => middle));
    const { onSocket, bytes } = repeat((first) => (first ? begin : batch));
    const seen = await endure(probe, totalMs, onSocket);
    expect(seen.finding).toMatchObject({ speech: 'spoke', listing: 'none', endpoints: [] });
    expect(seen.detail).toContain(words);
    expect(bytes()).toBeLessThan(FLOOD);
  });

  it.each([
    [
      'a second first fragment',
      server.response(Buffer.alloc(4), { callId: 2, flags: server.FIRST }),
      'fragments out of order',
    ],
    [
      'a fragment of another call',
      server.response(Buffer.alloc(4), { callId: 9, flags: server.LAST }),
      'answer to call 9 instead of 2',
    ],
  ])('%s', async (_, next, words) => {
    const { onSocket } = repeat(
      (first) => (first ? server.response(Buffer.alloc(4), { callId: 2, flags: server.FIRST }) : next),
      2,
    );
    const seen = await endure(probe, totalMs, onSocket);
    expect(seen.finding).toMatchObject({ speech: 'spoke', listing: 'none' });
    expect(seen.detail).toContain(words);
  });

  it.each([
    ['4,294,967,295 entries', 0xffffffff],
    ['501 entries', 501],
    ['500 entries that are not there', 500],
  ])('a page that says it has %s', async (_, count) => {
    const page = new server.Writer().raw(Buffer.alloc(20)).u32(count).u32(count).u32(0).u32(count).u32(0);
    const { onSocket } = repeat(() => server.response(page.done(), { callId: 2 }), 1);
    const seen = await endure(probe, totalMs, onSocket);
    expect(seen.finding).toMatchObject({ speech: 'spoke', listing: 'none', endpoints: [] });
    expect(seen.detail).toMatch(/^lists nothing \(it cannot be read: \d+ entries/);
  });
});

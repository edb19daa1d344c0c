import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { probes } from '../../probes/index.ts';
import { throughResponder } from '../../probes/responder.ts';
import type { ResponderFinding } from '../../src/model/evidence.ts';
import type { Probe } from '../../src/model/probe.ts';
import {
  ANSWER_SIZE,
  answerBytes,
  CHALLENGE_SIZE,
  followBytes,
  LARGE_SIZE,
  NONCE_SIZE,
} from '../../src/responder-protocol/frames.ts';
import { type Keys, keysOf } from '../../src/responder-protocol/keys.ts';
import { portsOf } from '../../src/responder-protocol/responder-ports.ts';
import { codeOf, standUp } from '../respond/stand.ts';
import { dialer, listen } from './peer.ts';

const code = codeOf(7);
const keys = keysOf(code.secret);
const draw = portsOf(code);
const PORT = draw[0] ?? 0;
const asked = throughResponder(probes, code, false);

const probeNamed = (name: Probe['name']): Probe => {
  const probe = asked.find((one) => one.name === name);
  if (!probe) throw new Error(name);
  return probe;
};
const dynamic = probeNamed('dynamic-rpc');

type Answering = (challenge: Buffer, port: number) => Uint8Array | null;

const answer =
  (made: Keys, said: { readonly port?: number; readonly local?: string } = {}): Answering =>
  (challenge, port) =>
    answerBytes(made, challenge, {
      port: said.port ?? port,
      source: { address: '10.9.9.9', port: 1234 },
      local: said.local ?? '10.1.2.3',
      listening: new Uint8Array(9).fill(255),
      isLimited: false,
      taken: [],
      nonce: new Uint8Array(NONCE_SIZE).fill(3),
    });

/** A peer that waits for a challenge, answers it so, and then does this. */
const peer = (
  answering: Answering,
  then: (socket: Socket, exchange: [Buffer, Uint8Array]) => void = () => {},
) =>
  listen((socket) => {
    let all = Buffer.alloc(0);
    let said: Uint8Array | null = null;
    socket.on('data', (chunk) => {
      all = Buffer.concat([all, chunk]);
      if (all.length < CHALLENGE_SIZE || said !== null) return;
      const challenge = all.subarray(0, CHALLENGE_SIZE);
      said = answering(challenge, PORT);
      if (said === null) return void socket.end();
      socket.write(said);
      then(socket, [challenge, said]);
    });
  });

/** Observes a peer as if it were at a port of the draw. */
const observe = async (endpoint: Awaited<ReturnType<typeof listen>>, hurry = 20) => {
  const dial = dialer(hurry);
  const seen = await dynamic.observe({ ...endpoint, port: PORT }, (_, talk) => dial(endpoint, talk));
  return { ...seen, finding: seen.finding as ResponderFinding | undefined };
};

describe('asking the ports of a responder', () => {
  it('a responder is known by its key, and passes a large segment each way', async () => {
    const { open } = await standUp(code, 2);
    for (const port of open) {
      const seen = await dynamic.observe({ address: '127.0.0.1', family: 4, port }, dialer());
      expect(seen).toMatchObject({
        service: 'ra-preflight',
        finding: {
          kind: 'responder',
          speech: 'spoke',
          large: 'passed',
          seen: { source: '127.0.0.1', local: '127.0.0.1' },
          listening: open.toSorted((a, b) => draw.indexOf(a) - draw.indexOf(b)),
        },
      });
    }
  });

  it('a port that refuses is refused, whoever would have listened there', async () => {
    const {
      open: [port = 0],
      stop,
    } = await standUp(code, 1);
    stop();
    const seen = await dynamic.observe({ address: '127.0.0.1', family: 4, port }, dialer());
    expect(seen.reply.kind).toBe('refused');
    expect(seen.finding).toBeUndefined();
  });

  const strangers: readonly (readonly [string, Answering, ResponderFinding['speech'], RegExp])[] = [
    ['the key of another code', answer(keysOf(codeOf(8).secret)), 'foreign', /without the key/],
    ['the answer of another port', answer(keys, { port: 1 }), 'foreign', /without the key/],
    [
      'the challenge itself, reflected',
      (challenge) => challenge.subarray(0, ANSWER_SIZE),
      'foreign',
      /without the key/,
    ],
    ['a web server', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'foreign', /HTTP/],
    ['nothing, and closes', () => null, 'hung-up', /closes/],
    ['a flood', () => Buffer.alloc(1 << 22, 0x41), 'foreign', /^[ -~]{1,200}$/],
    [
      'half of an answer',
      (challenge, port) => (answer(keys)(challenge, port) ?? challenge).subarray(0, 50),
      'mute',
      /./,
    ],
  ];
  it.each(strangers)('who answers with %s is not the responder', async (_, answering, speech, words) => {
    const seen = await observe(await peer(answering));
    expect(seen.reply.kind).toBe('accepted');
    expect(seen.finding).toEqual({ kind: 'responder', speech });
    expect(seen.detail).toMatch(words);
    expect(seen.service).toBeUndefined();
  });

  it('who accepts and says nothing is mute', async () => {
    expect((await observe(await listen(() => {}))).finding).toEqual({ kind: 'responder', speech: 'mute' });
  });

  it('an answer that was recorded is worth nothing: each challenge has a nonce of its own', async () => {
    let recorded: Uint8Array | null = null;
    const replaying: Answering = (challenge, port) => {
      recorded ??= answer(keys)(challenge, port);
      return recorded;
    };
    const endpoint = await peer(replaying);
    expect((await observe(endpoint)).finding?.speech).toBe('spoke');
    expect((await observe(endpoint)).finding?.speech).toBe('foreign');
  });

  it('a connection that is closed once is tried once more', async () => {
    let times = 0;
    const endpoint = await peer((challenge, port) => (times++ === 0 ? null : answer(keys)(challenge, port)));
    expect((await observe(endpoint)).finding?.speech).toBe('spoke');
  });

  it('a large segment that is lost, on the way there or on the way back', async () => {
    expect((await observe(await peer(answer(keys)))).finding?.large).toBe('lost-there');
    const back = await peer(answer(keys), (socket, exchange) =>
      socket.once('data', () => socket.write(followBytes(keys, 'receipt', exchange))),
    );
    expect((await observe(back)).finding?.large).toBe('lost-back');
    const whole = await peer(answer(keys), (socket, exchange) => {
      socket.write(followBytes(keys, 'receipt', exchange));
      socket.write(followBytes(keys, 'largeBack', exchange));
    });
    expect((await observe(whole)).finding?.large).toBe('passed');
  });

  it('a peer that resets, or says something else, instead of the large segment says nothing of its size', async () => {
    const resets = await peer(answer(keys), (socket) => setTimeout(() => socket.resetAndDestroy(), 20));
    expect((await observe(resets)).finding).not.toHaveProperty('large');
    const lies = await peer(answer(keys), (socket) => socket.write(Buffer.alloc(LARGE_SIZE + 40)));
    expect((await observe(lies)).finding).not.toHaveProperty('large');
  });

  it('an idle minute is kept or lost, on some of the ports and only on request', async () => {
    const idly = throughResponder(probes, code, true).find(({ name }) => name === 'dynamic-rpc');
    const at = async (endpoint: Awaited<ReturnType<typeof listen>>, port: number, hurry: number) => {
      const dial = dialer(hurry);
      const seen = await idly?.observe({ ...endpoint, port }, (_, talk) => dial(endpoint, talk));
      return (seen?.finding as ResponderFinding | undefined)?.idle;
    };
    const answering: Answering = (challenge) =>
      answer(keys, { port: challenge.readUInt16BE(6) })(challenge, PORT);
    const kept = await peer(answering, (socket, exchange) =>
      socket.write(followBytes(keys, 'idle', exchange)),
    );
    expect(await at(kept, PORT, 20)).toBe('kept');
    expect(await at(kept, draw[1] ?? 0, 20)).toBeUndefined();
    const lost = await peer(answering);
    expect(await at(lost, PORT, 100)).toBe('lost');
  });

  it('what stands on 135 and 3389 by itself comes first; where it does not speak, the responder may', async () => {
    const own = await peer((challenge) => answer(keys, { port: challenge.readUInt16BE(6) })(challenge, PORT));
    const dial = dialer(20);
    const seen = await probeNamed('remote-desktop').observe({ ...own, port: 3389 }, (__, talk) =>
      dial(own, talk),
    );
    expect(seen.finding?.kind).toBe('responder');
    // The wire may show the TTL of the first reply alone, which tells whose the resets of other ports are.
    let dialled = 0;
    const withTtl = await probeNamed('endpoint-mapper').observe({ ...own, port: 135 }, async (__, talk) => {
      const one = await dial(own, talk);
      return ++dialled > 1 ? one : { ...one, reply: { kind: 'accepted', rttMs: 1, ttl: 126 } };
    });
    expect(withTtl.reply).toMatchObject({ kind: 'accepted', ttl: 126 });
    expect(dialled).toBeGreaterThan(1);
    const desktop = await listen((socket) =>
      socket.once('data', () => socket.write(Buffer.from('0300000b06d00000123400', 'hex'))),
    );
    const spoken = await probeNamed('remote-desktop').observe({ ...desktop, port: 3389 }, (__, talk) =>
      dial(desktop, talk),
    );
    expect(spoken.finding).toMatchObject({ kind: 'remote-desktop', speech: 'spoke' });
    const nobody = await listen(() => {});
    const mute = await probeNamed('endpoint-mapper').observe({ ...nobody, port: 135 }, (__, talk) =>
      dial(nobody, talk),
    );
    expect(mute.finding).toMatchObject({ kind: 'endpoint-mapper', speech: 'mute' });
  });
});

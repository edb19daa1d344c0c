import { readdirSync, readlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint } from '../../src/model/target.ts';
import type { Conversation, Talk, Wire } from '../../src/model/wire.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { type AskOptions, askOne } from '../contract/ask.ts';
import { openPeers, type Peers } from './peers.ts';

const onLinux = process.platform === 'linux';

/** Sockets and epolls of this process, as the kernel lists them. */
const descriptors = (): string[] =>
  readdirSync('/proc/self/fd')
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return [];
      }
    })
    .filter((link) => link.startsWith('socket:') || link === 'anon_inode:[eventpoll]')
    .toSorted();

const talk = (exchange: Talk['exchange']): Talk => ({
  limits: { totalMs: 5000, idleMs: 5000, maxBytes: 1000 },
  exchange,
});

const echo = talk(async (io: Conversation) => {
  await io.send(Buffer.from('are you there'));
  await io.read(13);
});

describe.skipIf(!onLinux)('descriptors of the linux wire (Linux only)', () => {
  let peers: Peers;
  let wire: Wire;
  let before: string[];

  beforeAll(async () => {
    peers = await openPeers();
  });
  afterAll(() => peers.close());

  beforeEach(async () => {
    before = descriptors();
    wire = await linuxWire(process.platform, process.arch);
  });
  afterEach(async () => {
    await wire.close();
    expect(descriptors()).toEqual(before);
  });

  const ask = (endpoint: Endpoint, options: AskOptions = {}): Promise<Reply> =>
    askOne(wire, endpoint, { timeoutMs: 5000, ...options });

  const byKind = {
    refuse: () => ask(peers.refusing),
    accept: () => ask(peers.accepting),
    converse: () => ask(peers.accepting, { talk: echo }),
    timeOut: () => ask(peers.silent, { timeoutMs: 30 }),
    abort: () => ask(peers.silent, { signal: AbortSignal.timeout(20) }),
    abortTalk: () => {
      const stop = new AbortController();
      const exchange = async (io: Conversation): Promise<void> => {
        stop.abort();
        await io.read(1);
      };
      return ask(peers.accepting, { signal: stop.signal, talk: talk(exchange) });
    },
    throwInTalk: () =>
      ask(peers.accepting, { talk: talk(() => Promise.reject(new RangeError('a bug in a probe'))) }).then(
        () => 'no error',
        (error: Error) => error.name,
      ),
    wrongTtl: () => ask(peers.accepting, { ttl: 4711 }),
    noInterface: () => ask({ address: 'fe80::1%no-such-interface', family: 6, port: 1 }),
    notAnAddress: () =>
      ask({ address: 'localhost', family: 4, port: 1 }).then(
        () => 'no error',
        (error: Error) => error.name,
      ),
  } as const;

  const said = (answer: Reply | string): string =>
    typeof answer === 'string' ? answer : answer.kind === 'unknown' ? answer.fault.kind : answer.kind;

  test('ten thousand connects of every fate leave none behind', async () => {
    const kinds = Object.values(byKind);
    const counts = new Map<string, number>();
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(
        Array.from({ length: 500 }, (_, i) => kinds[i % kinds.length]?.() ?? 'none'),
      );
      for (const answer of answers.map(said)) counts.set(answer, (counts.get(answer) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({
      refused: 1000,
      accepted: 2000,
      silent: 1000,
      aborted: 2000,
      RangeError: 1000,
      TypeError: 1000,
      'no-route': 2000,
    });
  });
});

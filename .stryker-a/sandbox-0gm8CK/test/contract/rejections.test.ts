import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import type { Family } from '../../src/model/target.ts';
import type { WireName } from '../../src/model/wire.ts';
import { needs } from '../lab/gate.ts';
import type { Answers } from './elsewhere/asker.ts';
import { Elsewhere, OWN_NETWORK, whyNoNetwork } from './elsewhere/elsewhere.ts';
import {
  A_NEIGHBOUR,
  ABSENT,
  BEYOND,
  DROPPED,
  FIRST_PORT,
  NEIGHBOUR,
  REJECTED_HERE,
  REJECTIONS,
} from './elsewhere/networks.ts';

/** net-ping's native part is built for Node up to 22; without it there is no echo to look at. */
const whyNoEcho = (): string | null => {
  try {
    createRequire(import.meta.url)('net-ping');
    return null;
  } catch {
    return 'net-ping has no native part for this Node';
  }
};

/** Linux keeps an ICMPv6 error that comes before connect() returned until the second SYN, after a second. */
const PATIENCE_MS = 3000;
const UNUSED_PORT = 900;

const rows = ([4, 6] as const).flatMap((family) =>
  REJECTIONS[family].map((rejection, row) => ({ family, port: FIRST_PORT + row, ...rejection })),
);

/** What a wire says to a rejection: with its eyes open, or of an errno alone. */
const expected = (wire: WireName, { family, type, code, errno }: (typeof rows)[number]) => {
  if (wire !== 'node') {
    const cause = { icmp: { version: family, type, code }, from: NEIGHBOUR[family] };
    return { kind: 'rejected', cause };
  }
  return errno === 'ECONNREFUSED'
    ? { kind: 'refused', by: 'unknown' }
    : { kind: 'rejected', cause: { errno } };
};

describe.each(['node', 'linux', 'syn'] as const)(
  'what a neighbour rejects, as the %s wire tells it',
  (wire) => {
    let elsewhere: Elsewhere;
    let whyNot: string | null;
    let answers: Answers | null = null;

    beforeAll(async () => {
      [elsewhere, whyNot] = await Promise.all([Elsewhere.open(), whyNoNetwork()]);
      if (whyNot !== null) return;
      const ask = (address: string, family: Family, port: number, timeoutMs = PATIENCE_MS) => ({
        endpoint: { address, family, port },
        timeoutMs,
      });
      const job = {
        wire,
        ask: [
          ...rows.map(({ family, port }) => ask(NEIGHBOUR[family], family, port)),
          ask(NEIGHBOUR[4], 4, UNUSED_PORT),
          ask(NEIGHBOUR[6], 6, UNUSED_PORT),
          ask(ABSENT, 4, UNUSED_PORT),
          ask(DROPPED, 4, UNUSED_PORT, 300),
          ask(BEYOND, 4, UNUSED_PORT),
        ],
        echo: [
          { address: NEIGHBOUR[4], family: 4 as const },
          { address: NEIGHBOUR[6], family: 6 as const },
          { address: BEYOND, family: 4 as const },
          { address: DROPPED, family: 4 as const },
          { address: ABSENT, family: 4 as const },
          { address: REJECTED_HERE, family: 4 as const },
        ],
      };
      answers = await elsewhere.ask(job, A_NEIGHBOUR, OWN_NETWORK);
    });
    afterAll(() => elsewhere.close());

    const reply = (index: number): Reply | undefined => answers?.replies.at(index);

    test.for(rows.map((row, index) => ({ ...row, index })))(
      'IPv$family $nft',
      ({ index, ...row }, { skip }) => {
        needs(skip, whyNot);
        expect(reply(index)).toMatchObject(expected(wire, row));
      },
    );

    test('a reset from somewhere else than loopback is of nobody knows whom', ({ skip }) => {
      needs(skip, whyNot);
      expect(reply(rows.length)).toMatchObject({ kind: 'refused', by: 'unknown' });
      expect(reply(rows.length + 1)).toMatchObject({ kind: 'refused', by: 'unknown' });
    });

    test('a neighbour that answers no ARP is a word about the target, and nobody on the way said it', ({
      skip,
    }) => {
      needs(skip, whyNot);
      expect(reply(rows.length + 2)).toMatchObject({ kind: 'rejected', cause: { errno: 'EHOSTUNREACH' } });
    });

    test('what a router drops is silent', ({ skip }) => {
      needs(skip, whyNot);
      expect(reply(rows.length + 3)).toMatchObject({ kind: 'silent', attempts: 1 });
    });

    test('a router that lets nobody through rejects', ({ skip }) => {
      needs(skip, whyNot);
      const cause =
        wire !== 'node'
          ? { icmp: { version: 4, type: 3, code: 1 }, from: NEIGHBOUR[4] }
          : { errno: 'EHOSTUNREACH' };
      expect(reply(-1)).toMatchObject({ kind: 'rejected', cause });
    });

    test('echoes: a reply, a router that rejects, one that drops, nobody on the link, and our own firewall', ({
      skip,
    }) => {
      needs(skip, whyNot ?? whyNoEcho());
      expect(answers?.echoes).toMatchObject([
        { kind: 'reply' },
        { kind: 'reply' },
        { kind: 'unreachable', from: NEIGHBOUR[4] },
        { kind: 'no-reply', waitedMs: expect.toSatisfy((ms: number) => ms >= 900) },
        { kind: 'not-observed', why: expect.stringContaining('could not deliver') },
        { kind: 'not-observed', why: expect.stringContaining('this machine did not send') },
      ]);
    });
  },
);

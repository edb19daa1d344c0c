import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import type { Family } from '../../src/model/target.ts';
import { needs } from '../lab/gate.ts';
import type { Namespaces } from '../lab/namespaces.ts';
import { finish } from '../lab/shell.ts';
import { whyNoLab } from '../lab/tools.ts';
import type { Asked } from './asker.ts';
import { type Asking, buildAsking } from './asking.ts';
import { asNobody, openPath, R1, R2, startAtTarget, TARGET } from './path.ts';

/** nft's names of what a router can reject with, by ICMP code. */
const REJECTS: Readonly<Record<Family, Readonly<Record<number, string>>>> = {
  4: {
    0: 'net-unreachable',
    1: 'host-unreachable',
    2: 'prot-unreachable',
    3: 'port-unreachable',
    9: 'net-prohibited',
    10: 'host-prohibited',
    13: 'admin-prohibited',
  },
  6: {
    0: 'no-route',
    1: 'admin-prohibited',
    3: 'addr-unreachable',
    4: 'port-unreachable',
    5: 'policy-fail',
    6: 'reject-route',
  },
};
const RESET_BY_R1 = 2100;
const DROPPED_BY_R1 = 2101;

const codes = (family: Family): number[] => Object.keys(REJECTS[family]).map(Number);
const rejectPort = (family: Family, code: number): number => 2000 + family * 10 + code;

const r1Rules = [
  ...([4, 6] as const).flatMap((family) =>
    codes(family).map((code) => {
      const word = family === 4 ? 'icmp' : 'icmpv6';
      const proto = family === 4 ? 'ipv4' : 'ipv6';
      return `dport ${rejectPort(family, code)} meta nfproto ${proto} reject with ${word} type ${REJECTS[family][code]}`;
    }),
  ),
  `dport ${RESET_BY_R1} reject with tcp reset`,
  `dport ${DROPPED_BY_R1} drop`,
];

/** The part of a reply that does not depend on the clock. */
const said = (reply: Reply): unknown => {
  switch (reply.kind) {
    case 'rejected':
      return 'icmp' in reply.cause
        ? `${reply.cause.icmp.version}: ${reply.cause.icmp.type}/${reply.cause.icmp.code} from ${reply.cause.from}`
        : reply.cause;
    case 'refused':
      return `refused by ${reply.by}`;
    case 'unknown':
      return reply.fault;
    default:
      return reply.kind;
  }
};

const why = await whyNoLab();

describe('ICMP errors and short-lived packets, seen by user nobody', () => {
  let spaces: Namespaces | undefined;
  let asking: Asking | undefined;

  beforeAll(async () => {
    if (why) return;
    asking = await buildAsking();
    spaces = await openPath(r1Rules, ['sport 10000-29999 tcp flags & rst == rst drop']);
    await startAtTarget(spaces, 'listener.mjs');
    await startAtTarget(spaces, 'icmp-talker.mjs');
  });
  afterAll(async () => {
    await spaces?.close();
    await asking?.remove();
  });

  /** All questions at once; what each got, by the number it was asked under. */
  const ask = async (questions: readonly Asked[]): Promise<unknown[]> => {
    if (!spaces || !asking) throw new Error('there is no path to ask over');
    return (await asking.ask(questions, asNobody(spaces))).map(said);
  };

  test('nobody has no capability at all', async ({ skip }) => {
    needs(skip, why);
    if (!spaces) throw new Error('there is no path to ask over');
    const [command = '', ...args] = [
      ...asNobody(spaces),
      'grep',
      '-E',
      '^(Uid|Cap...):',
      '/proc/self/status',
    ];
    const { stdout } = await finish(command, args);
    expect(stdout).toMatch(/^Uid:\s+65534\s/);
    expect(stdout.match(/^Cap(Eff|Prm|Bnd):\s+0+$/gm)).toHaveLength(3);
  });

  test.for([4, 6] as const)(
    'every rejection a router can send names it, type and code (IPv%i)',
    async (family, { skip }) => {
      needs(skip, why);
      const replies = await ask(
        codes(family).map((code) => ({ address: TARGET[family], port: rejectPort(family, code) })),
      );
      const type = family === 4 ? 3 : 1;
      expect(replies).toEqual(codes(family).map((code) => `${family}: ${type}/${code} from ${R1[family]}`));
    },
  );

  test('every code of destination unreachable comes through, but for the one that ends no connect', async ({
    skip,
  }) => {
    needs(skip, why);
    const all = Array.from({ length: 16 }, (_, code) => code);
    const replies = await ask(
      all.map((code) => ({ address: TARGET[4], port: 10_300 + code, timeoutMs: 700 })),
    );
    expect(replies).toEqual(all.map((code) => (code === 4 ? 'silent' : `4: 3/${code} from ${TARGET[4]}`)));
  });

  test('an error that ends no connect hides none that does', async ({ skip }) => {
    needs(skip, why);
    const replies = await ask([20_301, 20_303, 20_313].map((port) => ({ address: TARGET[4], port })));
    expect(replies).toEqual([1, 3, 13].map((code) => `4: 3/${code} from ${TARGET[4]}`));
  });

  test('a TTL that ran out and a bad parameter reject; a lost fragment does not', async ({ skip }) => {
    needs(skip, why);
    const replies = await ask(
      [11_100, 11_200, 11_101].map((port) => ({ address: TARGET[4], port, timeoutMs: 700 })),
    );
    expect(replies).toEqual([`4: 11/0 from ${TARGET[4]}`, `4: 12/0 from ${TARGET[4]}`, 'silent']);
  });

  test.for([
    [4, '4: 11/0'],
    [6, '6: 3/0'],
  ] as const)(
    'a short life names the routers, a long one reaches the target (IPv%i)',
    async ([family, exceeded], { skip }) => {
      needs(skip, why);
      const replies = await ask([1, 2, 3, 64].map((ttl) => ({ address: TARGET[family], port: 135, ttl })));
      expect(replies).toEqual([
        `${exceeded} from ${R1[family]}`,
        `${exceeded} from ${R2[family]}`,
        'accepted',
        'accepted',
      ]);
    },
  );

  test.for([4, 6] as const)(
    'a reset by router 1 comes back at a TTL that cannot reach the target (IPv%i)',
    async (family, { skip }) => {
      needs(skip, why);
      const exceeded = family === 4 ? '4: 11/0' : '6: 3/0';
      const replies = await ask(
        [1, 2, 3].map((ttl) => ({ address: TARGET[family], port: RESET_BY_R1, ttl })),
      );
      expect(replies).toEqual([`${exceeded} from ${R1[family]}`, 'refused by unknown', 'refused by unknown']);
    },
  );

  test.for([4, 6] as const)(
    'what router 1 drops is silent, also at the TTL that ends at router 2 (IPv%i)',
    async (family, { skip }) => {
      needs(skip, why);
      const replies = await ask(
        [2, 64].map((ttl) => ({ address: TARGET[family], port: DROPPED_BY_R1, ttl, timeoutMs: 700 })),
      );
      expect(replies).toEqual(['silent', 'silent']);
    },
  );
});

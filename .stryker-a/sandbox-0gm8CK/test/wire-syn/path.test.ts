import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Family } from '../../src/model/target.ts';
import { needs } from '../lab/gate.ts';
import type { Namespaces } from '../lab/namespaces.ts';
import { whyNoLab } from '../lab/tools.ts';
import { openPath, R1, R2, startAtTarget, TARGET } from '../wire-linux/path.ts';
import type { Answers, Job } from './asker.ts';
import { type Asking, buildAsking, said } from './asking.ts';

const DROPPED = { from: 3000, to: 3099 };
const PROHIBITED = 3100;
const RESET = 3101;
/** These lose one packet of ten each way. */
const LOSSY = { from: 20_000, to: 39_999 };
const LOST_FOR_EVER = { from: 29_000, to: 29_019 };

const RULES = [
  `dport ${DROPPED.from}-${DROPPED.to} drop`,
  `dport ${PROHIBITED} meta nfproto ipv4 reject with icmp type admin-prohibited`,
  `dport ${PROHIBITED} meta nfproto ipv6 reject with icmpv6 type admin-prohibited`,
  `dport ${RESET} reject with tcp reset`,
  `dport ${LOST_FOR_EVER.from}-${LOST_FOR_EVER.to} drop`,
  `dport ${LOSSY.from}-${LOSSY.to} numgen random mod 10 0 drop`,
  `sport ${LOSSY.from}-${LOSSY.to} numgen random mod 10 0 drop`,
];

const why = await whyNoLab();

describe('the syn wire over two routers', () => {
  let spaces: Namespaces | undefined;
  let asking: Asking | undefined;

  beforeAll(async () => {
    if (why) return;
    asking = await buildAsking();
    spaces = await openPath(RULES, []);
    await startAtTarget(spaces, 'listener.mjs');
  });
  afterAll(async () => {
    await spaces?.close();
    await asking?.remove();
  });

  const atExpert = (job: Job): Promise<Answers> => {
    if (!spaces || !asking) throw new Error('there is no path to ask over');
    return asking.ask(job, ['ip', 'netns', 'exec', spaces.nameOf('expert')]);
  };
  const ask = async (family: Family, ...questions: readonly { port: number; ttl?: number }[]) => {
    const { replies } = await atExpert({
      ask: questions.map((question) => ({ address: TARGET[family], family, timeoutMs: 2500, ...question })),
    });
    return replies.map(said);
  };

  test.for([4, 6] as const)(
    'tells open, closed, dropped, rejected and reset, with who said so and from how far (IPv%i)',
    async (family, { skip }) => {
      needs(skip, why);
      const ports = [135, 136, DROPPED.from, PROHIBITED, RESET];
      expect(await ask(family, ...ports.map((port) => ({ port })))).toEqual([
        'accepted, ttl 62',
        'refused by unknown, ttl 62',
        'silent',
        `${family === 4 ? '4: 3/13' : '6: 1/1'} from ${R1[family]}`,
        // Router 1 is nearer than the host it speaks for. Its answer passes no router; but an answer of Linux to a packet
        // that it forwards starts with the usual time to live.
        'refused by unknown, ttl 64',
      ]);
    },
  );

  test('reaches a neighbour by its link-local address', async ({ skip }) => {
    needs(skip, why);
    const shown = await spaces?.shell('r1', 'ip -6 -o addr show dev link1 scope link');
    const address = shown?.match(/fe80::[0-9a-f:]+/)?.[0];
    if (!address) throw new Error(`router 1 has no link-local address: ${shown}`);
    const { replies } = await atExpert({
      ask: [{ address: `${address}%link1`, family: 6, port: 9, timeoutMs: 2500 }],
    });
    expect(replies.map(said)).toEqual(['refused by unknown, ttl 64']);
  });

  test.for([4, 6] as const)(
    'traces: a short life names the routers, a long one reaches the host (IPv%i)',
    async (family, { skip }) => {
      needs(skip, why);
      const exceeded = family === 4 ? '4: 11/0' : '6: 3/0';
      expect(await ask(family, ...[1, 2, 3].map((ttl) => ({ port: 135, ttl })))).toEqual([
        `${exceeded} from ${R1[family]}`,
        `${exceeded} from ${R2[family]}`,
        'accepted, ttl 62',
      ]);
    },
  );

  test.for([4, 6] as const)(
    'a sweep of 20,000 finds every state where a tenth is lost each way (IPv%i)',
    { timeout: 60_000 },
    async (family, { skip }) => {
      needs(skip, why);
      const retries = 10;
      const { swept, end } = await atExpert({
        sweep: {
          address: TARGET[family],
          ports: [LOSSY.from, LOSSY.to],
          ...{ perSecond: 20_000, retries, timeoutMs: 150 },
        },
      });
      expect(new Set(swept.map(([port]) => port)).size).toBe(20_000);
      expect(swept).toHaveLength(20_000);
      const wrong = swept.filter(([port, reply]) => {
        const isLost = port >= LOST_FOR_EVER.from && port <= LOST_FOR_EVER.to;
        return said(reply) !== (isLost ? 'silent' : 'refused by unknown, ttl 62');
      });
      expect(wrong).toEqual([]);
      const again = swept.filter(([, , attempts]) => attempts > 1).length / 20_000;
      expect(again).toBeGreaterThan(0.15);
      expect(again).toBeLessThan(0.23);
      const silent = swept.filter(([, reply]) => reply.kind === 'silent');
      for (const [, , attempts] of silent) expect(attempts).toBe(retries + 1);
      expect(end).toMatchObject({ isStopped: false, overruns: 0 });
      expect(end?.packets).toBe(end?.probes);
    },
  );

  test('a sweep tells dropped, open and closed apart, and how often it asked', async ({ skip }) => {
    needs(skip, why);
    const { swept } = await atExpert({
      sweep: {
        address: TARGET[4],
        ports: [DROPPED.from - 50, DROPPED.to + 50],
        ...{ perSecond: 5000, retries: 2, timeoutMs: 100 },
      },
    });
    for (const [port, reply, attempts] of swept) {
      const isDropped = port >= DROPPED.from && port <= DROPPED.to;
      if (port === PROHIBITED) expect(said(reply)).toBe(`4: 3/13 from ${R1[4]}`);
      else if (port === RESET) expect(said(reply)).toBe('refused by unknown, ttl 64');
      else expect(said(reply)).toBe(isDropped ? 'silent' : 'refused by unknown, ttl 62');
      expect(attempts).toBe(isDropped ? 3 : 1);
      if (reply.kind === 'silent') expect(reply.waitedMs).toBeGreaterThanOrEqual(100);
    }
    expect(swept).toHaveLength(200);
  });
});

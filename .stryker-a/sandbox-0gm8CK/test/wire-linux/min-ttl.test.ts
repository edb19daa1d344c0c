import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../lab/gate.ts';
import type { Namespaces } from '../lab/namespaces.ts';
import { whyNoLab } from '../lab/tools.ts';
import { type Asking, buildAsking } from './asking.ts';
import { asNobody, openPath, startAtTarget, TARGET } from './path.ts';

const OPEN = 135;
const CLOSED = 136;
const RESET_BY_R1 = 2100;
/** The target is a Windows: its packets start with 128, and two routers make 126 of that. */
const OF_TARGET = 126;

const why = await whyNoLab();

describe('the least TTL of answers', () => {
  let spaces: Namespaces | undefined;
  let asking: Asking | undefined;

  beforeAll(async () => {
    if (why) return;
    asking = await buildAsking();
    spaces = await openPath([`dport ${RESET_BY_R1} reject with tcp reset`], []);
    await spaces.shell(
      'target',
      'sysctl -qw net.ipv4.ip_default_ttl=128 net.ipv6.conf.all.hop_limit=128 net.ipv6.conf.link3.hop_limit=128',
    );
    await startAtTarget(spaces, 'listener.mjs');
    // Neighbours on three links must find each other first, which may take longer than an answer.
    const first = ([4, 6] as const).map((family) => ({
      address: TARGET[family],
      port: OPEN,
      timeoutMs: 10_000,
    }));
    const replies = await asking.ask(first, asNobody(spaces));
    expect(replies.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
  });
  afterAll(async () => {
    await spaces?.close();
    await asking?.remove();
  });

  test.for([
    ['root', 4],
    ['root', 6],
    ['nobody', 4],
    ['nobody', 6],
  ] as const)('tells whose a reset is, as %s (IPv%i)', async ([user, family], { skip }) => {
    needs(skip, why);
    if (!spaces || !asking) throw new Error('there is no path to ask over');
    const by = user === 'root' ? ['ip', 'netns', 'exec', spaces.nameOf('expert')] : asNobody(spaces);
    const asked = [OPEN, CLOSED, RESET_BY_R1].flatMap((port) =>
      [undefined, OF_TARGET, OF_TARGET + 1].map((minTtl) => ({
        ...{ address: TARGET[family], port, timeoutMs: 700 },
        ...(minTtl === undefined ? {} : { minTtl }),
      })),
    );
    const replies = await asking.ask(asked, by);
    expect(replies.map(({ kind }) => kind)).toEqual([
      ...['accepted', 'accepted', 'silent'],
      ...['refused', 'refused', 'silent'],
      // Router 1 forged it, with the usual TTL of Linux: nothing from there is as old as the target's.
      ...['refused', 'silent', 'silent'],
    ]);
  });
});

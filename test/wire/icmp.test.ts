import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoNetwork } from '../contract/elsewhere/elsewhere.ts';
import {
  A_NEIGHBOUR,
  ABSENT,
  BEYOND,
  DROPPED,
  NEIGHBOUR,
  REJECTED_HERE,
} from '../contract/elsewhere/networks.ts';
import { needs } from '../lab/gate.ts';
import { finish } from '../lab/shell.ts';
import { Apart } from './apart.ts';

const JOB = 'exec "$@"';
const NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all';
/** Neither the prebuilt native part nor one that was built here is found. */
const NOTHING_BUILT = 'export npm_config_arch=none PREBUILDS_ONLY=1';
const FORBIDDEN = 'ping_group_range forbids it to this user';
const NOT_BUILT = 'raw-socket, the native part of net-ping, was not built for this platform';

/** The network of the tests of rejections, with link-local addresses of our own. */
const NETWORK = A_NEIGHBOUR.replace(
  JOB,
  `ip addr add fe80::1/64 dev here nodad
nsenter --net=/proc/$neighbour/ns/net ip addr add fe80::2/64 dev there nodad`,
);
const LOOPBACK = 'ip link set lo up';
const groups = (range: string): string => `sysctl -qw net.ipv4.ping_group_range='${range}'`;
const shell = (...lines: readonly string[]): string => [...lines, JOB].join('\n');

const v4 = (address: string) => ({ address, family: 4 }) as const;
const v6 = (address: string) => ({ address, family: 6 }) as const;

let apart: Apart;
let whyNot: string | null;
beforeAll(async () => {
  [apart, whyNot] = await Promise.all([Apart.open(), whyNoNetwork()]);
});
afterAll(() => apart.close());

/** The ways of this machine: a datagram socket for group 0, or for nobody a raw socket of root. */
const WAYS = [
  { way: 'datagram', range: '0 0' },
  { way: 'raw', range: '1 0' },
] as const;

describe.each(WAYS)('an ICMP echo, $way', ({ way, range }) => {
  const ask: Apart['ask'] = async (job, network = shell(LOOPBACK)) => {
    const answers = await apart.ask(job, `${groups(range)}\n${network}`);
    expect(answers.way).toBe(way);
    return answers;
  };
  /** Node versions that raw-socket has no native part for, and nobody compiled one. */
  const whyNoWay = async (): Promise<string | null> => {
    if (way === 'datagram') return null;
    const [echo] = (await ask({ echo: [v4('127.0.0.1')] })).echoes;
    return echo?.kind === 'not-observed' && echo.why.includes(NOT_BUILT) ? echo.why : null;
  };
  const ready = async (skip: (why: string) => void): Promise<void> => {
    needs(skip, whyNot);
    const why = await whyNoWay();
    if (why !== null) skip(why);
  };

  test('tells replies, silence, and who cannot reach the host', async ({ skip }) => {
    await ready(skip);
    const targets = [
      v4(NEIGHBOUR[4]),
      v6(NEIGHBOUR[6]),
      v4('127.0.0.1'),
      v6('::1'),
      v4(BEYOND),
      v4(DROPPED),
      v4(ABSENT),
      v4(REJECTED_HERE),
      v4('10.99.0.1'),
    ];
    const { echoes, tookMs } = await ask({ echo: targets }, shell(NETWORK));
    for (const echo of echoes.slice(0, 4)) {
      if (echo.kind !== 'reply') throw new Error(JSON.stringify(echo));
      expect(echo.rttMs).toBeGreaterThan(0);
      expect(echo.rttMs).toBeLessThan(tookMs);
    }
    expect(echoes[4]).toEqual({ kind: 'unreachable', from: NEIGHBOUR[4] });
    expect(echoes[5]).toMatchObject({ kind: 'no-reply', waitedMs: expect.any(Number) });
    expect(echoes.slice(6)).toMatchObject([
      { kind: 'not-observed', why: expect.stringMatching(/could not deliver .*nobody on the link/) },
      { kind: 'not-observed', why: expect.stringMatching(/could not deliver|did not send/) },
      { kind: 'not-observed', why: expect.stringMatching(/did not send .*(no route|unreachable)/) },
    ]);
  });

  test('goes out for many hosts at once, and an unreachable one among them costs the others nothing', async ({
    skip,
  }) => {
    await ready(skip);
    const some = Array.from({ length: 1500 }, (_, i) =>
      v4(i % 50 === 7 ? BEYOND : `127.0.${i >> 7}.${1 + (i & 127)}`),
    );
    const { echoes } = await ask({ echo: some, timeoutMs: 5000 }, shell(NETWORK));
    echoes.forEach((echo, i) => {
      expect(echo.kind).toBe(i % 50 === 7 ? 'unreachable' : 'reply');
    });
  });

  test('counts answers that came in time, however many, though the event loop was late', async ({ skip }) => {
    await ready(skip);
    const here = Array.from({ length: 200 }, (_, i) => v4(`127.0.0.${1 + i}`));
    const { echoes } = await ask(
      { echo: [v4(NEIGHBOUR[4]), v4(DROPPED), ...here], timeoutMs: 300, busyMs: 800 },
      shell(NETWORK),
    );
    const [neighbour, dropped, ...others] = echoes.map(({ kind }) => kind);
    expect([neighbour, dropped, new Set(others)]).toEqual(['reply', 'no-reply', new Set(['reply'])]);
  });

  test('that is stopped is not waited for, and keeps no process', async ({ skip }) => {
    await ready(skip);
    const { echoes, tookMs } = await ask(
      { echo: [v4(DROPPED), v4(DROPPED)], timeoutMs: 30_000, stopAfterMs: 0 },
      shell(NETWORK),
    );
    for (const echo of echoes) expect(echo).toEqual({ kind: 'not-observed', why: 'stopped' });
    expect(tookMs).toBeLessThan(20_000);
  });
});

describe('ICMP datagram sockets', () => {
  test('reach a link-local address by its zone, and say when there is no such interface', async ({
    skip,
  }) => {
    needs(skip, whyNot);
    const { echoes } = await apart.ask(
      { echo: [v6('fe80::2%here'), v6('fe80::2%nowhere')] },
      shell(groups('0 0'), NETWORK),
    );
    expect(echoes).toMatchObject([
      { kind: 'reply' },
      { kind: 'not-observed', why: 'this machine has no network interface for fe80::2%nowhere' },
    ]);
  });

  test('serve a user without any privilege, where the group is permitted', async ({ skip }) => {
    needs(skip, whyNot);
    needs(skip, await whyNotNobody());
    const asked = { echo: [v4('127.0.0.1'), v6('::1')] };
    const permitted = [LOOPBACK, groups('0 2147483647'), `exec ${NOBODY} "$@"`].join('\n');
    const { way, echoes } = await apart.ask(asked, permitted);
    expect(way).toBe('datagram');
    expect(echoes.map(({ kind }) => kind)).toEqual(['reply', 'reply']);
  });
});

describe('where no ping can be sent, it is not observed, and the reason says what would help', () => {
  const asked = { echo: [v4('127.0.0.1'), v6('::1')] };
  const whyOf = async (...args: Parameters<Apart['ask']> extends [unknown, ...infer Rest] ? Rest : never) => {
    const { echoes } = await apart.ask(asked, ...args);
    const whys = new Set(echoes.map((echo) => (echo.kind === 'not-observed' ? echo.why : echo.kind)));
    expect(whys.size).toBe(1);
    return [...whys][0];
  };

  test('a user without any privilege, whose group is not permitted', async ({ skip }) => {
    needs(skip, whyNot);
    needs(skip, await whyNotNobody());
    const why = await whyOf([LOOPBACK, groups('1 0'), `exec ${NOBODY} "$@"`].join('\n'));
    if (why?.includes(NOT_BUILT)) return skip(why);
    expect(why).toBe(`no ping could be sent: ${FORBIDDEN}, and raw ICMP needs root or CAP_NET_RAW`);
  });

  test('net-ping is not installed', async ({ skip }) => {
    needs(skip, whyNot);
    expect(await whyOf(withLoader('net-ping', "Cannot find package 'net-ping' imported from x"))).toBe(
      `no ping could be sent: ${FORBIDDEN}, and the optional package net-ping is not installed (npm install net-ping)`,
    );
  });

  test.for([
    ['has no native part for this Node.js', shell(groups('1 0'), LOOPBACK, NOTHING_BUILT)],
    [
      'was installed without its scripts',
      withLoader('net-ping', "Cannot find module './build/Release/raw.node'"),
    ],
  ] as const)('raw-socket %s', async ([, where], { skip }) => {
    needs(skip, whyNot);
    const why = await whyOf(where);
    expect(why).toContain(`no ping could be sent: ${FORBIDDEN}, and ${NOT_BUILT}`);
    expect(why).toContain('npm rebuild raw-socket');
  });

  test('koffi cannot be loaded', async ({ skip }) => {
    needs(skip, whyNot);
    const why = await whyOf(`${NOTHING_BUILT}\n${withLoader('koffi', "Cannot find package 'koffi'")}`);
    expect(why).toMatch(/^no ping could be sent: koffi could not be loaded \(.*\), and raw-socket/);
  });

  test('a worker thread', async () => {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
       import(${JSON.stringify(apart.asker)}).catch((error) => parentPort.postMessage(String(error)));`,
      { eval: true, stdin: true, stdout: true },
    );
    worker.stdin?.end(JSON.stringify(asked));
    let text = '';
    for await (const piece of worker.stdout) text += String(piece);
    for (const echo of (JSON.parse(text) as { echoes: unknown[] }).echoes) {
      expect(echo).toEqual({
        kind: 'not-observed',
        why: 'no ping could be sent: only the main thread of the program can',
      });
    }
  });
});

/** Commands that run the job where a package fails to load with that message. */
function withLoader(packageName: string, message: string): string {
  const asUrl = (code: string): string =>
    `data:text/javascript,${encodeURIComponent(code).replaceAll("'", '%27')}`;
  const loader = `export async function resolve(name, context, next) {
    if (name === ${JSON.stringify(packageName)}) throw new Error(${JSON.stringify(message)});
    return next(name, context);
  }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(loader))});`;
  return `${groups('1 0')}\n${LOOPBACK}\nexec "$1" --import '${asUrl(register)}' "$2"`;
}

/** Why nobody cannot run the asker here, or null. */
async function whyNotNobody(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'only root can become another user';
  const { code } = await finish('sh', ['-c', `exec ${NOBODY} test -r ${apart.asker}`]);
  return code === 0 ? null : 'other users may not read this checkout';
}

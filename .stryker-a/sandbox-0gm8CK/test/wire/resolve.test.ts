import { getEventListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemResolver } from '../../src/wire/resolve.ts';
import { whyNoNetwork } from '../contract/elsewhere/elsewhere.ts';
import { needs } from '../lab/gate.ts';
import { Apart } from './apart.ts';

const quiet = () => new AbortController().signal;
const NAME_SERVER = join(import.meta.dirname, 'name-server.mjs');

/** Commands that leave loopback as all there is, with a hosts file and the name servers of `conf`. */
const alone = (hosts: string, conf: string): string => `ip link set lo up
mount -t tmpfs tmpfs /mnt
printf '${hosts}' >/mnt/hosts
printf '${conf}' >/mnt/resolv.conf
mount --bind /mnt/hosts /etc/hosts
mount --bind /mnt/resolv.conf /etc/resolv.conf
unset UV_THREADPOOL_SIZE
`;
const JOB = 'exec "$@"';
const CONF = 'nameserver 127.0.0.1\\noptions timeout:20 attempts:1\\n';
/** As `alone`, with a name server that is ready. */
const served = (conf = CONF): string => `${alone('127.0.0.1 localhost\\n', conf)}
"$1" '${NAME_SERVER}' /mnt/ready &
for i in $(seq 100); do [ -e /mnt/ready ] && break; sleep 0.1; done
`;

describe('systemResolver', () => {
  let apart: Apart;
  let whyNot: string | null;
  beforeAll(async () => {
    [apart, whyNot] = await Promise.all([Apart.open(), whyNoNetwork()]);
  });
  afterAll(() => apart.close());

  const ask = async (names: readonly string[], shell: string, env: NodeJS.ProcessEnv = {}) =>
    (await apart.ask({ resolve: names }, shell, { env })).resolutions;

  test('looks a name up as the system does, each address once, in its order', async ({ skip }) => {
    needs(skip, whyNot);
    const hosts =
      '10.0.0.2 novice.test\\n10.0.0.1 novice.test\\n10.0.0.2 novice.test\\n2001:db8::1 novice.test\\n';
    const [found] = await ask(['novice.test'], `${alone(hosts, CONF)}${JOB}`);
    if (found?.kind !== 'resolved') throw new Error(JSON.stringify(found));
    expect(found.addresses.toSorted((a, b) => a.address.localeCompare(b.address))).toEqual([
      { address: '10.0.0.1', family: 4 },
      { address: '10.0.0.2', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ]);
    const v4 = found.addresses.filter(({ family }) => family === 4).map(({ address }) => address);
    expect(v4).toEqual(['10.0.0.2', '10.0.0.1']);
  });

  test('a name server that does not answer is trouble with the asking, not an answer', async ({ skip }) => {
    needs(skip, whyNot);
    const conf = 'nameserver 127.0.0.1\\noptions timeout:1 attempts:1\\n';
    const [found] = await ask(['novice.test'], `${alone('127.0.0.1 localhost\\n', conf)}${JOB}`);
    expect(found).toMatchObject({ kind: 'failed', fault: { kind: 'other', code: 'EAI_AGAIN' } });
    expect(found?.kind === 'failed' && found.fault.text).toContain('novice.test');
  });

  test('a name that cannot be is a result, not a crash', async () => {
    const answers = await Promise.all(
      ['a..b', 'x'.repeat(300)].map((name) => systemResolver().resolve(name, quiet())),
    );
    for (const answer of answers) expect(['not-found', 'failed']).toContain(answer.kind);
  });

  test('keeps the zone of an address', async () => {
    expect(await systemResolver().resolve('fe80::1%lo', quiet())).toEqual({
      kind: 'resolved',
      addresses: [{ address: 'fe80::1%lo', family: 6 }],
    });
  });

  test('does not ask once it is stopped, does not wait when it is, and leaves the signal alone', async () => {
    const stopped = { kind: 'failed', fault: { kind: 'aborted' } };
    expect(await systemResolver().resolve('localhost', AbortSignal.abort())).toMatchObject(stopped);
    const controller = new AbortController();
    const asked = systemResolver().resolve('localhost', controller.signal);
    controller.abort();
    expect(await asked).toMatchObject(stopped);
    const signal = quiet();
    expect((await systemResolver().resolve('localhost', signal)).kind).toBe('resolved');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  /** Each is answered only when all of them are asked at the same time. */
  const together = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => `together-${i}-${count}-x.test`);
  const resolvedTo = (address: string) => ({ kind: 'resolved', addresses: [{ address, family: 4 }] });

  test('finds the script of its process beside the bundle', () => {
    expect(existsSync(new URL('../../dist/look-up-process.js', import.meta.url))).toBe(true);
  });

  test('asks for 64 names side by side', async ({ skip }) => {
    needs(skip, whyNot);
    const found = await ask(together(64), `${served()}${JOB}`);
    expect(found).toEqual(found.map((_, i) => resolvedTo(`10.2.0.${i}`)));
  });

  test('asks for half as many as the user gave threads', async ({ skip }) => {
    needs(skip, whyNot);
    const names = Array.from({ length: 12 }, (_, i) => `flight-${i}.test`);
    const found = await ask(names, `${served()}export UV_THREADPOOL_SIZE=8\n${JOB}`);
    const underWay = found.map((one) =>
      one.kind === 'resolved' ? Number(one.addresses[0]?.address.split('.')[3]) : 0,
    );
    expect(Math.max(...underWay)).toBe(4);
  });

  test('does without a process of its own where that ends at once', async ({ skip }) => {
    needs(skip, whyNot);
    const emptied = `mount --bind /dev/null "$(dirname "$2")/look-up-process.js"`;
    const names = ['plain.test', ...Array.from({ length: 20 }, (_, i) => `flight-${i}.test`)];
    const [first, ...more] = await ask(names, `${served()}${emptied}\n${JOB}`);
    expect(first).toEqual(resolvedTo('10.4.0.1'));
    const underWay = more.map((one) =>
      one.kind === 'resolved' ? Number(one.addresses[0]?.address.split('.')[3]) : 0,
    );
    expect(underWay).not.toContain(0);
    expect(Math.max(...underWay)).toBeLessThanOrEqual(2);
  });

  test('keeps no process that is stopped while a name server is mute', async ({ skip }) => {
    needs(skip, whyNot);
    const { resolutions, tookMs } = await apart.ask(
      { resolve: ['mute.test', 'mute.test', 'mute.test'], stopAfterMs: 500 },
      `${served()}${JOB}`,
    );
    for (const one of resolutions) expect(one).toMatchObject({ kind: 'failed', fault: { kind: 'aborted' } });
    expect(tookMs).toBeLessThan(15_000);
  });

  test('takes a mapped IPv6 address for the IPv4 address that it is', async ({ skip }) => {
    needs(skip, whyNot);
    const found = await ask(['mapped.test', '::ffff:10.90.2.2'], `${served()}${JOB}`);
    expect(found).toEqual([resolvedTo('10.90.2.2'), resolvedTo('10.90.2.2')]);
  });

  test('looks an absolute name up as given, and any other with the suffixes of the system', async ({
    skip,
  }) => {
    needs(skip, whyNot);
    const conf = `${CONF}search corp.test\\noptions ndots:3\\n`;
    const found = await ask(['plain.test.', 'plain.test', 'plain.'], `${served(conf)}${JOB}`);
    expect(found).toEqual([
      resolvedTo('10.4.0.1'),
      resolvedTo('10.4.0.2'),
      { kind: 'not-found', code: 'ENOTFOUND' },
    ]);
  });
});

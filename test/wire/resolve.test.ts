import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resolution } from '../../src/model/wire.ts';
import { systemResolver } from '../../src/wire/resolve.ts';
import { Elsewhere, OWN_NETWORK, whyNoNetwork } from '../contract/elsewhere/elsewhere.ts';
import { needs } from '../lab/gate.ts';

const quiet = () => new AbortController().signal;

describe('systemResolver', () => {
  let elsewhere: Elsewhere;
  let whyNot: string | null;
  beforeAll(async () => {
    [elsewhere, whyNot] = await Promise.all([Elsewhere.open(), whyNoNetwork()]);
  });
  afterAll(() => elsewhere.close());

  /** Asks where loopback is all there is, with a hosts file and without a name server that answers. */
  const alone = async (
    names: readonly string[],
    hosts: string,
    limits = 'true',
  ): Promise<readonly Resolution[]> => {
    const shell = `ip link set lo up
mount -t tmpfs tmpfs /mnt
printf '${hosts}' >/mnt/hosts
echo 'nameserver 127.0.0.1\noptions timeout:1 attempts:1' >/mnt/resolv.conf
mount --bind /mnt/hosts /etc/hosts
mount --bind /mnt/resolv.conf /etc/resolv.conf
${limits}
exec "$@"`;
    return (await elsewhere.ask({ wire: 'node', resolve: names }, shell, OWN_NETWORK)).resolutions;
  };

  test('looks a name up as the system does, each address once, in its order', async ({ skip }) => {
    needs(skip, whyNot);
    const hosts =
      '10.0.0.2 novice.test\\n10.0.0.1 novice.test\\n10.0.0.2 novice.test\\n2001:db8::1 novice.test\\n';
    const [found] = await alone(['novice.test'], hosts);
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
    const [found] = await alone(['novice.test'], '127.0.0.1 localhost\\n');
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
});

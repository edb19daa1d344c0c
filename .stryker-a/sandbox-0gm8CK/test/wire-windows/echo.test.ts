import { describe, expect, test } from 'vitest';
import type { Echo, Pinger } from '../../src/model/wire.ts';
import { windowsPinger } from '../../src/wire/icmp/windows.ts';
import { IP_STATUS } from '../../src/wire/windows/layout.ts';
import { type Answered, PlayedIcmp } from './played-icmp.ts';

const NEVER = new AbortController().signal;

const ask = (pinger: Pinger, address: string, signal = NEVER): Promise<Echo> =>
  pinger.echo(address, address.includes(':') ? 6 : 4, { signal, timeoutMs: 1000 });

const asking = async (said: Readonly<Record<string, Answered>>): Promise<Echo[]> => {
  const pinger = windowsPinger(new PlayedIcmp(said));
  const echoes = await Promise.all(Object.keys(said).map((address) => ask(pinger, address)));
  pinger.close();
  return echoes;
};

describe('ICMP echo by the calls of Windows, played at their doorway', () => {
  test('tells a reply, of both families, by the shorter of two clocks', async () => {
    const [four, six, late] = await asking({
      '192.0.2.1': { status: IP_STATUS.SUCCESS, from: '192.0.2.1' },
      '2001:db8::1': { status: IP_STATUS.SUCCESS, from: '2001:db8::1', rttMs: 40_000 },
      '192.0.2.2': { status: IP_STATUS.SUCCESS, from: '192.0.2.2', afterLooks: 30 },
    });
    for (const echo of [four, six, late]) expect(echo?.kind).toBe('reply');
    if (four?.kind !== 'reply' || six?.kind !== 'reply' || late?.kind !== 'reply')
      throw new Error('no reply');
    expect(four.rttMs).toBeLessThanOrEqual(1);
    expect(six.rttMs).toBeLessThan(40_000);
    // Thirty looks take longer than the millisecond that the system measured.
    expect(late.rttMs).toBe(1);
  });

  test('tells silence, and who cannot reach the host', async () => {
    expect(
      await asking({
        '192.0.2.1': { status: IP_STATUS.REQ_TIMED_OUT },
        '192.0.2.2': { status: IP_STATUS.DEST_HOST_UNREACHABLE, from: '198.51.100.9' },
        '192.0.2.3': { status: IP_STATUS.TTL_EXPIRED_TRANSIT, from: '198.51.100.10' },
        '2001:db8::4': { status: IP_STATUS.DEST_PROT_UNREACHABLE, from: '2001:db8:1::9' },
        '2001:db8::5': { status: IP_STATUS.TIME_EXCEEDED, from: '2001:db8:1::a' },
      }),
    ).toEqual([
      { kind: 'no-reply', waitedMs: expect.any(Number) },
      { kind: 'unreachable', from: '198.51.100.9' },
      { kind: 'unreachable', from: '198.51.100.10' },
      { kind: 'unreachable', from: '2001:db8:1::9' },
      { kind: 'unreachable', from: '2001:db8:1::a' },
    ]);
  });

  test.for([
    [{ status: IP_STATUS.DEST_HOST_UNREACHABLE, from: '127.0.0.1' }, /could not deliver/],
    [{ status: IP_STATUS.DEST_HOST_UNREACHABLE, from: '0.0.0.0' }, /nobody on the link/],
    [{ status: IP_STATUS.GENERAL_FAILURE }, /no route there, or a firewall/],
    [{ status: 1231 }, /no route there$/],
    [{ status: 5 }, /security product/],
    [{ status: 4711 }, /Windows error 4711/],
  ] as const)('what this machine says itself is not observed: %j', async ([said, why]) => {
    expect(await asking({ '192.0.2.1': said })).toMatchObject([
      { kind: 'not-observed', why: expect.stringMatching(why) },
    ]);
  });

  test('says when there is no IPv6, no event, and no such interface', async () => {
    const api = new PlayedIcmp({});
    api.lacks6 = true;
    api.eventsLeft = 0;
    const pinger = windowsPinger(api);
    expect(await ask(pinger, '2001:db8::1')).toMatchObject({ why: expect.stringMatching(/no ICMPv6 .*120/) });
    expect(await ask(pinger, '192.0.2.1')).toMatchObject({ why: expect.stringMatching(/no event left/) });
    const other = windowsPinger(new PlayedIcmp({}));
    expect(await ask(other, 'fe80::1%nowhere')).toMatchObject({
      why: expect.stringMatching(/no network interface/),
    });
    expect(await ask(other, 'fe80::1%Ethernet')).toMatchObject({ kind: 'no-reply' });
  });

  test('has 512 under way at most, and uses their events again', async () => {
    const api = new PlayedIcmp(
      Object.fromEntries(
        Array.from({ length: 1300 }, (_, i) => [
          `10.0.${i >> 8}.${i & 255}`,
          { status: IP_STATUS.SUCCESS, from: '10.0.0.1', afterLooks: i % 7 },
        ]),
      ),
    );
    const pinger = windowsPinger(api);
    const all = Array.from({ length: 1300 }, (_, i) => ask(pinger, `10.0.${i >> 8}.${i & 255}`));
    for (const echo of await Promise.all(all)) expect(echo.kind).toBe('reply');
    expect(api.mostUnderWay).toBe(512);
    expect(api.events).toBe(512);
  });

  test('that is stopped is told at once, and its handle stays until the system is done with it', async () => {
    const api = new PlayedIcmp({ '192.0.2.1': { status: IP_STATUS.REQ_TIMED_OUT, afterLooks: 20 } });
    const pinger = windowsPinger(api);
    const stop = new AbortController();
    const asked = ask(pinger, '192.0.2.1', stop.signal);
    await Promise.resolve();
    stop.abort();
    expect(await asked).toEqual({ kind: 'not-observed', why: 'stopped' });
    pinger.close();
    const handles = (): number => api.open.size - api.events;
    expect(handles()).toBe(1);
    expect(await ask(pinger, '192.0.2.2')).toEqual({ kind: 'not-observed', why: 'stopped' });
    await expect.poll(handles).toBe(0);
  });
});

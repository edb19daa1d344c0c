import { describe, expect, test } from 'vitest';
import { chooseEngine } from '../../src/cli/engine.ts';
import { loadPinger } from '../../src/wire/icmp.ts';
import type { Koffi } from '../../src/wire/koffi.ts';
import { icmpApi } from '../../src/wire/windows/icmp-api.ts';
import { winsockApi } from '../../src/wire/windows/ws2.ts';
import { winsockWire } from '../../src/wire/windows-connect.ts';
import { PlayedWs2 } from './played-ws2.ts';

/** A koffi on a Windows whose libraries lack one function. */
const lacking = (missing: string): Koffi =>
  ({
    node: { poll: () => {} },
    load: (library: string) => ({
      func: (declared: string) => {
        if (declared.includes(` ${missing}(`)) {
          throw new Error(`Cannot find function '${missing}' in shared library '${library}'`);
        }
        return () => 0;
      },
    }),
  }) as unknown as Koffi;

const FUNCTIONS = ['WSASocketW', 'WSAIoctl', 'inet_pton', 'if_nametoindex'];

describe('a Windows that lacks something', () => {
  test.each(FUNCTIONS)('without %s has no windows engine, and says why in one line', (name) => {
    expect(() => winsockApi(lacking(name))).toThrow(new RegExp(`^Cannot find function '${name}'`));
  });

  test.each(['IcmpSendEcho2Ex', 'Icmp6SendEcho2', 'WaitForMultipleObjects'])(
    'without %s sends no echo, and says why',
    (name) => {
      expect(() => icmpApi(lacking(name))).toThrow(new RegExp(`^Cannot find function '${name}'`));
    },
  );

  test('where Winsock does not start, says so', () => {
    const koffi = {
      load: () => ({ func: () => () => 10091 }),
    } as unknown as Koffi;
    expect(() => winsockApi(koffi)).toThrow('Winsock could not be started (10091)');
  });

  test.runIf(process.platform === 'linux')(
    'falls back to the node engine, and no echo is observed',
    async () => {
      // This machine says that it is Windows, and has none of its libraries.
      const { wire, why } = await chooseEngine('auto', 'many', 'win32');
      expect(wire.name).toBe('node');
      expect(why).toMatch(/^the windows engine could not be loaded: .*ws2_32\.dll.*like one that drops$/);
      await expect(chooseEngine('windows', 'few', 'win32')).rejects.toThrow(
        /^--engine windows: .*ws2_32\.dll/,
      );
      const pinger = await loadPinger('win32');
      const signal = new AbortController().signal;
      expect(await pinger.echo('127.0.0.1', 4, { signal, timeoutMs: 100 })).toEqual({
        kind: 'not-observed',
        why: expect.stringMatching(/^no ping could be sent: .*iphlpapi\.dll/),
      });
      pinger.close();
    },
  );

  test.runIf(process.platform === 'linux').each([
    [true, true, 0],
    [true, false, 0],
    [false, true, 3500],
    [false, false, 3500],
  ])('asks what it can do: one SYN %s, ICMP errors %s', async (oneSyn, icmp, minTimeoutMs) => {
    const { capabilities } = winsockWire(await PlayedWs2.load({ oneSyn, icmp }));
    expect(capabilities).toMatchObject({ icmp, ttl: icmp, minTimeoutMs });
  });
});

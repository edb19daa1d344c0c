import { describe, expect, it } from 'vitest';
import { longestWaitMs, refuseShortWait } from '../../src/cli/waits.ts';
import { UsageError } from '../../src/model/fault.ts';
import { nodeWire } from '../../src/wire/node-connect.ts';
import { winsockWire } from '../../src/wire/windows-connect.ts';
import { PlayedWs2 } from '../wire-windows/played-ws2.ts';

describe.runIf(process.platform === 'linux')('the waits on Windows', () => {
  const windows = async (oneSyn: boolean) => winsockWire(await PlayedWs2.load({ oneSyn, icmp: oneSyn }));

  it('are those of Linux where a refusal is known after one round trip', async () => {
    const { name, capabilities } = await windows(true);
    expect(longestWaitMs(null, capabilities)).toBe(longestWaitMs(null, nodeWire('linux').capabilities));
    expect(longestWaitMs(50, capabilities)).toBe(50);
    expect(() => refuseShortWait(50, { name, capabilities })).not.toThrow();
  });

  it('are longer where Windows repeats a SYN that was reset, and too short a wait is refused', async () => {
    for (const wire of [await windows(false), nodeWire('win32')]) {
      expect(longestWaitMs(null, wire.capabilities)).toBe(5000);
      expect(longestWaitMs(4000, wire.capabilities)).toBe(4000);
      expect(() => refuseShortWait(3500, wire)).not.toThrow();
      expect(() => refuseShortWait(3499, wire)).toThrow(UsageError);
      expect(() => refuseShortWait(3499, wire)).toThrow(wire.name);
    }
  });
});

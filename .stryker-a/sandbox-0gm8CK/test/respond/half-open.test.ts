import { describe, expect, it } from 'vitest';
import { connectionsInNetstat, halfOpenInProc, type KnownConnection } from '../../src/respond/half-open.ts';
import { watchHalfOpen } from '../../src/respond/half-open-watch.ts';

/** Of Linux 6.18: a listener, a half-open connection over IPv4 to a listener of both families, and an established one. */
const PROC = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:C82C 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4715
 128: 0000000000000000FFFF00000200630A:C82C 0000000000000000FFFF00000100630A:9FB4 03 00000000:00000000 01:0000003F 00000001     0        0 0 0 0
 129: 0000000000000000FFFF00000200630A:C77E 0000000000000000FFFF00000100630A:8226 01 00000000:00000000 00:00000000 00000000     0        0 0 0 0
`;
const PROC4 =
  ' 3: 0200630A:0087 0100630A:8226 03 00000000:00000000 01:0000003F 00000001     0        0 0 0 0\n';

/** As the German Windows 10 prints it. */
const NETSTAT = `\r
Aktive Verbindungen\r
\r
  Proto  Lokale Adresse         Remoteadresse          Status\r
  TCP    0.0.0.0:135            0.0.0.0:0              ABH\u00d6REN\r
  TCP    10.1.2.3:50000         10.1.9.9:40000         SYN_EMPFANGEN\r
  TCP    10.1.2.3:50001         10.1.9.9:40001         HERGESTELLT\r
  UDP    10.1.2.3:137           *:*\r
`;

describe('what a kernel says of connections', () => {
  it('Linux: half-open ones, IPv4 too where one listener has both families', () => {
    expect(halfOpenInProc(PROC)).toEqual([
      {
        localPort: 51_244,
        remoteAddress: '10.99.0.1',
        remotePort: 40_884,
      },
    ]);
    expect(halfOpenInProc(PROC4)).toEqual([
      { localPort: 135, remoteAddress: '10.99.0.1', remotePort: 33_318 },
    ]);
  });

  it('Windows: all but listeners, whatever its language', () => {
    expect(connectionsInNetstat(NETSTAT)).toEqual([
      { localPort: 50_000, remoteAddress: '10.1.9.9', remotePort: 40_000 },
      { localPort: 50_001, remoteAddress: '10.1.9.9', remotePort: 40_001 },
    ]);
  });

  it('nothing, where there is nothing or something else', () => {
    for (const text of ['', '\n\n', 'TCP', '1: zz:zz zz:zz 03 ', '\u0000'.repeat(1000)]) {
      expect(halfOpenInProc(text)).toEqual([]);
      expect(connectionsInNetstat(text)).toEqual([]);
    }
  });

  it('what was there before is not told, and what comes is, until the end', async () => {
    const one = (remotePort: number): KnownConnection => ({
      localPort: 50_000,
      remoteAddress: 'a',
      remotePort,
    });
    const looks = [[one(1)], [one(1)], [one(1), one(2)], [{ ...one(3), localPort: 50_001 }]];
    const over = new AbortController();
    const told: number[] = [];
    await watchHalfOpen(
      {
        restMs: 1,
        read: async () => {
          const look = looks.shift() ?? [];
          if (looks.length === 0) over.abort();
          return look;
        },
      },
      (known) => told.push(...known.map(({ localPort }) => localPort)),
      over.signal,
    );
    expect(told).toEqual([50_000, 50_001]);
  });
});

import { describe, expect, it } from 'vitest';
import { arpReader, unanswered } from '../../src/wire/neighbour-table.ts';

/** As Linux prints it: one entry that was answered, one that was not, one that a person set for good. */
const TABLE = `IP address       HW type     Flags       HW address            Mask     Device
10.77.0.1        0x1         0x2         52:54:00:12:34:56     *        eth0
10.77.0.9        0x1         0x0         00:00:00:00:00:00     *        eth0
10.77.0.8        0x1         0x6         52:54:00:12:34:57     *        eth0
`;

describe('the neighbour table of Linux', () => {
  it('names the addresses for which nothing answered ARP', () => {
    expect([...unanswered(TABLE)]).toEqual(['10.77.0.9']);
  });

  it.each(['', 'IP address\n', 'no table\nat all', `${TABLE}10.77.0.10\n\n  \n`])(
    'takes nothing from what is no entry: %j',
    (text) => {
      expect(unanswered(text).has('10.77.0.10')).toBe(false);
      expect(unanswered(text).has('at')).toBe(false);
    },
  );

  it('is read once for hosts that end together', async () => {
    let reads = 0;
    const lacks = arpReader('linux', async () => {
      reads++;
      return TABLE;
    });
    expect(await Promise.all(['10.77.0.9', '10.77.0.1', '10.77.0.77'].map(lacks))).toEqual([
      true,
      false,
      false,
    ]);
    expect(reads).toBe(1);
  });

  it('knows nothing where there is no such table', async () => {
    const failing = (): Promise<string> => Promise.reject(new Error('ENOENT'));
    expect(await arpReader('linux', failing)('10.77.0.9')).toBe(false);
    expect(await arpReader('darwin', async () => TABLE)('10.77.0.9')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { reverseNames } from '../../src/wire/reverse-names.ts';

const answering = (reverse: (address: string) => Promise<string[]>) =>
  reverseNames({ reverse, cancel: () => {} });

describe('names of addresses', () => {
  it('are few, lower-case, without the dot, and each once', async () => {
    const names = answering(async () => ['PC0417.corp.example.', 'pc0417.corp.example', 'b.x', 'c.x', 'd.x']);
    expect(await names.of('192.0.2.1')).toEqual(['pc0417.corp.example', 'b.x', 'c.x']);
  });

  it.each(['\u001b[31mred', 'a b', '<b>', '', '.', `${'a'.repeat(64)}.x`, 'a..b', `${'ab.'.repeat(90)}c`])(
    'are no names of hosts when they are %j',
    async (name) => {
      expect(await answering(async () => [name]).of('192.0.2.1')).toEqual([]);
    },
  );

  it('are none where no server answers, or the run has ended', async () => {
    const failing = answering(() => Promise.reject(new Error('ESERVFAIL')));
    expect(await failing.of('192.0.2.1')).toEqual([]);
    const closed = answering(async () => ['pc.x']);
    closed.close();
    expect(await closed.of('192.0.2.1')).toEqual([]);
  });
});

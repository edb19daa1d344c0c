import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { whyForbidden } from '../../src/targets/forbidden.ts';
import { makeSpace } from '../../src/targets/space.ts';
import { list, listOf, read } from './spaces.ts';

describe('guard', () => {
  it('forbids a single address exactly when whyForbidden does, and a block exactly when one of its addresses is', () => {
    const near = fc.constantFrom(
      '0.0.0.0',
      '0.255.255.254',
      '1.0.0.0',
      '223.255.255.254',
      '224.0.0.0',
      '239.255.255.254',
      '240.0.0.0',
      '255.255.255.252',
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.ipV4()), (address) => {
        const neighbours = listOf(
          makeSpace({
            parts: [
              {
                kind: 'block',
                family: 4,
                first: address.replace(/\d+$/, (byte) => `${Number(byte) & 252}`),
                count: 4,
              },
            ],
          }),
        );
        const forbidden = neighbours.filter((one) => whyForbidden(one) !== null);
        for (const one of neighbours) {
          const why = whyForbidden(one);
          if (why === null) expect(list([one])).toEqual([one]);
          else expect(() => read([one])).toThrow(`target '${one}': ${why}`);
        }
        if (forbidden.length === 0) expect(list([`${address}/30`])).toEqual(neighbours);
        else expect(() => read([`${address}/30`])).toThrow(/contains addresses of .*: such an address is/);
      }),
    );
  });

  const scope = { allow: ['10.0.0.0/16', '2001:db8::/64'], deny: ['10.0.9.0/24', '10.0.1.7'] };

  it.each([
    [['10.1.0.0/24'], /wholly or partly out of scope.*allows only/],
    [['10.0.255.0-10.1.0.5'], /wholly or partly out of scope/],
    [['192.0.2.1'], /is out of scope.*allows only/],
    [['10.0.9.4'], /denies 10\.0\.9\.0\/24/],
    [['10.0.9.0/25'], /denies 10\.0\.9\.0\/24/],
    [['10.0.1.7'], /denies 10\.0\.1\.7/],
    [['2001:db9::1%eth0'], /allows only/],
  ])('refuses %j', (targets, why) => {
    expect(() => read(targets, { guard: { scope } })).toThrow(why);
  });

  it('takes denied addresses out of a block and counts them', () => {
    const { size, removed, spec } = read(['10.0.0.0/20', 'pc1'], { guard: { scope } });
    expect([size, removed]).toEqual([4096 - 257 + 1, { excluded: 0, denied: 257, own: 0 }]);
    expect(listOf(makeSpace(spec))).not.toContain('10.0.1.7');
  });

  it('joins allowed blocks that touch', () => {
    const touching = { allow: ['10.0.0.0/24', '10.0.1.0/24'], deny: [] };
    expect(read(['10.0.0.0/23'], { guard: { scope: touching } }).size).toBe(512);
  });

  it.each([
    ['10.0.0.0/24', { v4: false, v6: true }, /is IPv4, and -6 allows only/],
    ['10.0.0.1', { v4: false, v6: true }, /is IPv4, and -6 allows only/],
    ['2001:db8::/120', { v4: true, v6: false }, /is IPv6, and -4 allows only/],
  ])('%s with %j', (text, families, why) => {
    expect(() => read([text], { guard: { families } })).toThrow(why);
    expect(read([text, 'pc1'], { guard: {} }).size).toBeGreaterThan(1);
    expect(read(['pc1'], { guard: { families } }).size).toBe(1);
  });

  it('takes addresses of own networks out of blocks, and refuses them alone', () => {
    const own = [
      { address: '192.168.1.255', why: 'is the broadcast address of eth\u001b0' },
      { address: '192.168.1.0', why: 'is the network address of eth0' },
    ];
    const { size, removed } = read(['192.168.0.0/23'], { guard: { own }, excludes: ['192.168.1.0'] });
    expect([size, removed]).toEqual([510, { excluded: 1, denied: 0, own: 1 }]);
    expect(() => read(['192.168.1.255'], { guard: { own } })).toThrow(/broadcast address of eth\\u\{1b\}0/);
    expect(() => read(['192.168.1.255-255'], { guard: { own } })).toThrow(/broadcast address/);
    const network = [{ address: '192.168.4.0', why: 'is the network address of eth1' }];
    expect(read(['192.168.4.0/24'], { guard: { own: network } })).toMatchObject({
      size: 255,
      removed: { own: 1 },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { type BlockPart, makeSpace, type SpacePart } from '../../src/targets/space.ts';

const block = (first: string, count: number, family: 4 | 6 = 4): BlockPart => ({
  kind: 'block',
  family,
  first,
  count,
});
const PARTS: readonly SpacePart[] = [
  {
    kind: 'names',
    names: [
      { text: 'PC1', name: 'pc1' },
      { text: 'pc2', name: 'pc2' },
    ],
  },
  block('10.0.0.254', 3),
  { kind: 'addresses', addresses: [{ text: '[2001:DB8::1]', address: '2001:db8::1', family: 6 }] },
  block('2001:db8::ffff', 2, 6),
];

describe('a space', () => {
  const space = makeSpace({ parts: PARTS });

  it('has every target at its number', () => {
    expect(Array.from({ length: space.size }, (_, index) => space.at(index))).toEqual([
      { kind: 'name', text: 'PC1', name: 'pc1' },
      { kind: 'name', text: 'pc2', name: 'pc2' },
      { kind: 'address', text: '10.0.0.254', address: '10.0.0.254', family: 4 },
      { kind: 'address', text: '10.0.0.255', address: '10.0.0.255', family: 4 },
      { kind: 'address', text: '10.0.1.0', address: '10.0.1.0', family: 4 },
      { kind: 'address', text: '[2001:DB8::1]', address: '2001:db8::1', family: 6 },
      { kind: 'address', text: '2001:db8::ffff', address: '2001:db8::ffff', family: 6 },
      { kind: 'address', text: '2001:db8::1:0', address: '2001:db8::1:0', family: 6 },
    ]);
  });

  it.each([-1, 8, 0.5])('has no target %s', (index) => {
    expect(() => space.at(index)).toThrow(new RangeError(`target ${index} of 8`));
  });

  it('may be as large as all IPv4 addresses, and no larger', () => {
    const most = block('2001:db8::', 2 ** 32, 6);
    expect(makeSpace({ parts: [most] }).size).toBe(2 ** 32);
    expect(() => makeSpace({ parts: [most, block('10.0.0.1', 1)] })).toThrow(
      new UsageError('the stored targets are damaged: a total of 4294967297 is not part of a target space'),
    );
  });

  it.each([
    block('255.255.255.255', 2),
    block('10.0.0.1', 0),
    block('10.0.0.1', -1),
    block('10.0.0.1', 1.5),
    block('2001:DB8::', 1, 6),
    block('2001:db8::', 1, 4),
    block('10.0.0.1', 1, 6),
    block('x', 1),
  ])('has no block of $count from $first', (part) => {
    expect(() => makeSpace({ parts: [part] })).toThrow(
      new UsageError(
        `the stored targets are damaged: '${part.first}' + ${part.count} is not part of a target space`,
      ),
    );
  });

  it('may have a block of the last address', () => {
    expect(makeSpace({ parts: [block('255.255.255.255', 1)] }).at(0).text).toBe('255.255.255.255');
    expect(makeSpace({ parts: [block('0.0.0.0', 1)] }).at(0).text).toBe('0.0.0.0');
  });
});

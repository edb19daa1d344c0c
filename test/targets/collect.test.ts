import { expect, it } from 'vitest';
import { makeCollector } from '../../src/targets/collect.ts';

const address = (text: string) => ({ text, address: text, family: 4 as const });

it('joins what goes on where the part before ended', () => {
  const { addBlock, addAddress, addName, parts } = makeCollector();
  addBlock(4, { first: 10n, last: 19n });
  addBlock(4, { first: 20n, last: 29n });
  addBlock(4, { first: 40n, last: 49n });
  addBlock(4, { first: 48n, last: 50n });
  addAddress(address('10.0.0.1'));
  addAddress(address('10.0.0.7'));
  addName({ text: 'a', name: 'a' });
  addName({ text: 'b', name: 'b' });
  addAddress(address('10.0.0.9'));
  addBlock(4, { first: 51n, last: 52n });
  expect(parts()).toEqual([
    { kind: 'block', family: 4, first: '0.0.0.10', count: 20 },
    { kind: 'block', family: 4, first: '0.0.0.40', count: 10 },
    { kind: 'block', family: 4, first: '0.0.0.48', count: 3 },
    { kind: 'addresses', addresses: [address('10.0.0.1'), address('10.0.0.7')] },
    {
      kind: 'names',
      names: [
        { text: 'a', name: 'a' },
        { text: 'b', name: 'b' },
      ],
    },
    { kind: 'addresses', addresses: [address('10.0.0.9')] },
    { kind: 'block', family: 4, first: '0.0.0.51', count: 2 },
  ]);
});

it('keeps families apart whose numbers go on', () => {
  const { addBlock, parts } = makeCollector();
  addBlock(4, { first: 2n ** 32n - 2n, last: 2n ** 32n - 1n });
  addBlock(6, { first: 2n ** 32n, last: 2n ** 32n + 1n });
  expect(parts()).toEqual([
    { kind: 'block', family: 4, first: '255.255.255.254', count: 2 },
    { kind: 'block', family: 6, first: '::1:0:0', count: 2 },
  ]);
});

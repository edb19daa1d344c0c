import { describe, expect, test } from 'vitest';
import { expectationFor, limitOf, WIRES } from './row.ts';
import { matrix } from './rows/index.ts';

const limits = matrix.flatMap((row) => WIRES.flatMap((wire) => (row[wire] ? [{ row, wire }] : [])));

test('every row has a name of its own', () => {
  const names = matrix.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test('the matrix rejects with every code that nftables can send', () => {
  const rules = matrix.flatMap((row) => row.rules ?? []).map((rule) => ('nft' in rule ? rule.nft : ''));
  const sent = (keyword: string): string[] =>
    rules.flatMap((rule) => new RegExp(` with ${keyword} type (\\S+)`).exec(rule)?.[1] ?? []);
  const codes4 = ['net', 'host', 'prot', 'port'].map((what) => `${what}-unreachable`);
  const prohibitions = ['net', 'host', 'admin'].map((what) => `${what}-prohibited`);
  expect(sent('icmp')).toEqual(expect.arrayContaining([...codes4, ...prohibitions]));
  const codes6 = [
    'no-route',
    'admin-prohibited',
    'addr-unreachable',
    'port-unreachable',
    'policy-fail',
    'reject-route',
  ];
  expect(sent('icmpv6')).toEqual(expect.arrayContaining(codes6));
});

describe('a known limit', () => {
  test.each(limits.map(({ row, wire }) => ({ name: row.name, wire, row })))(
    'of the $wire wire in $name changes what it says, and says why',
    ({ row, wire }) => {
      expect(limitOf(row, wire)?.knownLimit).toMatch(/\S/);
      expect(expectationFor(row, wire)).not.toEqual(row.expect);
    },
  );
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CONTRADICTIONS, POLICY_CODES } from '../../src/model/policy.ts';

const docs = readFileSync(join(import.meta.dirname, '../../docs/policy.md'), 'utf8');

/** Codes in the first column of the tables of the page. */
const explained = docs
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z0-9-]+)`/g)].map(([, code]) => code));

it('every code of a finding and every contradiction is explained, once', () => {
  const codes = [...POLICY_CODES, ...CONTRADICTIONS];
  expect(codes.filter((code) => explained.filter((one) => one === code).length !== 1)).toEqual([]);
});

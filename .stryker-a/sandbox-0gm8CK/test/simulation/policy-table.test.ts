import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as policy from '../../src/scanner/retry/policy.ts';

const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
const section = page.split('## Waits and retries')[1]?.split('\n## ')[0] ?? '';
/** Rows that name a constant, or a call with its arguments, and its value. */
const rows = [...section.matchAll(/^\| `(\w+)(?:\(([^)]*)\))?` \| (\S+) \|/gm)].map(
  ([, name, args, value]) => ({
    name: name ?? '',
    args: args === undefined ? null : args.split(',').map(Number),
    value: JSON.parse(value ?? 'null'),
  }),
);
const known = new Map<string, unknown>(Object.entries(policy));

describe('the table of waits and retries', () => {
  it.each(rows)('says of $name $args what the program does', ({ name, args, value }) => {
    const actual = known.get(name);
    expect(typeof actual === 'function' && args ? actual(...args) : actual).toEqual(value);
  });

  it('names every number that the policy has', () => {
    expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(known.keys()));
  });
});

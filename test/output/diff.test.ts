import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { RunDiff } from '../../src/model/history.ts';
import { renderDiffJson } from '../../src/output/diff-json.ts';
import type { diffSchema } from '../../src/output/diff-schema.ts';
import { renderDiff } from '../../src/output/diff-table.ts';
import { diffJsonSchema } from '../../src/output/json-schema.ts';
import { textOf } from './reports.ts';
import { changeOf, diffOf, runOf } from './runs.ts';

const plain = (width: number) => ({ width, colour: false, verbose: false });
const SOME = { 'newly-blocked': 2, mended: 1, appeared: 1, gone: 3, 'changed-cause': 1 };

describe('renderDiff', () => {
  const cases = [
    { name: 'some', diff: diffOf(SOME) },
    {
      name: 'many',
      diff: diffOf(
        { 'newly-blocked': 3000, mended: 2 },
        runOf({ id: '20260107T020000Z-aaaaaa', vantage: 'branch' }),
      ),
    },
    { name: 'same', diff: diffOf({}, runOf({ id: '20260107T020000Z-aaaaaa' })) },
    { name: 'uncertain', diff: diffOf({}, runOf({ id: '20260107T020000Z-aaaaaa' }), 2) },
    { name: 'uncertain-many', diff: diffOf({ mended: 1 }, runOf({ id: '20260107T020000Z-aaaaaa' }), 300) },
  ];

  it.each(cases.flatMap((one) => [40, 100].map((width) => ({ ...one, width }))))(
    '$name at $width columns',
    async ({ name, diff, width }) => {
      const text = textOf(renderDiff(diff, plain(width)));
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
      await expect(text).toMatchFileSnapshot(`golden/diff-${name}-${width}.txt`);
    },
  );

  it('claims no more than what changed: 64 hosts of a /26 are not their /24', () => {
    const text = textOf(renderDiff(diffOf({ mended: 64 }), plain(100)));
    expect(text).toContain('  - 10.1.0.0/26: 64 hosts, for example');
    expect(text).not.toContain('10.1.0.0/24');
  });

  it('lists every host when asked for all', () => {
    const text = textOf(renderDiff(diffOf({ gone: 500 }), { ...plain(100), verbose: true }));
    expect(text.match(/ {2}- pc\d+\.corp\.example/g)).toHaveLength(500);
  });

  it('lets nothing from the network steer the terminal', () => {
    const diff = diffOf(SOME, runOf({ id: '\u001b[2J', vantage: '\u202e' }));
    const bad = { ...changeOf('gone', 1), target: '\u001b]0;x\u0007', text: 'a\r\n\u009bb' };
    const text = textOf(renderDiff({ ...diff, changes: [bad] }, plain(80)));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('renderDiffJson', () => {
  it('gives back what it was given', () => {
    for (const diff of [diffOf(SOME), diffOf({}), diffOf({ gone: 1 }, runOf(), 3)])
      expect(JSON.parse(textOf(renderDiffJson(diff)))).toEqual(diff);
  });

  it('throws with the path of the field rather than print a broken diff', () => {
    const diff = diffOf({ gone: 1 });
    const broken = { ...diff, changes: [{ ...diff.changes[0], kind: 'vanished' } as never] };
    expect(() => textOf(renderDiffJson(broken))).toThrow(/changes\.0\.kind/);
    const [host] = diffOf({}, runOf(), 1).uncertain;
    const doubtful = { ...diff, uncertain: [{ ...host, before: null } as never] };
    expect(() => textOf(renderDiffJson(doubtful))).toThrow(/uncertain\.0\.before/);
  });
});

describe('the diff schema', () => {
  /** The type without `readonly`, all the way down, as zod infers it. */
  type Mutable<T> = T extends readonly (infer U)[]
    ? Mutable<U>[]
    : T extends object
      ? { -readonly [K in keyof T]: Mutable<T[K]> }
      : T;

  it('is the type of the diff, both ways', () => {
    expectTypeOf<z.infer<typeof diffSchema>>().toEqualTypeOf<Mutable<RunDiff>>();
  });

  it('is published as it stands: npm run schema writes it', () => {
    const file = join(import.meta.dirname, '../../docs/json-schema/diff-1.schema.json');
    expect(readFileSync(file, 'utf8')).toBe(diffJsonSchema());
    expect(diffJsonSchema()).not.toContain('"additionalProperties": false');
  });
});

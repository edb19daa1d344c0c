import type * as z from 'zod';
import type { RunDiff } from '../model/history.ts';
import { changeSchema, diffSchema, uncertainSchema } from './diff-schema.ts';
import { checked, jsonText } from './json-text.ts';

const list = function* (schema: z.ZodType, hosts: Iterable<unknown>, name: string): Iterable<string> {
  yield '[';
  let count = 0;
  for (const host of hosts) {
    yield `${count === 0 ? '' : ','}\n    ${jsonText(checked(schema, host, `${name}.${count}`), 2, 4)}`;
    count++;
  }
  yield count === 0 ? ']' : '\n  ]';
};

/**
 * Two runs compared, as JSON, host by host. Each part is checked against the published schema on its way out: a diff
 * that breaks the contract is a bug of ours, and throws with the path of the field.
 */
export const renderDiffJson = function* (diff: RunDiff): Iterable<string> {
  const { schema, before, after, summary } = diff;
  checked(diffSchema, { schema, before, after, changes: [], uncertain: [], summary }, 'diff');
  yield `{\n  "schema": ${jsonText(schema)},\n  "before": ${jsonText(before, 2, 2)},\n  "after": ${jsonText(after, 2, 2)},\n  "changes": `;
  yield* list(changeSchema, diff.changes, 'changes');
  yield ',\n  "uncertain": ';
  yield* list(uncertainSchema, diff.uncertain, 'uncertain');
  yield `,\n  "summary": ${jsonText(summary, 2, 2)}\n}\n`;
};

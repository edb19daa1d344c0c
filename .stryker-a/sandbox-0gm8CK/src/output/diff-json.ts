import type { RunDiff } from '../model/history.ts';
import { changeSchema, diffSchema } from './diff-schema.ts';
import { checked, jsonText } from './json-text.ts';

/**
 * Two runs compared, as JSON, change by change. Each part is checked against the published schema on its way out: a diff
 * that breaks the contract is a bug of ours, and throws with the path of the field.
 */
export const renderDiffJson = function* (diff: RunDiff): Iterable<string> {
  const { schema, before, after, summary } = diff;
  checked(diffSchema, { schema, before, after, changes: [], summary }, 'diff');
  yield `{\n  "schema": ${jsonText(schema)},\n  "before": ${jsonText(before, 2, 2)},\n  "after": ${jsonText(after, 2, 2)},\n  "changes": [`;
  let count = 0;
  for (const change of diff.changes) {
    yield `${count === 0 ? '' : ','}\n    ${jsonText(checked(changeSchema, change, `changes.${count}`), 2, 4)}`;
    count++;
  }
  yield `${count === 0 ? '' : '\n  '}],\n  "summary": ${jsonText(summary, 2, 2)}\n}\n`;
};

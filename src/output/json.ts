import type { z } from 'zod';
import type { Format } from './format.ts';
import { hostSchema, reportSchema } from './schema.ts';

const check = (schema: z.ZodType, value: unknown, at: string): void => {
  const checked = schema.safeParse(value);
  if (checked.success) return;
  const [issue] = checked.error.issues;
  throw new Error(
    `the report breaks its schema at ${[at, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`,
  );
};

const indented = (value: unknown, by: number): string =>
  JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(by)}`);

/**
 * The report as JSON, host by host. Each part is checked against the published schema on its way out: a report that breaks
 * the contract is a bug of ours, and throws with the path of the field.
 */
export const renderJson: Format = function* (report) {
  const { hosts, ...rest } = report;
  check(reportSchema, { ...rest, hosts: [] }, 'report');
  const { schema, tool, run, groups, summary } = report;
  yield `{\n  "schema": ${JSON.stringify(schema)},\n  "tool": ${indented(tool, 2)},\n  "run": ${indented(run, 2)},\n  "hosts": [`;
  let count = 0;
  for (const host of hosts) {
    check(hostSchema, host, `hosts.${count}`);
    yield `${count === 0 ? '' : ','}\n    ${indented(host, 4)}`;
    count++;
  }
  yield `${count === 0 ? '' : '\n  '}],\n  "groups": ${indented(groups, 2)},\n  "summary": ${indented(summary, 2)}\n}\n`;
};

import type { Format } from './format.ts';
import { checked, jsonText } from './json-text.ts';
import { hostSchema, reportSchema } from './schema.ts';

/**
 * The report as JSON, host by host. Each part is checked against the published schema on its way out: a report that breaks
 * the contract is a bug of ours, and throws with the path of the field.
 */
export const renderJson: Format = function* (report) {
  const { schema, tool, run, groups, summary, comparison } = report;
  const compared = comparison ? { comparison } : {};
  checked(reportSchema, { schema, tool, run, hosts: [], groups, summary, ...compared }, 'report');
  yield `{\n  "schema": ${jsonText(schema)},\n  "tool": ${jsonText(tool, 2, 2)},\n  "run": ${jsonText(run, 2, 2)},\n  "hosts": [`;
  let count = 0;
  for (const host of report.hosts) {
    yield `${count === 0 ? '' : ','}\n    ${jsonText(checked(hostSchema, host, `hosts.${count}`), 2, 4)}`;
    count++;
  }
  yield `${count === 0 ? '' : '\n  '}],\n  "groups": ${jsonText(groups, 2, 2)},\n  "summary": ${jsonText(summary, 2, 2)}${comparison ? `,\n  "comparison": ${jsonText(comparison, 2, 2)}` : ''}\n}\n`;
};

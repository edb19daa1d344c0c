import type { Format } from './format.ts';
import { reportSchema } from './schema.ts';

/**
 * The report as JSON. It is checked against the published schema on its way out: a report that breaks the contract is a
 * bug of ours, and throws with the path of the field.
 */
export const renderJson: Format = (report) => {
  const checked = reportSchema.safeParse(report);
  if (checked.success) return `${JSON.stringify(report, null, 2)}\n`;
  const [issue] = checked.error.issues;
  throw new Error(`the report breaks its schema at ${issue?.path.join('.')}: ${issue?.message}`);
};

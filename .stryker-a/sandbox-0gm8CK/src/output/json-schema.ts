import * as z from 'zod';
import { diffSchema } from './diff-schema.ts';
import { explainSchema } from './explain-schema.ts';
import { policySchema } from './policy-schema.ts';
import { reportSchema } from './schema.ts';
import { whatIfSchema } from './what-if-schema.ts';

/** Where the published schemas name themselves. */
const HOME = 'https://ra-preflight.example/json-schema';

const published = (name: string, schema: z.ZodType): string =>
  `${JSON.stringify({ $id: `${HOME}/${name}.schema.json`, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`;

/**
 * The published JSON Schema (draft 2020-12) of `ra-preflight/report@1`. It allows fields that it does not know, so that a
 * reader which validates survives an addition.
 */
export const reportJsonSchema = (): string => published('report-1', reportSchema);

/** The published JSON Schema (draft 2020-12) of `ra-preflight/diff@1`, as open to additions. */
export const diffJsonSchema = (): string => published('diff-1', diffSchema);

/** The published JSON Schema (draft 2020-12) of `ra-preflight/explain@1`, as open to additions. */
export const explainJsonSchema = (): string => published('explain-1', explainSchema);

/** The published JSON Schema (draft 2020-12) of `ra-preflight/policy@1`, as open to additions. */
export const policyJsonSchema = (): string => published('policy-1', policySchema);

/** The published JSON Schema (draft 2020-12) of `ra-preflight/what-if@1`, as open to additions. */
export const whatIfJsonSchema = (): string => published('what-if-1', whatIfSchema);

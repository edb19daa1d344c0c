import { z } from 'zod';
import { reportSchema } from './schema.ts';

/** Where the published schema names itself. */
const ID = 'https://ra-preflight.example/json-schema/report-1.schema.json';

/**
 * The published JSON Schema (draft 2020-12) of `ra-preflight/report@1`. It allows fields that it does not know, so that a
 * reader which validates survives an addition.
 */
export const reportJsonSchema = (): string =>
  `${JSON.stringify({ $id: ID, ...z.toJSONSchema(reportSchema, { io: 'input' }) }, null, 2)}\n`;

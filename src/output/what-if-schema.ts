import * as z from 'zod';
import { TOOLS } from '../model/commands.ts';
import { BARRED, type WhatIf } from '../model/what-if.ts';
import { checked, jsonText } from './json-text.ts';
import { count, time } from './schema-values.ts';

const port = z.int().min(1).max(65_535);

const step = z.object({
  id: z.string().describe('the id of the group of the report whose filter it opens'),
  signature: z.string().describe('as in that group'),
  title: z.string(),
  text: z.string().describe('the ticket in words'),
  ports: z.array(z.object({ from: port, to: port })),
  prefixes: z.array(z.string()).describe('CIDR prefixes over the hosts that need it'),
  needed: count.describe('hosts of the plan that need it'),
  makesReady: count.describe('hosts that nothing blocks any more once it is made, after the steps before it'),
  ready: count.describe('the same of all steps up to this one'),
  commands: z.array(z.string()).describe('rules to paste; none for very many prefixes'),
  tools: z.array(z.enum(TOOLS)).exactOptional().describe('what each of the commands is for'),
});

/** The contract of `report --what-if --format json`. Readers should ignore fields that they do not know. */
export const whatIfSchema = z
  .object({
    schema: z.literal('ra-preflight/what-if@1'),
    run: z.object({
      id: z.string(),
      startedAt: time,
      vantage: z.string(),
      interrupted: z.boolean(),
      running: z.literal(true).exactOptional(),
    }),
    blocked: count.describe('blocked hosts of the run'),
    openable: count.describe('of them, those blocked by filters of the network alone'),
    untested: count.describe('of the openable, those with a requirement that could not be tested'),
    order: z
      .enum(['exact', 'greedy'])
      .describe('exact: no other order of the steps makes hosts ready sooner'),
    steps: z.array(step).describe('in the order in which they make hosts ready soonest'),
    barred: z
      .array(z.object({ why: z.enum(BARRED), hosts: count, examples: z.array(z.string()) }))
      .describe('blocked hosts that no opening makes ready'),
    undetermined: count.describe('hosts that stay undetermined'),
    clearSoFar: count.describe('of the undetermined'),
    unreachable: count.describe('hosts that stay unreachable'),
  })
  .describe('The openings of filters that make the blocked hosts of a run of ra-preflight ready');

/** The openings as indented JSON. What breaks the published schema is a bug of ours, and throws with the path of the field. */
export const renderWhatIfJson = (whatIf: WhatIf): string =>
  `${jsonText(checked(whatIfSchema, whatIf, 'what-if'), 2)}\n`;

import * as z from 'zod';
import { REQUIREMENTS } from '../model/evidence.ts';
import { POLICY_CODES } from '../model/policy.ts';

const text = z.string().describe('which result speaks for this cause');

const proof = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('check'),
    name: z.enum(REQUIREMENTS).describe('a requirement of the report'),
    text,
  }),
  z.object({
    by: z.literal('policy'),
    name: z.string().describe('the setting, as the group policy editor names it'),
    codes: z.array(z.enum(POLICY_CODES)).describe('findings of policy check that show it'),
    text,
  }),
  z.object({
    by: z.literal('look'),
    name: z.string().describe('where to look; no command of ours sees it'),
    text,
  }),
]);

const question = z.string().describe('as typed, cleaned and cut to 200 characters');

/** The contract of `explain --format json`. Readers should ignore fields that they do not know. */
export const explainSchema = z.object({
  schema: z.literal('ra-preflight/explain@1'),
  codes: z.array(
    z.discriminatedUnion('known', [
      z.object({ question, known: z.literal(false) }),
      z.object({
        question,
        known: z.literal(true),
        code: z.string().describe('0x800706BA, DCOM 10028, or the short name of a text'),
        name: z.string().nullable().describe("the symbol in Microsoft's headers"),
        says: z.string().describe('what Windows in English says'),
        cause: z.string(),
        proofs: z.array(proof),
        changes: z.array(z.string()).describe('what to change, most likely first'),
        sources: z.array(z.string()),
      }),
    ]),
  ),
});

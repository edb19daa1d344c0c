import * as z from 'zod';
import { CONTRADICTIONS, NOVICES, POLICY_CODES, POLICY_SCHEMA } from '../model/policy.ts';

/** One finding of a policy check, as in `findings[]`. */
export const policyFindingSchema = z.object({
  code: z.enum(POLICY_CODES).describe('what was found, from the list in docs/policy.md'),
  setting: z
    .string()
    .describe('the setting as the group policy editor names it, or the value or rule by its own name'),
  state: z.enum(['ok', 'wrong', 'missing', 'unknown']),
  value: z.string().nullable().describe('as it is set; null where it is not, or not known'),
  expected: z.string().nullable(),
  file: z.string().nullable().describe('the file that says it'),
  gpo: z.string().nullable().describe('the group policy object, where known'),
  precedence: z.int().min(1).nullable().describe('1 is the one that wins; null where not known'),
  control: z.string().nullable().describe('the control of a security baseline that asks for what was found'),
  where: z.string().nullable().describe('the registry value or firewall rule that decided'),
  text: z.string(),
  remedy: z.string().nullable().describe('what to change; null where nothing is to be'),
  decides: z.boolean().describe('whether the verdict rests on it'),
  certain: z.boolean().describe('false where a policy that was not given may make it another'),
  ports: z.array(z.int().min(1).max(65_535)).describe('TCP ports that it opens or closes'),
  profiles: z.array(z.string()).describe('firewall profiles that it counts in'),
});

const novice = z.enum(NOVICES);
const verdict = z
  .enum(['ready', 'blocked', 'undetermined'])
  .describe('whether the policy lets offers through, as far as the files say');

/** What policy files say of a host, as in `hosts[].policy`. */
export const hostPolicySchema = z.object({
  novice: novice.describe('the kind of novice that the host is, or most favourably may be'),
  verdict,
  forbids: z
    .boolean()
    .describe('whether it forbids offers for certain, to every kind of novice that the host may be'),
  findings: z.array(policyFindingSchema),
  contradictions: z.array(
    z.object({ code: z.enum(CONTRADICTIONS), text: z.string(), ports: z.array(z.int().min(1).max(65_535)) }),
  ),
});

/** The contract of `policy check --format json`. Readers should ignore fields that they do not know. */
export const policySchema = z
  .object({
    schema: z.literal(POLICY_SCHEMA),
    novice,
    verdict,
    findings: z.array(policyFindingSchema),
  })
  .describe('What policy files mean for offers of Remote Assistance to one kind of novice');

import type { PolicyReport } from '../model/policy.ts';
import type { FormatOptions } from './format.ts';

type PolicyFormat = (report: PolicyReport, options: FormatOptions) => Iterable<string>;

/** The formats of a policy report by the names that `--format` takes, each loaded when it is asked for. */
export const policyFormats = {
  table: async (): Promise<PolicyFormat> => (await import('./policy-table.ts')).renderPolicyTable,
  json: async (): Promise<PolicyFormat> => (await import('./policy-machine.ts')).renderPolicyJson,
  csv: async (): Promise<PolicyFormat> => (await import('./policy-machine.ts')).renderPolicyCsv,
  junit: async (): Promise<PolicyFormat> => (await import('./policy-machine.ts')).renderPolicyJunit,
  html: async (): Promise<PolicyFormat> => (await import('./policy-html.ts')).renderPolicyHtml,
} as const;

/** All formats of `policy check`, in the order in which help lists them. */
export const policyFormatNames = Object.keys(policyFormats) as readonly (keyof typeof policyFormats)[];

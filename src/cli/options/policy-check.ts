import { NOVICES } from '../../model/policy.ts';
import { policyFormatNames } from '../../output/policy-formats.ts';
import type { ValuesOf } from './declare.ts';
import { oneOf, orNull } from './kinds.ts';
import { SCAN } from './scan.ts';
import { OUTPUT } from './shared.ts';

/** Options of `policy check`. */
export const POLICY_CHECK = {
  novice: {
    long: 'novice',
    kind: orNull(oneOf(NOVICES, 'kind')),
    help: `Windows of the novice: ${NOVICES.join(', ')}`,
    standard: null,
    standardWords: 'vista-or-later, named as assumed',
  },
  format: {
    long: 'format',
    kind: orNull(oneOf(policyFormatNames)),
    help: `${policyFormatNames.join(', ')} (default by the ending of -o FILE, else table)`,
    standard: null,
  },
  output: OUTPUT,
  colour: SCAN.colour,
  verbose: { ...SCAN.verbose, help: 'also values and sources of the settings that are right' },
} as const;

/** The values of the options of `policy check`. */
export type PolicyCheckOptions = ValuesOf<typeof POLICY_CHECK>;

import { NOVICES } from '../../model/policy.ts';
import type { ValuesOf } from './declare.ts';
import { flag, oneOf, orNull, texts } from './kinds.ts';
import { rpcRange } from './scan-kinds.ts';
import { OUTPUT } from './shared.ts';

/** How a policy can be written. */
export const POLICY_FORMATS = ['pol', 'reg', 'powershell', 'lgpo'] as const;

/** Options of `policy make`. Null and empty: not given. */
export const MAKE = {
  novice: {
    long: 'novice',
    kind: orNull(oneOf(NOVICES, 'kind')),
    help: `Windows of the novices: ${NOVICES.join(', ')}`,
    standard: null,
  },
  helpers: {
    long: 'helpers',
    kind: texts('name', null),
    help: 'who may offer, as DOMAIN\\user or DOMAIN\\group ("CONTOSO\\Helpdesk"); may be repeated',
    standard: [],
  },
  viewOnly: { long: 'view-only', kind: flag, help: 'helpers may only view, not control', standard: false },
  from: {
    long: 'from',
    kind: texts('cidr', null),
    help: "the helpers' network, instead of everywhere; may be repeated",
    standard: [],
  },
  rpcPorts: {
    long: 'rpc-ports',
    kind: rpcRange,
    help: 'restrict RPC servers to these ports, e.g. 5000-5199 (KB300083)',
    standard: null,
  },
  format: {
    long: 'format',
    kind: orNull(oneOf(POLICY_FORMATS)),
    help: `${POLICY_FORMATS.join(', ')} (default by the ending of -o: .pol, .reg, .ps1)`,
    standard: null,
  },
  output: OUTPUT,
} as const;

/** The values of the options of `policy make`. */
export type MakeOptions = ValuesOf<typeof MAKE>;

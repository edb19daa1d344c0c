/** The novices that Microsoft's documents on offers tell apart. */
export type Novice = 'xp-sp2' | 'xp-x64-sp1' | 'server-2003-sp1' | 'vista-or-later';

/** All of them, the oldest first. */
export const NOVICES: readonly Novice[] = ['xp-sp2', 'xp-x64-sp1', 'server-2003-sp1', 'vista-or-later'];

/** The JSON contract of `policy check`. Adding is free; changing or removing needs `@2`. */
export const POLICY_SCHEMA = 'ra-preflight/policy@1';

/** Whether a policy lets offers through, as far as the files say. */
export type PolicyVerdict = 'ready' | 'blocked' | 'undetermined';

/** How a setting stands: `unknown` where the files do not say. */
export type PolicyState = 'ok' | 'wrong' | 'missing' | 'unknown';

/** All that a finding can say; docs/policy.md explains each. */
export const POLICY_CODES = [
  'offers-enabled',
  'offers-disabled',
  'offers-not-configured',
  'full-control',
  'view-only',
  'helpers-listed',
  'helpers-none',
  'helper-malformed',
  'solicited-disabled',
  'solicited-not-disabled',
  'connections-allowed',
  'connections-denied',
  'connections-not-configured',
  'connections-not-needed',
  'dcom-enabled',
  'dcom-disabled',
  'dcom-not-set',
  'dcom-limits-grant',
  'dcom-limits-deny',
  'dcom-limits-unclear',
  'dcom-limits-invalid',
  'dcom-limits-default',
  'rpc-clients-accepted',
  'rpc-clients-refused',
  'mapper-authentication',
  'rpc-ports-default',
  'rpc-ports-restricted',
  'rpc-ports-few',
  'rpc-ports-invalid',
  'firewall-off',
  'exceptions-forbidden',
  'exception-present',
  'exception-missing',
  'exception-disabled',
  'exception-malformed',
  'exceptions-conflict',
  'exceptions-ignored',
  'inbound-allowed',
  'rule-present',
  'rule-missing',
  'rule-disabled',
  'rule-other-profile',
  'rule-blocks',
  'local-rules-ignored',
  'network-not-domain',
  'desktop-exception',
  'desktop-always-open',
  'sessmgr-without-effect',
  'wrong-type',
  'near-miss',
  'misplaced',
  'overruled',
  'gpo-disabled',
  'localised-report',
  'unreadable-entry',
  'assumed',
  'not-judged',
] as const;

/** The code of a finding, a stable name. */
export type PolicyCode = (typeof POLICY_CODES)[number];

/** What was found out about one setting, or what could not be. */
export interface PolicyFinding {
  readonly code: PolicyCode;
  /** The setting as the group policy editor names it, or the value or rule by its own name. */
  readonly setting: string;
  readonly state: PolicyState;
  /** As it is set, null where it is not, or not known. */
  readonly value: string | null;
  readonly expected: string | null;
  readonly file: string | null;
  readonly gpo: string | null;
  /** 1 is the one that wins. */
  readonly precedence: number | null;
  /** What a security baseline asks for, where that is what was found. */
  readonly control: string | null;
  /** The registry value or firewall rule that decided. */
  readonly where: string | null;
  readonly text: string;
  /** What to change; null where nothing is to be. */
  readonly remedy: string | null;
  /** Whether the verdict rests on it; the others are remarks. */
  readonly decides: boolean;
  /** False where a policy that was not given may make it another. */
  readonly certain: boolean;
  /** TCP ports that it opens or closes. */
  readonly ports: readonly number[];
  /** Firewall profiles that it counts in: `domain`, `private`, `public`; empty where it is not about one. */
  readonly profiles: readonly string[];
}

/** What policy files mean for offers to one kind of novice. */
export interface PolicyReport {
  readonly schema: typeof POLICY_SCHEMA;
  readonly novice: Novice;
  readonly verdict: PolicyVerdict;
  readonly findings: readonly PolicyFinding[];
}

/** Where the policy and the network contradict each other; docs/policy.md explains each. */
export const CONTRADICTIONS = [
  'policy-open-network-closed',
  'policy-closed-network-open',
  'other-profile-suspected',
  'answers-although-on-demand',
] as const;

/** A policy that the network does not bear out: what the files allow and the probes found filtered, or the reverse. */
export interface Contradiction {
  readonly code: (typeof CONTRADICTIONS)[number];
  readonly text: string;
  readonly ports: readonly number[];
}

/** What policy files say of a host, by the kind of novice that it is, or that it most favourably may be. */
export interface HostPolicy {
  readonly novice: Novice;
  readonly verdict: PolicyVerdict;
  /** Whether it forbids offers to every kind of novice that the host may be, whatever other policies say. */
  readonly forbids: boolean;
  readonly findings: readonly PolicyFinding[];
  readonly contradictions: readonly Contradiction[];
}

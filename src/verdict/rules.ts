import type { RequirementName } from '../model/evidence.ts';

/**
 * Every rule for one host, by what it speaks about, in the order in which they are tried. Names are stable: scripts rely on them, and
 * docs/verdicts.md explains each.
 */
export const RULES = {
  'endpoint-mapper': [
    'mapper-not-asked',
    'mapper-reset-on-way',
    'mapper-rejected',
    'mapper-dropped-on-way',
    'mapper-some-flows',
    'mapper-limited',
    'mapper-stalled',
    'mapper-answers',
    'mapper-listing-refused',
    'mapper-refuses-anonymous',
    'mapper-foreign',
    'mapper-mute',
    'mapper-hung-up',
    'mapper-accepts',
    'mapper-refused',
    'mapper-silent',
    'mapper-no-answer',
  ],
  'remote-desktop': [
    'desktop-not-needed',
    'desktop-not-asked',
    'desktop-reset-on-way',
    'desktop-rejected',
    'desktop-dropped-on-way',
    'desktop-some-flows',
    'desktop-limited',
    'desktop-answers',
    'desktop-foreign',
    'desktop-accepts',
    'desktop-refused',
    'desktop-refused-unverified',
    'desktop-silent',
    'desktop-stealth',
    'desktop-no-answer',
  ],
  'dynamic-rpc': [
    'dynamic-not-asked',
    'dynamic-rejected',
    'dynamic-reset-on-way',
    'dynamic-dropped-on-way',
    'dynamic-some-flows',
    'dynamic-listed-refused',
    'dynamic-selective',
    'dynamic-limited',
    'dynamic-accepts-everything',
    'dynamic-listed-foreign',
    'dynamic-refused-block',
    'dynamic-refused-unverified',
    'dynamic-all-answered',
    'dynamic-listed-answer',
    'dynamic-listed-partly',
    'dynamic-listed-silent',
    'dynamic-open-unlisted',
    'dynamic-silent',
    'dynamic-no-answer',
  ],
  host: [
    'name-not-found',
    'name-lookup-failed',
    'address-forbidden',
    'stopped-answering',
    'interrupted',
    'local-fault',
    'nothing-asked',
    'host-unreachable',
    'answers-limited',
    'no-answer',
    'clear-so-far',
  ],
  remark: [
    'address-translation',
    'resolver-refused',
    'narrow-range',
    'session-port',
    'other-addresses',
    'lossy-path',
    'several-paths',
    'reaches-last-router',
    'old-protocol',
    'refusals-limited',
    'refusals-unseen',
    'not-visible',
  ],
} as const satisfies Readonly<Record<RequirementName | 'host' | 'remark', readonly string[]>>;

/** Rules that need the whole run: no single host's evidence can make them match. */
export const ACROSS_HOSTS = [
  'group-raised',
  'witness-clear',
  'witness-filtered',
  'witness-disagree',
  'witness-none',
] as const;

export type RuleName = (typeof RULES)[keyof typeof RULES][number] | (typeof ACROSS_HOSTS)[number];

/** Rules that leave a requirement open because nothing but silence was seen, which a healthy Windows Firewall shows as well. */
export const BY_SILENCE: ReadonlySet<string> = new Set<RuleName>([
  'desktop-stealth',
  'dynamic-listed-silent',
  'dynamic-open-unlisted',
  'dynamic-silent',
]);

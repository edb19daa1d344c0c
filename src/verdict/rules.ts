import type { RequirementName } from '../model/evidence.ts';

/** What the rest of the program needs to know of a rule that decided something, beside its name. */
export interface RuleTraits {
  /** A filter showed itself, by what it does to packets: nothing is inferred from silence. */
  readonly filter?: 'drop' | 'icmp' | 'reset' | 'some-flows';
  /** The requirement fails without a filter of the report: nothing listens there, something else does, or neighbours drop. */
  readonly failsBy?: 'closed' | 'foreign' | 'drop';
  /** Rests on nothing but silence, which a stealthy host and a filter share. */
  readonly silence?: true;
  /** A doubt that nothing but the silence of a Windows firewall gives rise to, and what cannot be tested then. */
  readonly untestable?: 'TCP 3389' | 'the dynamic RPC ports';
  /** The endpoint mapper passes by it: it answered RPC. */
  readonly answersRpc?: true;
  /** A pass that may stand on refusals. */
  readonly passesByRefusal?: true;
  /** A pass that rests on the servers which answer, beside silence that nobody accounts for. */
  readonly passesByServers?: true;
  /** Somebody refuses the ports, which the Windows Firewall never does: it stays silent. */
  readonly refused?: true;
  /** Something in between may answer for the host or look into its traffic. */
  readonly relayed?: true;
  /** A doubt that ends where a program on the novice's side answers with a key: a responder helps. */
  readonly provable?: true;
  /** A limit on answers, or something that watches for scans, decided. */
  readonly limited?: true;
  /** No probe could be sent: trouble of this machine. */
  readonly ownTrouble?: true;
  /** This run can say nothing of the host: it was left out, cut short, or no probe left this machine. */
  readonly saysNothing?: true;
  /** Silence of the host is no answer then that its neighbours could explain. */
  readonly spoilsSilence?: true;
}

/**
 * Every rule for one host, by what it speaks about, in the order in which they are tried, with its traits. Names are stable: scripts
 * rely on them, and docs/verdicts.md explains each. Nothing is read from a name.
 */
export const RULES = {
  'endpoint-mapper': {
    'mapper-not-asked': { ownTrouble: true },
    'mapper-reset-on-way': { filter: 'reset' },
    'mapper-rejected': { filter: 'icmp' },
    'mapper-dropped-on-way': { filter: 'drop' },
    'mapper-some-flows': { filter: 'some-flows' },
    'mapper-limited': { limited: true },
    'mapper-stalled': {},
    'mapper-went-silent': {},
    'mapper-answers': { answersRpc: true },
    'mapper-listing-refused': { answersRpc: true },
    'mapper-refuses-anonymous': { answersRpc: true },
    'mapper-foreign': { failsBy: 'foreign' },
    'mapper-mute': { relayed: true, provable: true },
    'mapper-hung-up': { relayed: true, provable: true },
    'mapper-path-proven': {},
    'mapper-accepts': { provable: true },
    'mapper-stand-in': { passesByRefusal: true },
    'mapper-stand-in-silent': {},
    'mapper-refused': { failsBy: 'closed', refused: true },
    'mapper-silent': {},
    'mapper-no-answer': {},
  },
  'remote-desktop': {
    'desktop-not-needed': {},
    'desktop-not-asked': { ownTrouble: true },
    'desktop-reset-on-way': { filter: 'reset' },
    'desktop-rejected': { filter: 'icmp' },
    'desktop-dropped-on-way': { filter: 'drop' },
    'desktop-some-flows': { filter: 'some-flows' },
    'desktop-limited': { limited: true },
    'desktop-answers': {},
    'desktop-path-proven': {},
    'desktop-intercepted': { failsBy: 'foreign' },
    'desktop-foreign': { relayed: true, provable: true },
    'desktop-accepts': { provable: true },
    'desktop-path-filtered': {},
    'desktop-refused': { passesByRefusal: true },
    'desktop-refused-unverified': { refused: true, provable: true },
    'desktop-silent': {},
    'desktop-stealth': { silence: true, provable: true, untestable: 'TCP 3389' },
    'desktop-no-answer': {},
  },
  'dynamic-rpc': {
    'dynamic-not-asked': { ownTrouble: true },
    'dynamic-rejected': { filter: 'icmp' },
    'dynamic-reset-on-way': { filter: 'reset' },
    'dynamic-dropped-on-way': { filter: 'drop' },
    'dynamic-some-flows': { filter: 'some-flows' },
    'responder-ended': {},
    'responder-own-firewall': {},
    'responder-intercepted': { failsBy: 'foreign' },
    'responder-answer-lost': {},
    'responder-reset': {},
    'responder-lost-back': {},
    'responder-lost-there': {},
    'responder-filtered': {},
    'responder-limited': { limited: true },
    'responder-large-lost': {},
    'responder-path-proven': {},
    'dynamic-listed-refused': { relayed: true, provable: true },
    'dynamic-selective': {},
    'dynamic-limited': { limited: true },
    'dynamic-accepts-everything': { relayed: true, provable: true },
    'dynamic-listed-foreign': { relayed: true, provable: true },
    'dynamic-refused-block': { silence: true, relayed: true, provable: true },
    'dynamic-refused-unverified': { refused: true, relayed: true, provable: true },
    'dynamic-all-answered': { passesByRefusal: true },
    'dynamic-listed-answer': { passesByServers: true },
    'dynamic-listed-partly': { provable: true },
    'dynamic-listed-silent': { silence: true, untestable: 'the dynamic RPC ports', provable: true },
    'dynamic-open-unlisted': { untestable: 'the dynamic RPC ports', provable: true },
    'dynamic-silent': { silence: true, untestable: 'the dynamic RPC ports', provable: true },
    'dynamic-no-answer': {},
  },
  host: {
    'name-not-found': {},
    'name-lookup-failed': {},
    'address-forbidden': { saysNothing: true },
    'stopped-answering': { saysNothing: true, limited: true, spoilsSilence: true },
    interrupted: { saysNothing: true, spoilsSilence: true },
    'local-fault': { saysNothing: true },
    'nothing-asked': { saysNothing: true },
    'host-unreachable': {},
    'answers-limited': { saysNothing: true, spoilsSilence: true },
    'no-answer': {},
    'clear-so-far': {},
  },
  remark: {
    'address-translation': { spoilsSilence: true },
    'resolver-refused': {},
    'narrow-range': {},
    'session-port': {},
    'other-addresses': {},
    'lossy-path': {},
    'several-paths': {},
    'reaches-last-router': {},
    'old-protocol': {},
    'refusals-limited': {},
    'refusals-unseen': {},
    'responder-absent': {},
    'responder-idle-lost': {},
    'responder-sees-other-source': {},
    'not-visible': {},
  },
} as const satisfies Readonly<
  Record<RequirementName | 'host' | 'remark', Readonly<Record<string, RuleTraits>>>
>;

/** Rules that need more than the evidence about one host: its neighbours, witnesses, or a rehearsal of the offer. */
const ACROSS_HOSTS = {
  'group-raised': { failsBy: 'drop' },
  'witness-clear': {},
  'witness-filtered': { failsBy: 'drop' },
  'witness-disagree': {},
  'witness-none': {},
  'rehearsal-works': {},
  'rehearsal-call-failed': {},
  'rehearsal-failed': {},
  'rehearsal-unknown': {},
  'vantage-sick': { saysNothing: true },
} as const satisfies Readonly<Record<string, RuleTraits>>;

type KeyIn<T> = T extends unknown ? keyof T : never;

/** The name of a rule: stable, listed in docs/verdicts.md. */
export type RuleName = KeyIn<(typeof RULES)[keyof typeof RULES]> | keyof typeof ACROSS_HOSTS;

const TRAITS: ReadonlyMap<string, RuleTraits> = new Map(
  [...Object.values(RULES), ACROSS_HOSTS].flatMap((rules) => Object.entries<RuleTraits>(rules)),
);

/** The traits of a rule; none of a name that only a later version knows: reports are read from the history too. */
export const traitsOf = (rule: string): RuleTraits => TRAITS.get(rule) ?? {};

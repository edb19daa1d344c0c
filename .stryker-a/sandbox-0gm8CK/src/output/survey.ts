import { inPieces } from '../model/in-pieces.ts';
import type { Group, HostReport, Remedy, ReportSource } from '../model/report.ts';
import { noShownCounts, type ShownVerdict, shownVerdict } from '../model/shown-verdict.ts';
import { hostName, likelyRemedies } from './report-words.ts';
import { bySubnet, coverOf, type Subnet, subnetOf } from './subnets.ts';

/** From how many hosts on a report is told by subnet first, and not host by host. */
const MANY = 24;

/** Whether a report is an audit of many hosts rather than a check of a few. */
export const isMany = ({ summary }: Pick<ReportSource, 'summary'>): boolean => summary.hosts > MANY;

/** How the hosts of one LAN did. `subnet` null: hosts without an address. */
export interface SubnetCounts extends Readonly<Record<ShownVerdict, number>> {
  readonly subnet: Subnet | null;
  readonly hosts: number;
}

/** A rule that blocks hosts which share no finding, and one of them. Texts are not cleaned. */
export interface LoneRule {
  readonly rule: string;
  readonly hosts: number;
  readonly example: string;
  readonly text: string;
}

/** A remedy that several hosts ask for. `same`: word for word; otherwise `remedy` is that of the host `example`. */
export interface SharedRemedy {
  readonly remedy: Remedy;
  readonly hosts: number;
  readonly example: string;
  readonly same: boolean;
}

/** What a report of many hosts comes down to. */
export interface Survey {
  /** Those where something answered, the worst first. */
  readonly subnets: readonly SubnetCounts[];
  /** Subnets in which nothing answered at all, and the hosts in them. */
  readonly silent: readonly SubnetCounts[];
  /** Blocked hosts outside every group, by the first reason, most hosts first. */
  readonly lone: readonly LoneRule[];
  /** Remedies of the blocked hosts, most hosts first. */
  readonly remedies: readonly SharedRemedy[];
}

/** Rules and remedies are few by nature; a report that names more kinds than this is cut, so that memory stays flat. */
const MOST_KINDS = 256;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const countSubnet = (counts: Map<string, Writable<SubnetCounts>>, host: HostReport): void => {
  const subnet = subnetOf(host.address);
  const key = subnet?.text ?? '';
  let entry = counts.get(key);
  if (!entry) {
    entry = { subnet, hosts: 0, ...noShownCounts() };
    counts.set(key, entry);
  }
  entry.hosts++;
  entry[shownVerdict(host)]++;
};

const countLone = (rules: Map<string, Writable<LoneRule>>, host: HostReport): void => {
  const [because] = host.because;
  const rule = because?.rule ?? '';
  const entry = rules.get(rule);
  if (entry) entry.hosts++;
  else if (rules.size < MOST_KINDS)
    rules.set(rule, { rule, hosts: 1, example: hostName(host), text: because?.text ?? '' });
};

const sameWords = (a: Remedy, b: Remedy): boolean =>
  a.text === b.text && a.commands.join('\n') === b.commands.join('\n');

const countRemedies = (
  remedies: Map<string, Writable<SharedRemedy>>,
  host: HostReport,
  isLocated: boolean,
): void => {
  for (const remedy of likelyRemedies(host)) {
    // Where a finding places the filter on the path, nothing is to be changed on its hosts.
    if (isLocated && remedy.where === 'novice') continue;
    const key = `${remedy.id} ${remedy.title}`;
    const entry = remedies.get(key);
    if (entry) {
      entry.hosts++;
      entry.same &&= sameWords(entry.remedy, remedy);
    } else if (remedies.size < MOST_KINDS)
      remedies.set(key, { remedy, hosts: 1, example: hostName(host), same: true });
  }
};

const worstFirst = (a: SubnetCounts, b: SubnetCounts): number =>
  b.blocked - a.blocked ||
  b.undetermined - a.undetermined ||
  b['clear-so-far'] - a['clear-so-far'] ||
  bySubnet(a.subnet, b.subnet);

const mostHosts = (a: { readonly hosts: number }, b: { readonly hosts: number }): number => b.hosts - a.hosts;

/** Whether a finding says where in the network the filter is. */
const isPlaced = ({ signature, commands }: Group): boolean =>
  commands.length > 0 && / (by|after|before) /.test(signature);

/**
 * Walks the hosts once and keeps counters only: memory grows with the subnets, not with the hosts. Gives the survey, and empty
 * pieces on the way.
 */
export const surveyOf = function* ({
  hosts,
  groups,
}: Pick<ReportSource, 'hosts' | 'groups'>): Generator<'', Survey> {
  const subnets = new Map<string, Writable<SubnetCounts>>();
  const lone = new Map<string, Writable<LoneRule>>();
  const remedies = new Map<string, Writable<SharedRemedy>>();
  const inGroup = coverOf(groups.flatMap(({ prefixes }) => prefixes));
  const isLocated = coverOf(groups.filter(isPlaced).flatMap(({ prefixes }) => prefixes));
  yield* inPieces(hosts, (host) => {
    countSubnet(subnets, host);
    if (host.verdict !== 'blocked') return;
    if (host.address === null || !inGroup(host.address)) countLone(lone, host);
    countRemedies(remedies, host, host.address !== null && isLocated(host.address));
  });
  const isSilent = ({ hosts: count, unreachable }: SubnetCounts): boolean => count === unreachable;
  const all = [...subnets.values()].sort(worstFirst);
  return {
    subnets: all.filter((one) => !isSilent(one)),
    silent: all.filter(isSilent),
    lone: [...lone.values()].sort(mostHosts),
    remedies: [...remedies.values()].sort(mostHosts),
  };
};

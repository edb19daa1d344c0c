import type { HostReport } from '../../model/report.ts';
import { shortAndList } from '../../text/and-list.ts';
import { DESKTOP, type Zones, zonesOf } from '../zones.ts';
import type { WhyNot } from './named-witnesses.ts';

/** Witnesses that a sentence names. */
const MOST_NAMED = 2;

/** `10.1.2.7`, `10.1.2.7 and 10.1.2.9`, `10.1.2.7, 10.1.2.9 and 3 more` */
export const namesWords = (names: readonly string[]): string => shortAndList(names, MOST_NAMED);

/** The ports of some zones as a report on this host has them: `49152-65535`, `3389 and 1025-65535`. */
export const portsWords = (report: HostReport, zones: Zones): string => {
  const ranges: { from: number; to: number }[] = [];
  for (const { zone, range } of zonesOf(report)) {
    if ((zones & zone) === 0) continue;
    const last = ranges.at(-1);
    if (last && last.to + 1 === range.from) last.to = range.to;
    else ranges.push({ ...range });
  }
  const words = ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`));
  return [...((zones & DESKTOP) === 0 ? [] : ['3389']), ...words].join(' and ');
};

const isOne = (names: readonly string[]): boolean => names.length === 1;

/** `Another machine of its subnet, 10.1.2.7,` */
const subject = (names: readonly string[]): string =>
  `${isOne(names) ? 'Another machine' : 'Other machines'} of its subnet, ${namesWords(names)},`;

/**
 * What passes, and what that leaves open. `followed`: packets to the host itself were seen at the last router; `isSure`: the wire could
 * tell whose the resets are.
 */
export const clearWords = (
  ports: string,
  {
    by,
    followed,
    isSure,
  }: { readonly by: readonly string[]; readonly followed: boolean; readonly isSure: boolean },
): string =>
  [
    `${subject(by)} ${isOne(by) ? 'answers' : 'answer'} on ${ports}, so the network most likely passes ${ports.includes('-') ? 'the range' : 'the port'}; the novice's own firewall (or a rule of the last router for this one host) remains untested.`,
    followed
      ? ''
      : ' Packets to this host itself were not traced: it is assumed to be behind the same router as its neighbours.',
    isSure
      ? ''
      : ' This engine cannot tell who sent the resets, and a device in between may send them for such a machine.',
  ].join('');

/** What does not pass. */
export const filteredWords = (by: readonly string[], ports: string): string =>
  `${subject(by)} answer elsewhere and are silent on the same ports of ${ports}, so the network most likely drops them for the whole subnet. The silence of this host alone proves nothing, but it fits.`;

/** Machines that do not agree. */
export const disagreeWords = (clear: readonly string[], against: readonly string[], ports: string): string =>
  `Machines of its subnet disagree about ${ports}: ${namesWords(clear)} ${isOne(clear) ? 'answers' : 'answer'} on all of it, and for ${namesWords(against)} some of it is filtered. So they prove nothing about this host.`;

const WHY: Readonly<Record<WhyNot, string>> = {
  gone: 'did not answer',
  itself: 'is this host itself',
  elsewhere: 'is not in the same /24 (IPv6: /64), where other filters may hold',
  'not-measured':
    'cannot be shown to lie behind the same router, since the path to this host was not measured: that takes an engine that sets the TTL of its probes (--engine linux, syn, or windows from Windows 10 2004 on; node cannot), and no --no-locate',
  'route-unknown':
    'cannot be shown to lie behind the same router, since its path was not measured or the last router does not answer traces',
  'other-route': 'lies behind another router',
  'not-followed':
    "answers there, but packets to this host's silent ports were not seen at the last router, so a router before it may drop them",
  'not-held': 'answered at first, but not when it was probed again at the end',
  'says-nothing':
    'does not answer by itself on these ports: it is silent like this host, something else accepts or resets for it, or too few ports were probed',
  'filtered-alone':
    'is filtered there too, which may be its own firewall or a rule for it alone; a second machine that is filtered in the same way would settle it',
};

/** Why the machines that were named say nothing. */
export const noneWords = (why: readonly { readonly name: string; readonly why: WhyNot }[]): string =>
  `${isOne(why.map(({ name }) => name)) ? 'The witness says' : 'The witnesses say'} nothing about this host: ${why.map(({ name, why: fault }) => `${name} ${WHY[fault]}`).join('; ')}.`;

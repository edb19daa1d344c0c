import type { HostReport, RangeReport, Report } from '../../src/model/report.ts';
import type { AuditExpectation, Expectation, Place, RuleSaying, WireName } from './row.ts';

interface Ground {
  readonly wire: WireName;
  placeOf(place: Place): string;
}

const ruleDifferences = (report: HostReport, expected: readonly RuleSaying[]): string[] => {
  const named = new Set([...report.because, ...report.requirements].map(({ rule }) => rule));
  const got = [...named].join(', ');
  return expected.flatMap((saying) => {
    const [, not = '', rule = '', verdict] = /^(!?)(\S+)(?: if (\S+))?$/.exec(saying) ?? [];
    if (verdict !== undefined && verdict !== report.verdict) return [];
    return named.has(rule) === (not === '') ? [] : [`rules: expected ${saying}, got ${got}`];
  });
};

/** A stretch as a row writes it, with its numbers. */
const parse = (stretch: string): { from: number; to: number; state: string } => {
  const [, from, to, state = ''] = /^(\d+)-(\d+) (\w+)$/.exec(stretch) ?? [];
  return { from: Number(from), to: Number(to), state };
};

/**
 * A stretch called reachable may be a part of a real one, since silence on both sides hides the rest of it. The edges of one
 * called exactly filtered must be real edges. What is not exact must at least touch a real one.
 */
const isReal = ({ from, to, state, exact }: RangeReport, real: ReturnType<typeof parse>): boolean => {
  if (state !== real.state) return false;
  if (!exact) return from <= real.to && real.from <= to;
  return state === 'filtered' ? from === real.from && to === real.to : real.from <= from && to <= real.to;
};

/** Wrong stretches that are written out: an invented map has dozens. */
const SHOWN = 5;

const stretchDifferences = (report: HostReport, expected: readonly string[]): string[] => {
  const real = expected.map(parse);
  const wrong = report.ranges
    .filter(({ state }) => state === 'filtered' || state === 'reachable')
    .filter((range) => !real.some((one) => isReal(range, one)))
    .map(({ from, to, state, exact }) => `${exact ? '' : 'about '}${from}-${to} ${state}`);
  if (wrong.length === 0) return [];
  const more = wrong.length > SHOWN ? ` and ${wrong.length - SHOWN} more` : '';
  const truth = expected.join(', ') || 'not to be known';
  return [`ranges: the truth is ${truth}, got ${wrong.slice(0, SHOWN).join(', ')}${more}`];
};

const flowDifferences = (report: HostReport, expected: NonNullable<Expectation['flows']>): string[] =>
  Object.entries(expected).flatMap(([number, want]) => {
    const { asked, answered } = report.ports.find(({ port }) => port === Number(number))?.flows ?? {
      asked: 0,
      answered: 0,
    };
    const right = want === 'all' ? asked > 0 && answered === asked : answered > 0 && answered < asked;
    return right ? [] : [`TCP ${number}: expected ${want} flows answered, got ${answered} of ${asked}`];
  });

const multipathDifferences = (report: HostReport, addresses: readonly string[]): string[] => {
  const found = report.path.multipath ?? [];
  if (found.some((hop) => addresses.every((address) => hop.addresses.includes(address)))) return [];
  const got = found.map((hop) => `${hop.addresses.join(' and ')} at ${hop.ttl}`).join(', ');
  return [`multipath: expected ${addresses.join(' and ')}, got ${got || 'none'}`];
};

const PLACES = ['r1', 'r2', 'target'] as const;

const wordDifferences = (report: HostReport, says: readonly string[], { placeOf }: Ground): string[] => {
  const all = [
    ...report.because.map(({ text }) => text),
    ...report.remedies.flatMap(({ title, text, commands }) => [title, text, ...commands]),
  ].join('\n');
  return says
    .map((words) => PLACES.reduce((text, place) => text.replaceAll(`$${place}`, () => placeOf(place)), words))
    .filter((words) => !all.includes(words))
    .map((words) => `says: nowhere ${JSON.stringify(words)}`);
};

/** Remedies that ask somebody and change nothing. */
const ONLY_ASK: ReadonlySet<string> = new Set(['device-in-between']);

/** Differences in what few rows look at; compare.ts has what all of them do. */
export const moreDifferences = (report: HostReport, expected: Expectation, ground: Ground): string[] => [
  ...(expected.because ? ruleDifferences(report, expected.because) : []),
  ...(expected.stretches ? stretchDifferences(report, expected.stretches) : []),
  ...(expected.flows ? flowDifferences(report, expected.flows) : []),
  // Without traces no router is known.
  ...(expected.multipath && ground.wire !== 'node'
    ? multipathDifferences(report, expected.multipath.map(ground.placeOf))
    : []),
  ...(expected.says && ground.wire !== 'node' ? wordDifferences(report, expected.says, ground) : []),
  ...report.remedies
    .filter(({ id, where }) => where === expected.noRemedyAt && !ONLY_ASK.has(id))
    .map(({ id, where }) => `remedies: ${id} asks to change something at: ${where}`),
];

/** What is wrong in an audit of neighbours beside what is said of each. */
export const auditDifferences = (report: Report, { agree, groups }: AuditExpectation): string[] => {
  const { ready, blocked } = report.summary;
  const found = report.groups.map(({ signature, hosts }) => `${signature} (${hosts})`).join('; ') || 'none';
  const missing = (groups ?? []).filter(
    ([signature, hosts]) =>
      !report.groups.some((group) => group.signature.includes(signature) && group.hosts === hosts),
  );
  return [
    ...(agree && ready > 0 && blocked > 0 ? [`${ready} ready beside ${blocked} blocked`] : []),
    ...missing.map(([signature, hosts]) => `groups: expected ${signature} (${hosts}), got ${found}`),
    ...(groups?.length === 0 && report.groups.length > 0 ? [`groups: expected none, got ${found}`] : []),
  ];
};

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

const stretchDifferences = (report: HostReport, expected: readonly string[]): string[] => {
  const real = expected.map(parse);
  const isReal = ({ from, to, state, exact }: RangeReport): boolean =>
    real.some((one) =>
      state === one.state && exact
        ? from === one.from && to === one.to
        : state === one.state && from <= one.to && one.from <= to,
    );
  return report.ranges
    .filter((range) => (range.state === 'filtered' || range.state === 'reachable') && !isReal(range))
    .map(
      ({ from, to, state, exact }) =>
        `ranges: ${exact ? '' : 'about '}${from}-${to} ${state} is not so: ${expected.join(', ') || 'nothing can be known'}`,
    );
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

/** Differences in what few rows look at; compare.ts has what all of them do. */
export const moreDifferences = (report: HostReport, expected: Expectation, ground: Ground): string[] => [
  ...(expected.because ? ruleDifferences(report, expected.because) : []),
  ...(expected.stretches ? stretchDifferences(report, expected.stretches) : []),
  ...(expected.flows ? flowDifferences(report, expected.flows) : []),
  // Without traces no router is known.
  ...(expected.multipath && ground.wire !== 'node'
    ? multipathDifferences(report, expected.multipath.map(ground.placeOf))
    : []),
  ...report.remedies
    .filter(({ where }) => where === expected.noRemedyAt)
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

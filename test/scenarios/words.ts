import type { HostReport } from '../../src/model/report.ts';

/** Long lists of ports say little: the first, the last and how many. */
const portsIn = (ports: readonly number[]): string =>
  ports.length <= 4 ? ports.join(' ') : `${ports[0]}..${ports.at(-1)} (${ports.length})`;

const or = (value: string | null | undefined): string => value ?? '-';

/** What is judged of a host, without texts: a line for each kind of thing. */
export const judgedWords = (report: HostReport): string[] => [
  `${report.verdict} ${report.confidence}, ${report.novice.generation}; xp ${report.byGeneration['xp-2003']}, vista ${report.byGeneration['vista-or-later']}`,
  report.requirements
    .map(({ name, state, confidence, rule }) => `${name} ${state} ${confidence} by ${rule}`)
    .join(', '),
  `because ${report.because.map(({ rule, ports }) => `${rule} [${portsIn(ports)}]`).join(', ')}`,
  `remedies ${report.remedies.map(({ id, where }) => `${id} (${where})`).join(', ')}`,
  `ranges ${report.ranges.map(({ from, to, state, exact }) => `${from}-${to} ${state}${exact ? ' exact' : ''}`).join(', ')}`,
  ...report.path.filters.map(
    ({ ports, how, by, afterHop, beforeHop }) =>
      `filter of ${portsIn(ports)}: ${how} by ${or(by)} after ${or(afterHop)} before ${or(beforeHop)}`,
  ),
];

/** What is passed on beside that: the ports, where several in a row are alike the first, and how far the path is known. */
export const seenWords = ({ ports, coverage, path, endpoints, novice }: HostReport): string[] => [
  ...novice.evidence.map((one) => `evidence ${one}`),
  `ports ${ports
    .map(
      ({ port, state, reason, from, flows }) =>
        `${port} ${state} ${reason} ${or(from)} ${flows.answered}/${flows.asked}`,
    )
    .filter((line, i, all) => line.replace(/^\d+/, '') !== all[i - 1]?.replace(/^\d+/, ''))
    .join(', ')}`,
  `coverage ${JSON.stringify(coverage)}`,
  `path ${path.hops.map(({ address }) => or(address)).join(' ')}, distance ${path.distance ?? '-'}, passes ${path.passes ?? '-'}`,
  ...path.multipath.map(({ ttl, addresses }) => `several at ${ttl}: ${addresses.join(' ')}`),
  ...endpoints.map((endpoint) => `endpoint ${JSON.stringify(endpoint)}`),
];

/** What decides, in words, and what is said of the dynamic ports, of which rules say most. */
export const mainTexts = ({ because, requirements }: HostReport): string[] => {
  const dynamic = requirements.find(({ name }) => name === 'dynamic-rpc');
  return [...new Set([because[0]?.text, dynamic?.text])].map((text) => `"${text}"`);
};

/** The texts of a host, by who says them. */
export const textsOf = ({ because, requirements, remedies }: HostReport): string[] => [
  ...because.map(({ rule, text }) => `${rule}: ${text}`),
  ...requirements.map(({ rule, text }) => `${rule}: ${text}`),
  ...remedies.flatMap(({ id, title, text, commands, tools }) => [
    `${id}: ${title}: ${text}`,
    ...commands.map((command, i) => `${id} $ ${command} (${tools?.[i] ?? '-'})`),
  ]),
];

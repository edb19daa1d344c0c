import { stringify } from 'csv-stringify/sync';
import type { RequirementName } from '../model/evidence.ts';
import type { HostReport, PortReport, RequirementReport } from '../model/report.ts';
import { csvCell } from './csv-cell.ts';
import type { Format } from './format.ts';

const MOST_PORTS = 64;

const requirement = (host: HostReport, name: RequirementName): RequirementReport | undefined =>
  host.requirements.find((one) => one.name === name);

/** Silence, which nmap calls filtered and people must not take for a filter. */
const isSilent = ({ reason }: PortReport): boolean => reason === 'no-response';

/** Why the port that is the requirement is in its state: `conn-refused`, `no answer`. */
const reason = (host: HostReport, name: RequirementName): string => {
  const port = host.ports.find((one) => one.requirement === name);
  if (!port) return '';
  return isSilent(port) ? 'no answer' : port.reason;
};

/** Ports that the verdict calls filtered. */
const filteredPorts = ({ ports, path }: HostReport): readonly PortReport[] => {
  const met = new Set(path.filters.flatMap((filter) => filter.ports));
  return ports.filter(({ port }) => met.has(port));
};

const distinct = (texts: readonly (string | null)[]): string =>
  [...new Set(texts.filter((text) => text !== null))].join(' ');

const some = (ports: readonly PortReport[], words: (port: PortReport) => string): string => {
  const more = ports.length > MOST_PORTS ? [`and ${ports.length - MOST_PORTS} more`] : [];
  return [...ports.slice(0, MOST_PORTS).map(words), ...more].join(' ');
};

const filteredRanges = ({ ranges }: HostReport): string =>
  ranges
    .filter(({ state }) => state === 'filtered')
    .map(({ from, to, exact }) => `${from}-${to}${exact ? '' : ' (about)'}`)
    .join(' ');

interface Column {
  readonly name: string;
  readonly of: (host: HostReport) => string | number | null;
}

/** Every column, once: its name and where its cell comes from. New ones go last, so that column letters stay. */
const COLUMNS: readonly Column[] = [
  { name: 'target', of: ({ target }) => target },
  { name: 'address', of: ({ address }) => address },
  { name: 'names', of: ({ names }) => names.join(' ') },
  { name: 'verdict', of: ({ verdict }) => verdict },
  { name: 'confidence', of: ({ confidence }) => confidence },
  { name: 'novice', of: ({ novice }) => novice.generation },
  { name: 'if_xp_2003', of: ({ byGeneration }) => byGeneration['xp-2003'] },
  { name: 'if_vista_or_later', of: ({ byGeneration }) => byGeneration['vista-or-later'] },
  { name: 'endpoint_mapper', of: (host) => requirement(host, 'endpoint-mapper')?.state ?? null },
  { name: 'endpoint_mapper_reason', of: (host) => reason(host, 'endpoint-mapper') },
  { name: 'remote_desktop', of: (host) => requirement(host, 'remote-desktop')?.state ?? null },
  { name: 'remote_desktop_reason', of: (host) => reason(host, 'remote-desktop') },
  { name: 'dynamic_rpc', of: (host) => requirement(host, 'dynamic-rpc')?.state ?? null },
  { name: 'sampled', of: ({ coverage }) => coverage.sampled },
  { name: 'sampled_filtered', of: ({ coverage }) => coverage.filtered },
  {
    name: 'filtered_ports',
    of: (host) => some(filteredPorts(host), ({ port }) => String(port)),
  },
  { name: 'filtered_ranges', of: filteredRanges },
  { name: 'filter_after_hop', of: ({ path }) => distinct(path.filters.map(({ afterHop }) => afterHop)) },
  { name: 'filter_by', of: ({ path }) => distinct(path.filters.map(({ by }) => by)) },
  { name: 'filter_how', of: ({ path }) => distinct(path.filters.map(({ how }) => how)) },
  { name: 'rule', of: ({ because }) => because[0]?.rule ?? null },
  { name: 'text', of: ({ because }) => because[0]?.text ?? null },
  { name: 'remedies', of: ({ remedies }) => remedies.map(({ id }) => id).join(' ') },
  {
    name: 'ports',
    of: ({ ports }) =>
      some(ports, (one) => `${one.port}/${isSilent(one) ? 'no-answer' : one.state}/${one.reason}`),
  },
  {
    name: 'no_answer_ports',
    of: ({ ports }) => some(ports.filter(isSilent), ({ port }) => String(port)),
  },
  { name: 'vantage', of: ({ vantage }) => vantage ?? null },
];

/**
 * One line of the file. The library quotes; its own guard against formulas is off, because it looks at the first character
 * only and misses ` =1+1`. Numbers are not text and stay numbers.
 */
const line = (cells: readonly (string | number | null)[]): string =>
  stringify([cells], { record_delimiter: '\r\n', cast: { string: csvCell } });

/**
 * One row a host, for a spreadsheet: RFC 4180 with a header row, lines ended by CR LF, UTF-8. No byte order mark: every
 * reader but a double click in Excel would take it as part of the first column's name; Excel's import by "From Text/CSV"
 * needs none. Control characters are escaped, formulas disarmed, so a cell may differ from the json in these.
 */
export const renderCsv: Format = function* ({ hosts }) {
  yield line(COLUMNS.map(({ name }) => name));
  for (const host of hosts) yield line(COLUMNS.map(({ of }) => of(host)));
};

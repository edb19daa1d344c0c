import type { HostReport, PortReport } from '../../model/report.ts';
import { shownVerdict } from '../../model/shown-verdict.ts';
import { shortList } from '../../text/and-list.ts';
import { answerWords } from '../../text/answer-words.ts';
import { coverageWords } from '../../text/coverage-words.ts';
import {
  CONFIDENCE_WORDS,
  hostName,
  noviceWords,
  REQUIREMENT_TITLES,
  rangeStateWords,
  STATE_WORDS,
} from '../report-words.ts';
import { policyPart } from './host-policy.ts';
import { html, type Markup } from './markup.ts';
import { hostHref, type PageLinks } from './page-links.ts';
import { pathDiagram } from './path-diagram.ts';
import { rangeStrip } from './range-strip.ts';
import { remedyList } from './remedy.ts';
import { type Branch, el, markupOf, plain, Slot, type Tree } from './tree.ts';
import { badge, historySigns } from './verdict.ts';

const headCells = (...titles: readonly string[]): Branch =>
  plain('thead', plain('tr', ...titles.map((title) => el('th', { scope: 'col' }, title))));

const requirementTable = ({ requirements }: HostReport): readonly Tree[] =>
  requirements.length === 0
    ? []
    : [
        plain('h4', 'What Remote Assistance needs'),
        el(
          'table',
          { class: 'requirements' },
          headCells('Needed', 'State', 'Confidence', 'Because'),
          plain(
            'tbody',
            ...requirements.map(({ name, state, confidence, text, rule }) =>
              plain(
                'tr',
                el('th', { scope: 'row' }, REQUIREMENT_TITLES[name]),
                plain('td', el('span', { class: `state ${state}` }, STATE_WORDS[state])),
                plain('td', CONFIDENCE_WORDS[confidence]),
                plain('td', `${text} `, plain('code', rule)),
              ),
            ),
          ),
        ),
      ];

/** Ports that gave the same answer share a row: a sample of 32 is three rows and not 32. */
const portRows = (ports: readonly PortReport[]): readonly (readonly PortReport[])[] => {
  const rows = new Map<string, PortReport[]>();
  for (const one of ports) {
    const { requirement, state, reason, from, service, detail } = one;
    const key = JSON.stringify([requirement, state, reason, from, service, detail]);
    const row = rows.get(key);
    if (row) row.push(one);
    else rows.set(key, [one]);
  }
  return [...rows.values()];
};

const rttWords = (ports: readonly PortReport[]): string | null => {
  const times = ports.flatMap(({ rttMs }) => rttMs ?? []);
  if (times.length === 0) return null;
  const [low, high] = [Math.min(...times).toFixed(1), Math.max(...times).toFixed(1)];
  return low === high ? `${low} ms` : `${low}-${high} ms`;
};

const portRow = (ports: readonly PortReport[]): Branch | null => {
  const [first] = ports;
  if (!first) return null;
  const { requirement, state, reason, from, service, detail } = first;
  const rtt = rttWords(ports);
  const numbers = shortList(
    ports.map(({ port }) => port),
    100,
  );
  return plain(
    'tr',
    el('th', { scope: 'row' }, numbers),
    plain('td', requirement),
    plain('td', answerWords({ state, reason })),
    plain(
      'td',
      [state === 'filtered' ? '' : reason, from && `from ${from}`].filter(Boolean).join('; '),
      rtt && ['; ', new Slot(rtt)],
      [service, detail]
        .filter(Boolean)
        .map((text) => `; ${text}`)
        .join(''),
    ),
  );
};

const portTable = ({ ports }: HostReport): readonly Tree[] =>
  ports.length === 0
    ? []
    : [
        plain('h4', 'Ports'),
        el(
          'table',
          { class: 'ports' },
          headCells('TCP port', 'Needed for', 'State', 'Answer'),
          plain('tbody', ...portRows(ports).map(portRow)),
        ),
      ];

const dynamicPart = (host: HostReport): readonly (Tree | null)[] => {
  const { coverage, ranges } = host;
  if (coverage.sampled === 0 && ranges.length === 0) return [];
  return [
    plain('h4', 'Dynamic ports'),
    rangeStrip(host),
    ranges.length > 0
      ? plain(
          'ul',
          ...ranges.map((range) => el('li', { class: `key ${range.state}` }, rangeStateWords(range))),
        )
      : null,
    coverage.sampled > 0 ? el('p', { class: 'soft' }, coverageWords(coverage)) : null,
  ];
};

const pathPart = (host: HostReport): readonly Tree[] => {
  const diagram = pathDiagram(host);
  return diagram ? [plain('h4', 'Path'), diagram] : [];
};

const about = ({ confidence, novice, byGeneration }: HostReport): string =>
  `Confidence: ${CONFIDENCE_WORDS[confidence]}. Novice's Windows: ${noviceWords({ novice, byGeneration })}.`;

const alsoKnownAs = ({ target, names }: HostReport): Branch | null => {
  const others = names.filter((name) => name !== target);
  return others.length === 0 ? null : plain('p', 'Also known as ', new Slot(shortList(others, 10)), '.');
};

/** Everything that is known of one host, in the order in which it is read. `runs`: its verdicts run by run, in letters. */
export const hostTree = (host: HostReport, runs: string): Branch =>
  el(
    'div',
    { class: 'body' },
    plain('p', about(host)),
    alsoKnownAs(host),
    runs ? plain('p', 'Recent runs (newest on the right): ', new Slot(historySigns(runs))) : null,
    plain('h4', 'Why'),
    plain('ul', ...host.because.map(({ text, rule }) => plain('li', `${text} `, plain('code', rule)))),
    host.remedies.length > 0 ? [plain('h4', 'What to do'), remedyList(host.remedies)] : null,
    requirementTable(host),
    policyPart(host),
    pathPart(host),
    dynamicPart(host),
    portTable(host),
  );

/** The first reason, which stands beside the verdict. */
export const reasonOf = (host: HostReport): string => host.because[0]?.text ?? '';

/** One host in full, folded behind its verdict and first reason. `index` makes its anchor, `host-0` and so on. */
export const hostDetails = (
  host: HostReport,
  index: number,
  open: boolean,
  runs: string,
  site?: PageLinks,
): Markup =>
  html`<details class="host" id="host-${index}"${open ? html` open` : null}>
<summary>${badge(shownVerdict(host))} <h3>${hostName(host)}</h3> <span class="reason">${reasonOf(host)}</span></summary>
${site ? html`<p class="all-runs"><a href="${hostHref(site, host.target)}">All runs of this host</a></p>` : null}${markupOf(hostTree(host, runs))}</details>
`;

/** One host as a row: name, verdict, first reason. */
export const hostRow = (host: HostReport, index: number): Markup =>
  html`<tr id="host-${index}"><th scope="row">${hostName(host)}</th><td>${badge(shownVerdict(host))}</td><td>${reasonOf(host)}</td></tr>\n`;

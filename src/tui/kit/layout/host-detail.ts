import { shownVerdict } from '../../../model/shown-verdict.ts';
import { fold, oneLine, width, wrap } from '../../../text/fit-text.ts';
import { findings, reasons, type Section, type Statement, whatToDo } from '../explain.ts';
import type { HostView } from '../host-view.ts';
import { sureWords, VERDICT } from '../words.ts';
import {
  BLANK,
  beside,
  edges,
  LONGEST_PROSE,
  lineWidth,
  plainText,
  type StyledLine,
  span,
  type Tone,
} from './line.ts';
import { pathLines, rangeLines } from './path.ts';
import { axisLine, legendLines, stripCells, stripLine } from './port-strip.ts';
import { portLines } from './ports.ts';
import { requirementLines } from './requirements.ts';

/** From this width on the evidence stands beside the explanation instead of under it. */
const TWO_COLUMNS = 132;
const GAP = 4;

/** Rows with something at their right edge, so that the eye finds the way across. */
const WIDEST_ROW = 100;

/** Name, address and verdict of a host in one ruled line. */
export const titleLine = (host: HostView, columns: number): StyledLine => {
  const { report } = host;
  const address = host.address !== null && host.address !== host.title ? ` ${oneLine(host.address)}` : '';
  const verdict = report
    ? [
        span(` ${VERDICT[shownVerdict(report)].word}`, VERDICT[shownVerdict(report)].tone),
        span(sureWords(report)),
      ]
    : [span(' probing', 'quiet')];
  return edges(
    [span('── ', 'quiet'), span(host.title, 'strong'), span(`${address} `, 'quiet')],
    [...verdict, span(' ──', 'quiet')],
    columns,
    '─',
  );
};

/** Prose behind a marker, and its aside: behind the last line where it fits, else on lines of its own. */
const proseLines = (
  marker: string,
  text: string,
  besides: string,
  columns: number,
  tone: Tone = 'plain',
): StyledLine[] => {
  const aside = oneLine(besides);
  const margin = span(' '.repeat(marker.length));
  const room = columns - marker.length;
  const lines: StyledLine[] = wrap(text, room).map((line, at) => [
    at === 0 ? span(marker) : margin,
    span(line, tone),
  ]);
  const last = lines.at(-1) ?? BLANK;
  if (aside === '') return lines;
  if (lineWidth(last) + 2 + width(aside) <= columns)
    return [...lines.slice(0, -1), [...last, span(`  ${aside}`, 'quiet')]];
  return [...lines, ...wrap(aside, room).map((line) => [margin, span(line, 'quiet')])];
};

const statementLines = (
  { title, text, aside, commands }: Statement,
  marker: string,
  columns: number,
): StyledLine[] => {
  const margin = ' '.repeat(marker.length);
  return [
    ...(title === ''
      ? proseLines(marker, text, aside, columns)
      : [...proseLines(marker, title, aside, columns, 'strong'), ...proseLines(margin, text, '', columns)]),
    ...commands.flatMap((command) =>
      fold(command, columns - marker.length - 2).map((line) => [span(`${margin}  ${line}`, 'code')]),
    ),
  ];
};

/** What has a title is numbered; the rest gets dashes as soon as there are two. */
const sectionLines = ({ heading, statements }: Section, columns: number): StyledLine[] => [
  [span(heading, 'strong')],
  ...statements.flatMap((statement, at) => {
    const marker = statement.title !== '' ? `  ${at + 1}. ` : statements.length > 1 ? '  - ' : '  ';
    return statementLines(statement, marker, columns);
  }),
];

/** Blocks of lines with one blank line between them. */
const stacked = (blocks: readonly (readonly StyledLine[])[]): StyledLine[] =>
  blocks.filter((block) => block.length > 0).flatMap((block, at) => (at === 0 ? block : [BLANK, ...block]));

const stripLines = (host: HostView, columns: number): StyledLine[] => {
  const cells = stripCells(host.ports.values(), host.report?.ranges ?? [], columns);
  return [stripLine(cells), axisLine(columns), ...legendLines(cells, columns)];
};

/**
 * All that there is to say about one host, in lines of at most `columns`; the caller shows the part that fits. `drawsStrip`: whether
 * the ports are drawn as a strip, too.
 */
export const detailLines = (
  host: HostView,
  columns: number,
  vantage: string,
  drawsStrip = true,
): StyledLine[] => {
  const { report } = host;
  const twoColumns = report !== null && columns >= TWO_COLUMNS;
  const proseWidth = Math.min(LONGEST_PROSE, twoColumns ? Math.floor((columns - GAP) / 2) : columns);
  const evidenceWidth = twoColumns ? columns - proseWidth - GAP : columns;
  const prose = (sections: readonly Section[]) =>
    stacked(sections.map((section) => sectionLines(section, proseWidth)));
  const [breaks = [], ...unsure] = report ? findings(report).map((one) => [one]) : [];
  const found = report ? prose([...breaks, ...whatToDo(report), ...unsure.flat()]) : [];
  const why = report ? prose(reasons(report)) : [];
  const where = report ? stacked([pathLines(report, vantage), rangeLines(report)]) : [];
  const ping = host.echo === '' ? [] : [[span('Ping', 'strong')], [span(`  ${host.echo}`)]];
  const ports = portLines(host, evidenceWidth);
  return stacked([
    requirementLines(host, Math.min(columns, WIDEST_ROW)),
    drawsStrip ? stripLines(host, columns) : [],
    ...(twoColumns
      ? [beside(stacked([found, why]), stacked([where, ping, ports]), proseWidth + GAP)]
      : [found, where, why, ping, ports]),
  ]);
};

/** The first `rows` lines about one host; without the strip of ports where that would push the first thing to do off the screen. */
export const previewLines = (
  host: HostView,
  columns: number,
  vantage: string,
  rows: number,
): StyledLine[] => {
  const all = detailLines(host, columns, vantage);
  const [section] = host.report ? whatToDo(host.report) : [];
  const at = section ? all.findIndex((line) => plainText(line).startsWith(section.heading)) : -1;
  const shown = at >= rows - 1 ? detailLines(host, columns, vantage, false) : all;
  return shown.slice(0, rows);
};

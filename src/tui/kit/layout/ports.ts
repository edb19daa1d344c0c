import { latencyWords } from '../../../text/duration.ts';
import { oneLine, pad, width, wrap } from '../../../text/fit-text.ts';
import type { HostView, PortFact } from '../host-view.ts';
import { clipLine, lineWidth, type StyledLine, span, type Tone } from './line.ts';

const TONE: Readonly<Record<NonNullable<PortFact['state']>, Tone>> = {
  open: 'good',
  closed: 'plain',
  filtered: 'doubt',
  unknown: 'quiet',
};

/** In at most nine columns; why a port is rejected stands beside it. */
const wordOf = (state: PortFact['state'], reason: PortFact['reason']): string => {
  if (state === null) return 'probing';
  if (state !== 'filtered') return state;
  return reason === 'no-response' ? 'no answer' : 'rejected';
};

/** Below this width a column is as wide as the usual words, and what stands beside the columns goes below. */
const NARROW = 60;
const INDENT = '        ';

const portLine = (fact: PortFact, columns: number): StyledLine[] => {
  const { port, state, reason, rttMs, attempts, from, note } = fact;
  const isNarrow = columns < NARROW;
  const why = reason === null || reason === 'no-response' ? '' : reason;
  const time = rttMs === null ? (attempts > 1 ? `${attempts} tries` : '') : latencyWords(rttMs);
  const start: StyledLine = [
    span(`  ${pad(`${port}`, isNarrow ? 6 : 7)}`),
    span(pad(wordOf(state, reason), 10), state === null ? 'quiet' : TONE[state]),
    span(isNarrow ? why.padEnd(13) : pad(why, 17)),
  ];
  const room = columns - lineWidth(start);
  // A long reason is worth more than the time.
  const line = width(time) < room ? [...start, span(pad(time, Math.min(8, room), 'right'), 'quiet')] : start;
  const asides = [state === 'filtered' && from !== null ? `from ${from}` : '', note]
    .map(oneLine)
    .filter(Boolean);
  if (!isNarrow) return [clipLine([...line, ...asides.map((aside) => span(`  ${aside}`, 'quiet'))], columns)];
  const below = asides.flatMap((aside) => wrap(aside, columns - INDENT.length));
  return [clipLine(line, columns), ...below.map((part) => [span(INDENT), span(part, 'quiet')])];
};

/** Every port with its answer, ascending. */
export const portLines = (host: HostView, columns: number): StyledLine[] =>
  host.ports.size === 0
    ? []
    : [
        [span('Ports', 'strong')],
        ...[...host.ports.values()]
          .sort((a, b) => a.port - b.port)
          .flatMap((fact) => portLine(fact, columns)),
      ];

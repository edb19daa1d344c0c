import { latencyWords } from '../../../text/duration.ts';
import { pad } from '../../../text/fit-text.ts';
import type { HostView, PortFact } from '../host-view.ts';
import { clipLine, type StyledLine, span, type Tone } from './line.ts';

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

const portLine = ({ port, state, reason, rttMs, attempts, from, note }: PortFact): StyledLine => [
  span(pad(`${port}`, 7)),
  span(pad(wordOf(state, reason), 10), state === null ? 'quiet' : TONE[state]),
  span(pad(reason === null || reason === 'no-response' ? '' : reason, 17)),
  span(
    pad(rttMs === null ? (attempts > 1 ? `${attempts} tries` : '') : latencyWords(rttMs), 8, 'right'),
    'quiet',
  ),
  span(
    [state === 'filtered' && from !== null ? `from ${from}` : '', note]
      .filter(Boolean)
      .map((part) => `  ${part}`)
      .join(''),
    'quiet',
  ),
];

/** Every port with its answer, ascending. */
export const portLines = (host: HostView, columns: number): StyledLine[] =>
  host.ports.size === 0
    ? []
    : [
        [span('Ports', 'strong')],
        ...[...host.ports.values()]
          .sort((a, b) => a.port - b.port)
          .map((fact) => clipLine([span('  '), ...portLine(fact)], columns)),
      ];

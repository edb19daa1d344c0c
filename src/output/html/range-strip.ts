import { scaleLinear } from 'd3-scale';
import type { HostReport, PortReport } from '../../model/report.ts';
import { DYNAMIC_PORTS, inRange } from '../../model/target.ts';
import { counted } from '../../text/counts.ts';
import { rangeStateWords } from '../report-words.ts';
import { type Branch, el, plain } from './tree.ts';

/** Size of the picture, in its own units. Ranges stand on top, asked ports as ticks below. */
const [WIDTH, BAND, TICK] = [1000, 24, 12];
const LABELS = [1025, 16_384, 32_768, 49_152, 65_535];

const tickKind = ({ state }: PortReport): string =>
  state === 'filtered' ? 'filtered' : state === 'unknown' ? 'unknown' : 'reachable';

/** Ticks of one kind as one path: many ports cost a few characters each. */
const ticks = (ports: readonly PortReport[], x: (port: number) => number): readonly Branch[] => {
  const paths = new Map<string, string>();
  for (const port of ports) {
    const kind = tickKind(port);
    // A filtered port is a full tick, any other half of one: no colour alone.
    const length = kind === 'filtered' ? TICK : TICK / 2;
    paths.set(kind, `${paths.get(kind) ?? ''}M${x(port.port).toFixed(1)} ${BAND + 3}v${length}`);
  }
  return [...paths].map(([kind, d]) => el('path', { class: `tick ${kind}`, d }));
};

/**
 * The dynamic ports of a host as a strip: what is known of each stretch, and a tick for each port that was asked. The words
 * below say the same.
 */
export const rangeStrip = ({ ranges, ports }: HostReport): Branch | null => {
  const asked = ports.filter(({ port }) => inRange(port, DYNAMIC_PORTS));
  if (ranges.length === 0 && asked.length === 0) return null;
  const x = scaleLinear([DYNAMIC_PORTS.from, DYNAMIC_PORTS.to + 1], [0, WIDTH]);
  const bands = ranges.map(({ from, to, state }) => {
    // Filtered stretches stand tall, unknown ones are a line: no colour alone.
    const height =
      state === 'filtered' ? BAND : state === 'mixed' ? BAND * 0.75 : state === 'unknown' ? 3 : BAND / 2;
    return el('rect', {
      class: `range ${state}`,
      x: x(from).toFixed(1),
      y: BAND - height,
      width: Math.max(x(to + 1) - x(from), 1.5).toFixed(1),
      height,
    });
  });
  const said = ranges.map(rangeStateWords).join(', ');
  return el(
    'figure',
    { class: 'strip' },
    el(
      'svg',
      {
        viewBox: `0 0 ${WIDTH} ${BAND + TICK + 4}`,
        preserveAspectRatio: 'none',
        role: 'img',
        'aria-label': `TCP 1025-65535: ${said || 'no ranges known'}. Ticks: ${counted(asked.length, 'port')} probed.`,
      },
      bands,
      ticks(asked, x),
    ),
    el(
      'div',
      { class: 'axis', 'aria-hidden': 'true' },
      LABELS.map((label) => plain('span', String(label))),
    ),
  );
};

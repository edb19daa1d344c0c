import { Text, type TextProps } from 'ink';
import { memo } from 'react';
import type { StyledLine, Tone } from './layout/line.ts';

type Style = Pick<TextProps, 'color' | 'backgroundColor' | 'bold' | 'inverse'>;

/**
 * Blue for what works, orange for doubt, grey for what matters less: told apart by colour-blind people. Nobody tells a program
 * its ground, so each is of middle brightness: at least 3.8:1 against white and against black. Red stands only beside the
 * words FAIL, FILTER and BLOCKED.
 */
export const STYLES: Readonly<Record<Tone, Style>> = {
  plain: {},
  strong: { bold: true },
  quiet: { color: 'ansi256(244)' },
  good: { color: 'ansi256(32)' },
  doubt: { color: 'ansi256(130)' },
  bad: { color: 'ansi256(160)', bold: true },
  code: { color: 'ansi256(66)' },
  chosen: { bold: true, color: 'ansi256(32)' },
  'cell-open': { color: 'ansi256(231)', backgroundColor: 'ansi256(26)', bold: true },
  'cell-closed': { color: 'ansi256(153)', backgroundColor: 'ansi256(24)' },
  'cell-silent': { color: 'ansi256(252)', backgroundColor: 'ansi256(239)' },
  'cell-rejected': { color: 'ansi256(231)', backgroundColor: 'ansi256(166)', bold: true },
  'cell-mixed': { color: 'ansi256(232)', backgroundColor: 'ansi256(179)' },
  'cell-chosen': { inverse: true, bold: true },
};

/** One row of the screen. */
export interface RowProps {
  readonly line: StyledLine;
  readonly colour: boolean;
}

/** One row of the screen: a single `Text`, since a box for every cell costs several times as much. */
export const Row = memo(
  ({ line, colour }: RowProps) => (
    <Text wrap="truncate">
      {line.length === 0
        ? ' '
        : line.map(({ text, tone }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a span has no identity but its place in the row
            <Text key={at} {...(colour ? STYLES[tone] : {})}>
              {text}
            </Text>
          ))}
    </Text>
  ),
  (a, b) =>
    a.colour === b.colour &&
    a.line.length === b.line.length &&
    a.line.every((part, at) => part.text === b.line[at]?.text && part.tone === b.line[at]?.tone),
);

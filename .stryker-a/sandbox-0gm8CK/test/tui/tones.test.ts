import { describe, expect, it } from 'vitest';
import { STYLES } from '../../src/tui/kit/row.tsx';

const LEVELS = [0, 95, 135, 175, 215, 255];

/** One of the 256 colours as red, green and blue, 0 to 255 (xterm's cube and greys). */
const rgb = (colour: number): readonly number[] => {
  if (colour >= 232) return [0, 0, 0].map(() => (colour - 232) * 10 + 8);
  const cube = colour - 16;
  return [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => LEVELS[level] ?? 0);
};

/** Relative luminance and contrast (WCAG 2.2). */
const luminance = (parts: readonly number[]): number => {
  const [r = 0, g = 0, b = 0] = parts.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one: readonly number[], other: readonly number[]): number => {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};

const numberOf = (colour: unknown): number => Number(/^ansi256\((\d+)\)$/.exec(String(colour))?.[1]);

describe.each(Object.entries(STYLES))('the tone %s', (_, { color, backgroundColor }) => {
  it('can be read on light and on dark grounds', () => {
    if (color === undefined) return expect(backgroundColor).toBeUndefined();
    const grounds = backgroundColor ? [rgb(numberOf(backgroundColor))] : [rgb(231), rgb(16)];
    for (const ground of grounds) expect(contrast(rgb(numberOf(color)), ground)).toBeGreaterThanOrEqual(3.8);
  });
});

import { describe, expect, it } from 'vitest';
import { createPainter } from '../../src/tui/audit/ansi.ts';
import { plainText, span } from '../../src/tui/kit/layout/line.ts';

const LINE = [
  span('10.0.0.0/24  '),
  span('►', 'chosen'),
  span('RR', 'cell-open'),
  span('B ', 'cell-rejected'),
];
const visible = (text: string): string => text.replaceAll('\u001B', '^');

describe('the painter', () => {
  it('gives each span its tone in 256 colours', () => {
    expect(visible(createPainter(256)(plainText(LINE).trimEnd(), LINE))).toBe(
      '10.0.0.0/24  ^[1;38;5;32m►^[0m^[1;38;5;231;48;5;26mRR^[0m^[1;38;5;231;48;5;166mB ^[0m',
    );
  });

  it('takes the nearest of 16 colours where there are no more', () => {
    expect(visible(createPainter(16)(plainText(LINE).trimEnd(), LINE))).toBe(
      '10.0.0.0/24  ^[1;94m►^[0m^[1;97;104mRR^[0m^[1;97;101mB ^[0m',
    );
  });

  it('leaves a row that is not of this line as it is', () => {
    expect(createPainter(256)('something else', LINE)).toBe('something else');
    expect(createPainter(256)('no line', undefined)).toBe('no line');
  });
});

import { plainText, type StyledLine, type Tone } from '../kit/layout/line.ts';
import { STYLES } from '../kit/row.tsx';

/** How many colours a terminal has: 256, or the classic 16. */
export type Depth = 256 | 16;

/** One of 256 colours as the nearest of the 16: 30 to 37, and 90 to 97 for the bright ones. */
const classic = (colour: number): number => {
  if (colour < 8) return 30 + colour;
  if (colour < 16) return 82 + colour;
  const cube = colour - 16;
  const parts =
    colour >= 232
      ? Array.from({ length: 3 }, () => ((colour - 232) * 10 + 8) / 255)
      : [Math.floor(cube / 36) / 5, Math.floor((cube % 36) / 6) / 5, (cube % 6) / 5];
  const brightness = Math.round(Math.max(...parts) * 2);
  if (brightness === 0) return 30;
  const bits = parts.reduce((sum, part, at) => sum + (Math.round(part) << at), 0);
  return 30 + bits + (brightness === 2 ? 60 : 0);
};

/** The parameters of a colour as a foreground, or as a background. */
const colourCodes = (named: string | undefined, depth: Depth, isGround: boolean): number[] => {
  const colour = /^ansi256\((\d+)\)$/.exec(named ?? '')?.[1];
  if (colour === undefined) return [];
  return depth === 256
    ? [isGround ? 48 : 38, 5, Number(colour)]
    : [classic(Number(colour)) + (isGround ? 10 : 0)];
};

const codesOf = (tone: Tone, depth: Depth): string => {
  const { color, backgroundColor, bold, inverse } = STYLES[tone];
  return [
    ...(bold ? [1] : []),
    ...(inverse ? [7] : []),
    ...colourCodes(color, depth, false),
    ...colourCodes(backgroundColor, depth, true),
  ].join(';');
};

/**
 * Gives a row of Ink's plain frame the tones of the line that it was made of. Ink looks at each byte of a colour at each
 * frame, which costs 350 ms for a map at 200x60; behind Ink the same colours cost nothing. A row that is not this line's
 * stays as it is.
 */
export const createPainter = (depth: Depth): ((text: string, line: StyledLine | undefined) => string) => {
  const known = new Map<Tone, string>();
  const codes = (tone: Tone): string => {
    const found = known.get(tone) ?? codesOf(tone, depth);
    known.set(tone, found);
    return found;
  };
  return (text, line) => {
    if (!line || plainText(line).trimEnd() !== text) return text;
    return line
      .map((part) =>
        codes(part.tone) === '' ? part.text : `\u001B[${codes(part.tone)}m${part.text}\u001B[0m`,
      )
      .join('');
  };
};

/** Longest text from the network that is shown, characters. */
const MOST = 200;

/**
 * Control characters (C0, DEL, C1), format characters (bidi marks and overrides, zero width), private use, line and
 * paragraph separators, and halves of surrogate pairs: what can steer a terminal, hide text or break a line.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Makes text from the network safe for a terminal and one line: unsafe characters become `\u{..}`, length is bounded. */
export const cleanText = (text: string, most = MOST): string => {
  const safe = text.replaceAll(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  // Never more characters than UTF-16 units.
  if (safe.length <= most) return safe;
  const chars = [...safe];
  return chars.length > most ? `${chars.slice(0, most - 1).join('')}…` : safe;
};

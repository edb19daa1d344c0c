/** Longest part of a configured text that is repeated in a message. */
const MOST = 80;

/** A text as it may stand in a one-line message: control characters and the like escaped. */
export const escaped = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );

/** A configured text as it may stand in a one-line message: quoted, bounded, escaped. */
export const shown = (text: string): string =>
  `'${escaped(text.length > MOST ? `${text.slice(0, MOST)}...` : text)}'`;

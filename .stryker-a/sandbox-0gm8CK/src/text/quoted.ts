/** Longest part of a text that is repeated in a message, unless given otherwise. */
const MOST = 80;

/** A text as it may stand in a one-line message: control characters and the like escaped. */
export const escapeControls = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );

/** A typed or configured text as it may stand in a one-line message: quoted, bounded to `most` characters, escaped. */
export const quoted = (text: string, most = MOST): string =>
  `'${escapeControls(text.length > most ? `${text.slice(0, most)}...` : text)}'`;

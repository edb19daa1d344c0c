/** Characters that the process which reads the history sends at a time. More would be read in one turn by the server, which others wait for. */
export const PIECE = 65_536;

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

/** The same text, no piece of it longer than PIECE, and no character cut in two; empty pieces stay, as they are pauses. */
export function* cutText(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) {
    let from = 0;
    while (piece.length - from > PIECE) {
      const to = from + PIECE - (isHighSurrogate(piece.charCodeAt(from + PIECE - 1)) ? 1 : 0);
      yield piece.slice(from, to);
      from = to;
    }
    yield from === 0 ? piece : piece.slice(from);
  }
}

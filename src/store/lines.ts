import type { UsageError } from '../model/fault.ts';
import { lineFault, MOST_LINE } from './history-lines.ts';

const tooLong = (number: number): UsageError =>
  lineFault(number, `longer than ${MOST_LINE / 2 ** 20} Mi characters`);

/**
 * The lines of a stream of UTF-8, without their line ends (LF or CRLF). Never holds more than one line, and throws
 * UsageError for one that importRuns() would find too long, or for bytes that are no UTF-8.
 */
export async function* linesOf(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw lineFault(number, 'it or one soon after is not UTF-8');
    }
  };
  let kept: string[] = [];
  let length = 0;
  const take = (last: string): string => {
    const line = [...kept, last].join('');
    kept = [];
    length = 0;
    number += 1;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  for await (const chunk of chunks) {
    const [first = '', ...rest] = decode(chunk).split('\n');
    let open = first;
    for (const next of rest) {
      if (length + open.length > MOST_LINE + 1) throw tooLong(number);
      yield take(open);
      open = next;
    }
    kept.push(open);
    length += open.length;
    if (length > MOST_LINE + 1) throw tooLong(number);
  }
  const last = take(decode());
  if (last !== '') yield last;
}

import type { UsageError } from '../model/fault.ts';
import { lineFault, MOST_LINE } from './export-line.ts';

/** What is wrong with a line; `number` counts from 1. */
export type LineFault = (number: number, what: string) => UsageError;

/** The encoding that a byte order mark names: the `>` of Windows PowerShell writes UTF-16LE. */
const encodingOf = ([first, second]: Uint8Array): string => {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
};

/**
 * The lines of a stream of UTF-8, or of UTF-16 with a byte order mark, without their line ends (LF or CRLF). Never holds more than
 * one line, and throws UsageError for one that importRuns() would find too long, or for bytes that are no such text.
 * `fault` words it.
 */
export async function* linesOf(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  fault: LineFault = lineFault,
): AsyncGenerator<string> {
  const tooLong = (): UsageError => fault(number, `longer than ${MOST_LINE / 2 ** 20} Mi characters`);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let number = 1;
  const decode = (chunk?: Uint8Array): string => {
    try {
      decoder ??= new TextDecoder(encodingOf(chunk ?? new Uint8Array()), { fatal: true });
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw fault(number, `it or one soon after is not ${decoder?.encoding.toUpperCase() ?? 'text'}`);
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
  // The mark is two bytes, which may come one by one.
  let head: Uint8Array = new Uint8Array();
  for await (const piece of chunks) {
    const chunk = decoder ? piece : Buffer.concat([head, piece]);
    if (!decoder && chunk.length < 2) {
      head = chunk;
      continue;
    }
    const [first = '', ...rest] = decode(chunk).split('\n');
    let open = first;
    for (const next of rest) {
      if (length + open.length > MOST_LINE + 1) throw tooLong();
      yield take(open);
      open = next;
    }
    kept.push(open);
    length += open.length;
    if (length > MOST_LINE + 1) throw tooLong();
  }
  const last = take(`${decoder ? '' : decode(head)}${decode()}`);
  if (last !== '') yield last;
}

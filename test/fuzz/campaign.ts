import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';

/** Cases for each decoder: a taste in `npm test`, 100,000 in CI through RA_FUZZ_CASES. */
export const CASES = Number(process.env['RA_FUZZ_CASES'] ?? 2000);
/** Longest that one decoder's cases may take, milliseconds; about a hundred times what they do. */
export const PATIENCE_MS = 20_000 + CASES * 10;

const CORPUS = new URL('./corpus/', import.meta.url);

/** An input that is replayed for ever, by the decoder it is for and the name of its file. */
export interface Kept {
  readonly decoder: string;
  readonly file: string;
  readonly input: Buffer;
}

/** Everything in corpus/DECODER/NAME.hex: hex over any number of lines, comments after `#`. */
export const corpus = (): Kept[] =>
  readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.hex'))
    .map((path) => {
      const [decoder = '', file = ''] = path.split(sep);
      const text = readFileSync(new URL(`${decoder}/${file}`, CORPUS), 'utf8');
      const digits = text.replaceAll(/#.*$|\s/gm, '');
      return { decoder, file, input: Buffer.from(digits, 'hex') };
    });

/**
 * Calls `attack` while errors keep no frames: a decoder refuses most of what it is given, and the frames took longer than the
 * reading. What breaks is called once more with them, to show where; it has broken even if it then does not.
 */
export const withoutFrames = <T>(attack: () => T): T => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return attack();
  } catch (error) {
    Error.stackTraceLimit = limit;
    attack();
    throw error;
  } finally {
    Error.stackTraceLimit = limit;
  }
};

/** Says where the input belongs from now on. */
export const broken = (decoder: string, input: Buffer, error: unknown): Error =>
  new Error(
    `${decoder} broke: ${error}\nkeep this input in test/fuzz/corpus/${decoder}/NAME.hex:\n${input.toString('hex')}`,
    { cause: error },
  );

import { createReadStream } from 'node:fs';
import { UsageError } from '../model/fault.ts';
import { failureWords } from '../text/error-message.ts';

const MIB = 2 ** 20;

/**
 * The bytes of a file, or of a stream, up to a bound: a device or a pipe may never end, and a wrong file may be very large. Throws
 * UsageError, which begins with `what`, the option and the file as the user wrote them.
 */
export const readBytes = async (
  source: string | AsyncIterable<Uint8Array>,
  what: string,
  mostMiB: number,
): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  let left = mostMiB * MIB;
  try {
    for await (const piece of typeof source === 'string' ? createReadStream(source) : source) {
      left -= piece.length;
      if (left < 0) throw new UsageError(`${what}: is longer than ${mostMiB} MiB; is it the right file?`);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${what}: cannot be read: ${failureWords(error)}`);
  }
  return Buffer.concat(pieces);
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { linesOf } from '../../src/store/split-lines.ts';

const anyText = fc.string({ unit: 'binary' });
describe('lines', () => {
  it('come out of chunks cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          anyText.map((text) => text.replaceAll(/[\r\n\p{Cs}\u{feff}]/gu, '')),
          { minLength: 1 },
        ),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('utf8', 'utf16le', 'utf16be'),
        async (texts, sizes, end, encoding) => {
          const text = [...texts, 'last'].join(end);
          const bytes = encoding === 'utf8' ? Buffer.from(text) : Buffer.from(`\ufeff${text}`, 'utf16le');
          if (encoding === 'utf16be') bytes.swap16();
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length; ) {
            const size = sizes.next().value ?? 1;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          const found: string[] = [];
          for await (const line of linesOf(chunks)) found.push(line);
          expect(found).toEqual([...texts, 'last']);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('that never end, or are no text, are refused', async () => {
    const drain = async (chunks: Iterable<Uint8Array>): Promise<void> => {
      for await (const _ of linesOf(chunks));
    };
    function* endless(): Generator<Uint8Array> {
      for (;;) yield Buffer.alloc(2 ** 20, 0x78);
    }
    await expect(drain(endless())).rejects.toThrow('line 1 of the import: longer than 16');
    await expect(drain([Buffer.from('a\n'), Buffer.from([0xff, 0xfe])])).rejects.toThrow('line 2');
    await expect(drain([Buffer.from([0xc3])])).rejects.toThrow(UsageError);
    await expect(drain([Buffer.from('\ufeffa\n\ud800\n', 'utf16le')])).rejects.toThrow('not UTF-16LE');
  });
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodecError } from '../../probes/codec/reader.ts';
import { broken, CASES, corpus, PATIENCE_MS, withoutFrames } from './campaign.ts';
import { DECODERS, type Decoder } from './decoders.ts';
import { damaged } from './mutate.ts';
import { countSteps } from './steps.ts';

/** Reads that a decoder may make beyond one for each byte: those that find nothing there, and those of no bytes. */
const SPARE_STEPS = 64;

let counter: ReturnType<typeof countSteps>;
beforeAll(() => {
  counter = countSteps();
});
afterAll(() => counter.restore());

const decodeOnce = ({ decode, bound }: Decoder, input: Buffer, little: boolean): 'read' | 'refused' => {
  try {
    const made = decode(input, little);
    // Written so that NaN, which is neither, fails too.
    if (!(made >= 0 && made <= bound(input.length))) throw new Error(`made ${made} of ${input.length} bytes`);
    return 'read';
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    if (error.offset < 0 || error.offset > input.length) throw new Error(`offset ${error.offset}`);
    if (!/^[ -~]{1,120}$/.test(error.message)) throw new Error(`message ${error.message}`);
    return 'refused';
  }
};

const decodeWithin = (decoder: Decoder, input: Buffer, little: boolean): 'read' | 'refused' => {
  counter.take();
  const result = decodeOnce(decoder, input, little);
  const steps = counter.take();
  if (steps > input.length + SPARE_STEPS) throw new Error(`${steps} reads of ${input.length} bytes`);
  return result;
};

/** Decodes in both byte orders; what breaks is thrown with the input in hex. */
const attack = (decoder: Decoder, input: Buffer): ('read' | 'refused')[] => {
  const before = Buffer.from(input);
  try {
    const results = withoutFrames(() => [
      decodeWithin(decoder, input, true),
      decodeWithin(decoder, input, false),
    ]);
    if (!before.equals(input)) throw new Error('the input was changed');
    return results;
  } catch (error) {
    throw broken(decoder.name, before, error);
  }
};

describe.each(DECODERS.map((decoder) => [decoder.name, decoder] as const))('%s', (_, decoder) => {
  it('reads every seed in one of the byte orders', () => {
    expect(decoder.seeds.length).toBeGreaterThan(0);
    for (const seed of decoder.seeds) expect(attack(decoder, seed)).toContain('read');
  });

  it(
    `throws nothing but CodecError, and works no more than the input is long, in ${CASES} cases`,
    () => {
      const seen = { read: 0, refused: 0 };
      fc.assert(
        fc.property(damaged(decoder.seeds), (input) => {
          for (const result of attack(decoder, input)) seen[result]++;
        }),
        { numRuns: CASES },
      );
      // A campaign that is always refused at the first byte, or never, tests nothing.
      expect(seen.read).toBeGreaterThan(CASES / 100);
      expect(seen.refused).toBeGreaterThan(CASES / 100);
    },
    PATIENCE_MS,
  );
});

describe('inputs that are kept', () => {
  it.each(corpus())('$decoder: $file', ({ decoder: name, input }) => {
    const decoder = DECODERS.find((one) => one.name === name);
    if (!decoder) throw new Error(`no decoder ${name}`);
    expect(input.length).toBeGreaterThan(0);
    attack(decoder, input);
  });
});

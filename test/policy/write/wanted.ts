import fc from 'fast-check';
import { NOVICES } from '../../../src/model/policy.ts';
import type { Prefix, Wanted } from '../../../src/policy/write/wanted.ts';

/** Characters that account names may have and that some format quotes, beside letters of several alphabets. */
const part = fc
  .array(fc.constantFrom(..."abzABZ019 -_.$%&'`’‘“(){}#!~^é–ü日😀"), { minLength: 1, maxLength: 12 })
  .map((chars) => chars.join('').trim())
  .filter((text) => text !== '' && text !== '.');
const domain = part.map((text) => text.replaceAll(/\s/g, '')).filter((text) => text !== '' && text !== '.');

export const helperName = fc
  .tuple(domain, part)
  .map(([where, who]) => `${where}\\${who}`)
  // That is how cmd.exe passes what somebody put into single quotation marks.
  .filter((name) => !(name.startsWith("'") && name.endsWith("'")));

const fourPrefix: fc.Arbitrary<Prefix> = fc
  .tuple(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
  .map(([bits, number]) => {
    const first = Math.floor(number / 2 ** (32 - bits)) * 2 ** (32 - bits);
    const address = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
    return { family: 4, address, bits };
  });
const sixPrefix: fc.Arbitrary<Prefix> = fc
  .integer({ min: 0, max: 0xffff })
  .map((group) => ({ family: 6, address: `fd00:${group.toString(16)}::`, bits: 32 }));

const ports = fc
  .tuple(fc.integer({ min: 1025, max: 65_535 }), fc.integer({ min: 1025, max: 65_535 }))
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

/** Everything that `policy make` can be asked for. */
export const wanted: fc.Arbitrary<Wanted> = fc
  .record({
    novice: fc.constantFrom(...NOVICES),
    helpers: fc.array(helperName, { minLength: 1, maxLength: 4 }),
    viewOnly: fc.boolean(),
    four: fc.array(fourPrefix, { maxLength: 3 }),
    six: fc.array(sixPrefix, { maxLength: 2 }),
    rpcPorts: fc.option(ports),
  })
  .map(({ four, six, ...rest }) => ({
    ...rest,
    from: rest.novice === 'vista-or-later' ? [...four, ...six] : four,
  }));

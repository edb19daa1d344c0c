/** Crockford's alphabet: no I, L, O or U, so that a code can be read out on the phone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BITS = 5;
/** x^5 + x^2 + 1: multiplication in the field of 32 elements. */
const POLYNOMIAL = 0b100101;

/** What may stand between the characters: blanks, dashes of every kind, dots, underscores. */
const BETWEEN = /[\s._\u00AD\u2010-\u2015\u2212-]+/gu;
/** Letters that are read as a digit. */
const MEANT: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

const timesTwo = (value: number): number => {
  const doubled = value << 1;
  return doubled & 32 ? doubled ^ POLYNOMIAL : doubled;
};

/**
 * The check value of values 0..31. Each place has a weight of its own (2, 4, 8, ... in the field of 32 elements), so one wrong value
 * and two neighbours that changed places are always noticed.
 */
export const checkOf = (values: readonly number[]): number => {
  let sum = 0;
  // Horner's rule: the last value has the weight 2, the one before it 4, and so on.
  for (const value of values) sum = timesTwo(sum ^ value);
  return sum;
};

/** Bytes as values 0..31, the last one filled up with zero bits. */
export const valuesOf = (bytes: Uint8Array): number[] => {
  const values: number[] = [];
  let [held, bits] = [0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= BITS) {
      bits -= BITS;
      values.push((held >> bits) & 31);
    }
  }
  if (bits > 0) values.push((held << (BITS - bits)) & 31);
  return values;
};

/** The bytes of values; null where the bits that fill up the last value are not zero. */
export const bytesOf = (values: readonly number[]): Uint8Array | null => {
  const bytes: number[] = [];
  let [held, bits] = [0, 0];
  for (const value of values) {
    held = ((held << BITS) | value) & 0xfff;
    bits += BITS;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return (held & ((1 << bits) - 1)) === 0 ? Uint8Array.from(bytes) : null;
};

/** Values as characters, in groups of `size` with dashes in between. */
export const textOf = (values: readonly number[], size: number): string => {
  const letters = values.map((value) => ALPHABET[value]).join('');
  return letters.match(new RegExp(`.{1,${size}}`, 'g'))?.join('-') ?? '';
};

/** The values of a text as people type it; the first character that is none of the alphabet, where there is one. */
export const valuesIn = (text: string): { readonly values: number[] } | { readonly wrong: string } => {
  const values: number[] = [];
  for (const letter of text.replaceAll(BETWEEN, '').toUpperCase()) {
    const value = ALPHABET.indexOf(MEANT[letter] ?? letter);
    if (value < 0) return { wrong: letter };
    values.push(value);
  }
  return { values };
};

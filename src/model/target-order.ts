/** A target as the database orders it. A NUL would end the text there. */
export const orderKey = (target: string): string => target.replaceAll('\0', '\u{FFFD}');

/** Surrogates stand for code points above all others, so they rank behind the units from E000 on. A NUL ranks as in `orderKey`. */
const rank = (unit: number): number => {
  if (unit === 0) return rank(0xfffd);
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
};

/**
 * Compares two targets as a history orders them: by code point, which is the order of the UTF-8 bytes and so that of SQLite (BINARY).
 * `<` compares UTF-16 units, which puts what lies beyond FFFF before what lies between E000 and FFFF.
 */
export const compareTargets = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

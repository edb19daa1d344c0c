/** A word as a POSIX shell takes it, whatever stands in it but NUL. */
export const shellWord = (word: string): string =>
  /^[\w./:+@,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

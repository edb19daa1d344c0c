/**
 * A text as PowerShell source, in ASCII. Everything else than printable ASCII becomes `[char]0x2019`: PowerShell 5.1 reads scripts
 * without a byte order mark in the code page of the machine, and takes curly quotation marks for the end of a string.
 */
export const literal = (text: string): string => {
  const parts = text.match(/[ -~]+|[^ -~]/g) ?? [''];
  const sources = parts.map((part) =>
    /^[ -~]*$/.test(part)
      ? `'${part.replaceAll("'", "''")}'`
      : `[char]0x${part.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
  if (sources.length === 1 && sources[0]?.startsWith("'")) return sources[0];
  return `(${["''", ...sources].join(' + ')})`;
};

/** Texts as an array. */
export const literals = (texts: readonly string[]): string => `@(${texts.map(literal).join(', ')})`;

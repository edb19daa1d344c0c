import { type FormatName, formatNames } from '../output/formats.ts';

/** Where the ending of a file is another than the name of the format. */
const ENDINGS: Readonly<Partial<Record<FormatName, string>>> = {
  table: 'txt',
  'nmap-xml': 'nmap.xml',
  junit: 'junit.xml',
  nagios: 'nagios.txt',
  prometheus: 'prom',
};

/** Endings that people give files of a format beside ours. */
const OTHERS: readonly (readonly [string, FormatName])[] = [
  ['htm', 'html'],
  ['jsonl', 'ndjson'],
  ['xml', 'nmap-xml'],
];

/** How files of a format end, without the dot. */
export const extensionOf = (format: FormatName): string => ENDINGS[format] ?? format;

/** The format that the name of a file asks for, null when its ending says nothing. The longest ending counts. */
export const formatOfFile = (path: string): FormatName | null => {
  const endings = [...formatNames.map((name) => [extensionOf(name), name] as const), ...OTHERS];
  const name = path.toLowerCase();
  return (
    endings
      .filter(([ending]) => name.endsWith(`.${ending}`))
      .toSorted(([a], [b]) => b.length - a.length)[0]?.[1] ?? null
  );
};

/** The format that was asked for: by name, else by the ending of the file that is to be written, else a table. */
export const formatFor = <T extends string>(
  { format, output }: { readonly format: T | null; readonly output: string | null },
  known: readonly T[],
): T | 'table' => {
  const ending = output === null ? null : formatOfFile(output);
  return format ?? known.find((name) => name === ending) ?? 'table';
};

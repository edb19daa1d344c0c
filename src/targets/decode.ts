/** Byte order marks. Windows PowerShell's `>` and Export-Csv -Encoding Unicode write UTF-16LE with one. */
const MARKS: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** Bytes that are read to recognise what a file is. */
const LOOKED_AT = 512;

/** UTF-16 without a mark: what lists and configurations hold is mostly ASCII, so that every other byte is zero. */
const unmarked = (bytes: Uint8Array): string | null => {
  const head = bytes.subarray(0, LOOKED_AT);
  const zeros = [0, 1].map((odd) => head.filter((byte, place) => place % 2 === odd && byte === 0).length);
  const [even = 0, odd = 0] = zeros;
  const most = head.length / 4;
  if (odd > most && even === 0) return 'utf-16le';
  return even > most && odd === 0 ? 'utf-16be' : null;
};

/** The text of a file: UTF-8, UTF-16 with and without a byte order mark, else the western ANSI code page. */
export const decodeText = (bytes: Uint8Array): string => {
  const encoding =
    MARKS.find(([mark]) => mark.every((byte, place) => bytes[place] === byte))?.[1] ?? unmarked(bytes);
  if (encoding !== null) return new TextDecoder(encoding).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Excel saves CSV in the ANSI code page. The columns with addresses are ASCII, the others must only do no harm.
    return new TextDecoder('windows-1252').decode(bytes);
  }
};

/** How files begin that people take for lists. */
const OTHERS: readonly (readonly [readonly number[], string])[] = [
  [[0x50, 0x4b, 3, 4], 'is a workbook or a ZIP file'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'is an old Office workbook or document'],
  [[0x25, 0x50, 0x44, 0x46], 'is a PDF'],
];

/** What a file is that is not text, or null. */
export const whyNoText = (bytes: Uint8Array): string | null => {
  const known = OTHERS.find(([mark]) => mark.every((byte, place) => bytes[place] === byte))?.[1];
  if (known !== undefined) return known;
  return decodeText(bytes.subarray(0, LOOKED_AT)).includes('\0') ? 'is not text' : null;
};

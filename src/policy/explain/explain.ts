import type { Explanation } from '../../model/explanation.ts';
import { EVENTS } from './events.ts';
import type { HresultRow } from './hresult-row.ts';
import { DCOM_HRESULTS } from './hresults-dcom.ts';
import { OTHER_HRESULTS } from './hresults-other.ts';
import { hresultsIn, normalized, readQuery } from './query.ts';
import { TEXTS } from './texts.ts';

export { joinArguments } from './query.ts';

const HRESULTS: readonly HresultRow[] = [...DCOM_HRESULTS, ...OTHER_HRESULTS];

/** FACILITY_WIN32 (MS-ERREF 2.1): the low 16 bits are a Win32 error. */
const WIN32 = 0x8007_0000;

const byHresult: ReadonlyMap<number, Explanation> = new Map(
  [...HRESULTS, ...TEXTS].flatMap((row) => (row.hresult === undefined ? [] : [[row.hresult, row] as const])),
);
const byEvent = new Map(EVENTS.map((row) => [row.event, row]));
const byName: ReadonlyMap<string, Explanation> = new Map(
  HRESULTS.map((row) => [row.name?.toLowerCase() ?? '', row]),
);

/**
 * What an error of an offer means, by its number: an HRESULT, signed or unsigned, or the Win32 error in it (1722). Null for a
 * number that is not in the table.
 */
export const explainHresult = (number: number): Explanation | null => {
  const hresult = number < 0 ? number + 2 ** 32 : number;
  return byHresult.get(hresult) ?? byHresult.get(hresult <= 0xffff ? WIN32 + hresult : hresult) ?? null;
};

/** By the code in a text, else the row that fits most of it: a longer phrase says more than a shorter one that it holds. */
const explainText = (text: string): Explanation | null => {
  for (const number of hresultsIn(text)) {
    const found = byHresult.get(number);
    if (found) return found;
  }
  const rows: readonly (readonly [phrase: string, row: Explanation])[] = [
    ...TEXTS.flatMap((row) => row.phrases.map((phrase) => [phrase, row] as const)),
    ...EVENTS.map((row) => [row.phrase, row] as const),
    ...HRESULTS.map((row) => [normalized(row.says).replace(/\.$/, ''), row] as const),
  ];
  const fitting = rows.filter(([phrase]) => text.includes(phrase));
  return fitting.toSorted(([a], [b]) => b.length - a.length)[0]?.[1] ?? null;
};

/**
 * What a code or a text means that an offer ended with: an HRESULT or Win32 error in any notation, its symbol, an event of
 * DistributedCOM, or a sentence of Windows in English with or without a code in it. Null when the table has nothing of it.
 */
export const explain = (question: string): Explanation | null => {
  const query = readQuery(question);
  if (query.kind === 'text') return byName.get(query.text) ?? explainText(query.text);
  const event = byEvent.get(query.number) ?? null;
  return query.kind === 'event' ? event : (event ?? explainHresult(query.number));
};

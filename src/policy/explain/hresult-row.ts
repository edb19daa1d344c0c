import type { Explanation } from '../../model/explanation.ts';

/** An error of the offer as Windows numbers it. `hresult` is the unsigned 32-bit value. */
export interface HresultRow extends Explanation {
  readonly hresult: number;
}

/** A row of the tables; `code` is the number as Windows shows it, `0x800706BA`. */
export const row = (hresult: number, name: string, rest: Omit<Explanation, 'code' | 'name'>): HresultRow => ({
  hresult,
  code: `0x${hresult.toString(16).toUpperCase().padStart(8, '0')}`,
  name,
  ...rest,
});

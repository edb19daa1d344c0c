import type { Coverage } from '../model/report.ts';
import { grouped, percentWords } from './counts.ts';

/** What a sample would have detected, as a sentence. */
export const detectableWords = ({
  blockGuaranteed,
  upperBound95,
}: Pick<Coverage, 'blockGuaranteed' | 'upperBound95'>): string =>
  `Any blocked range of ${grouped(blockGuaranteed)} or more consecutive ports would have been detected; at most ${percentWords(upperBound95)} of the range is blocked (95 % confidence).`;

/** What the sample of dynamic ports proves; only the counts where every port of it was filtered, empty without a sample. */
export const coverageWords = (coverage: Coverage): string => {
  const { sampled, population, filtered } = coverage;
  if (sampled === 0) return '';
  const counts = `${sampled} of ${grouped(population)} ports probed, ${filtered} of them filtered.`;
  return filtered === sampled ? counts : `${counts} ${detectableWords(coverage)}`;
};

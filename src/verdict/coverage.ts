import type { Confidence, Coverage } from '../model/report.ts';
import { type PortRange, portCount } from '../model/target.ts';
import { detectableWords } from '../text/coverage-words.ts';

/** Chance that is left for more to be filtered than the bound says. */
const ALPHA = 0.05;

/** ln n! for n up to 65535 by summation would be slow in a search; Stirling's series is exact to 1e-12 from 16 on. */
const lnFactorial = (n: number): number => {
  if (n < 16) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    return Math.log(product);
  }
  const x = n + 1;
  return (
    (x - 0.5) * Math.log(x) -
    x +
    0.5 * Math.log(2 * Math.PI) +
    1 / (12 * x) -
    1 / (360 * x ** 3) +
    1 / (1260 * x ** 5)
  );
};

const lnChoose = (n: number, k: number): number => lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k);

/** Samples of this size are summed with plain products, which is a hundred times faster and as exact. */
const SMALL_SAMPLE = 512;

/**
 * The same for small samples: the chance of no hit is a product over the draws, and each further one follows from the last
 * (hypergeometric recurrence).
 */
const chanceOfFew = (hits: number, population: number, marked: number, drawn: number): number => {
  const clean = population - marked;
  let chance = 1;
  for (let i = 0; i < drawn; i++) chance *= (clean - i) / (population - i);
  let sum = chance;
  for (let k = 0; k < Math.min(hits, drawn, marked); k++) {
    chance *= ((marked - k) * (drawn - k)) / ((k + 1) * (clean - drawn + k + 1));
    sum += chance;
  }
  return Math.min(1, sum);
};

/** P(at most `hits` marked among `drawn` of `population` ports, when `marked` are): hypergeometric, without repetition. */
export const chanceOfAtMost = (hits: number, population: number, marked: number, drawn: number): number => {
  if (drawn <= SMALL_SAMPLE && population - marked >= drawn) {
    return chanceOfFew(hits, population, marked, drawn);
  }
  let sum = 0;
  const whole = lnChoose(population, drawn);
  for (let k = Math.max(0, drawn - (population - marked)); k <= Math.min(hits, drawn, marked); k++) {
    sum += Math.exp(lnChoose(marked, k) + lnChoose(population - marked, drawn - k) - whole);
  }
  return Math.min(1, sum);
};

/** Largest number of filtered ports that still gives so few hits with a chance of 5 %; exact, one-sided (Clopper-Pearson's way). */
export const upperBound = (hits: number, population: number, drawn: number): number => {
  let least = hits;
  let most = population;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (chanceOfAtMost(hits, population, middle, drawn) > ALPHA) least = middle;
    else most = middle - 1;
  }
  return least;
};

/** A filtered block of this many consecutive ports of the range must contain one of the asked ports (given ascending). */
export const guaranteedBlock = (range: PortRange, asked: readonly number[]): number => {
  let widest = 0;
  let before = range.from - 1;
  for (const port of asked) {
    widest = Math.max(widest, port - before);
    before = port;
  }
  return Math.max(widest, range.to + 1 - before);
};

/** What a sample proves about its range. `asked` ascending; `filtered` of them were filtered. */
export const coverageOf = (range: PortRange, asked: readonly number[], filtered: number): Coverage => {
  const population = portCount(range);
  return {
    sampled: asked.length,
    population,
    filtered,
    blockGuaranteed: guaranteedBlock(range, asked),
    upperBound95: upperBound(filtered, population, asked.length) / population,
  };
};

/** Shares of the range that may still be filtered (95 % bound) up to which a clean sample is proof, or likely. */
const PROVING_SHARE = 0.2;
const LIKELY_SHARE = 0.5;

/** How much a clean sample says about its range. */
export const sampleConfidence = ({ upperBound95 }: Coverage): Confidence => {
  if (upperBound95 <= PROVING_SHARE) return 'proven';
  return upperBound95 <= LIKELY_SHARE ? 'likely' : 'weak';
};

/** What a sample without a filtered port proves, as a sentence that follows another; empty for no sample. */
export const sampleWords = (clean: Coverage): string => {
  if (clean.sampled === 0) return '';
  return clean.sampled === clean.population
    ? ' That is every port of the range.'
    : ` ${detectableWords(clean)}`;
};

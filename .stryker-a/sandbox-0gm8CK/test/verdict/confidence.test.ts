import { describe, expect, it } from 'vitest';
import type { Confidence } from '../../src/model/report.ts';
import { strongest, weakest } from '../../src/verdict/confidence.ts';

describe('how sure several together are', () => {
  it.each<[Confidence[], Confidence, Confidence]>([
    [[], 'weak', 'weak'],
    [['proven'], 'proven', 'proven'],
    [['proven', 'likely'], 'likely', 'proven'],
    [['weak', 'proven', 'likely'], 'weak', 'proven'],
    [['weak', 'likely'], 'weak', 'likely'],
  ])('%j: %s at least, %s at best', (all, least, best) => {
    expect([weakest(all), strongest(all)]).toEqual([least, best]);
  });
});

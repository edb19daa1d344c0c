import type { Way } from '../layout.ts';
import type { Row } from '../row.ts';
import { over6 } from './common.ts';

const far = (way: Way, ms: string): Row => ({
  name: `slow-${way}`,
  about: `nothing is filtered and nothing is lost, answers take ${ms} ms: whoever waits less takes them for lost`,
  host: 'server',
  way,
  expect: {
    verdict: 'ready|undetermined',
    confidence: 'likely|weak',
    filters: [],
    stretches: ['1025-65535 reachable'],
    because: ['!lossy-path'],
    noRemedyAt: 'network',
  },
});

const farthest = far('2200ms', '2,200');

/** Links over satellites. */
export const slowRows: readonly Row[] = [
  far('1500ms', '1,500'),
  far('2000ms', '2,000'),
  over6(far('2000ms', '2,000')),
  farthest,
  {
    ...farthest,
    name: 'slow-2200ms-patient',
    about: 'the same to somebody who was told to wait up to 20 s and ask five times more',
    options: ['--timeout', '20000', '--retries', '5'],
    expect: { ...farthest.expect, verdict: 'ready', confidence: 'likely' },
  },
];

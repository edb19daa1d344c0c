import { defineConfig } from 'vitest/config';
import { viteBrowserText } from './scripts/browser-text.mjs';

/** What meets the mutants of the default scope. */
const TESTS = 'test/scenarios/scenarios.test.ts test/verdict/confidence.test.ts test/verdict/link.test.ts';

/** The tests of `npm run mutants`: from source, without the bundle that others spawn. `MUTANT_TESTS`: others, by a blank apart. */
export default defineConfig({
  plugins: [viteBrowserText],
  test: {
    include: (process.env['MUTANT_TESTS'] ?? TESTS).split(' '),
    setupFiles: ['test/few-draws.ts'],
    maxWorkers: 1,
    testTimeout: 60_000,
  },
});

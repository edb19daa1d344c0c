import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { viteBrowserText } from './scripts/browser-text.mjs';

/** What meets the mutants of the default scope. */
const DEFAULT = 'test/scenarios/scenarios.test.ts test/verdict/confidence.test.ts test/verdict/link.test.ts';
const TESTS = (process.env['MUTANT_TESTS'] ?? DEFAULT).split(' ');

/** As they are given: the first failure ends the run, so whoever gives the quick ones first waits less. */
class AsGiven extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number =>
      TESTS.findIndex((file) => moduleId.endsWith(file));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

/** The tests of `npm run mutants -- --testRunner vitest`: from source, without the bundle that others spawn. `MUTANT_TESTS`: others, by a blank apart. */
export default defineConfig({
  plugins: [viteBrowserText],
  test: {
    include: TESTS,
    setupFiles: ['test/few-draws.ts'],
    maxWorkers: 1,
    sequence: { sequencer: AsGiven },
    testTimeout: 60_000,
  },
});

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { viteBrowserText } from './scripts/browser-text.mjs';

/** From the settings of Stryker, whose processes inherit it. */
const TESTS = (process.env['MUTANT_TESTS'] ?? '').split(' ');

/** As they are given: the first failure ends the run, so whoever gives the quick ones first waits less. */
class AsGiven extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number =>
      TESTS.findIndex((file) => moduleId.endsWith(file));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

/** The tests of `npm run mutants -- --testRunner vitest`: from source, without the bundle that others spawn. */
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

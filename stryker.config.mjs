/** The tests that meet the mutants, by a blank apart; both runners read this. These are what meets the files of `mutate` below. */
process.env.MUTANT_TESTS ??=
  'test/scenarios/golden.test.ts test/verdict/confidence.test.ts test/verdict/link.test.ts';

/** Mutation tests, `npm run mutants`: docs/testing.md says how to choose what is changed and which tests meet it. */
export default {
  plugins: ['@stryker-mutator/vitest-runner', './scripts/mutant-runner.mjs'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  vitest: { configFile: 'vitest.mutants.config.ts', related: false },
  mutate: ['src/verdict/{confidence,link}.ts'],
  // What no test in question reads; the pages are no HTML that its parser takes.
  ignorePatterns: ['bench', 'dist', 'docs/*.svg', '**/*.html'],
  disableTypeChecks: false,
  concurrency: 1,
  reporters: ['clear-text'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false },
  tempDirName: '.stryker',
};

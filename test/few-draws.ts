import fc from 'fast-check';

/**
 * Property tests that meet mutants: always the same draws, so that a survivor is one again the next time, and few of them. A change that
 * matters is noticed within some, and a mutant that is left is tried by hand with all. On a busy machine the time may be over before the
 * first draw, which says nothing: that is no failure.
 */
fc.configureGlobal({
  seed: 1,
  interruptAfterTimeLimit: 250,
  markInterruptAsFailure: false,
  reporter: (out) => {
    const isOver = out.failed && out.interrupted && out.counterexample === null;
    if (out.failed && !isOver) throw new Error(fc.defaultReportMessage(out) ?? 'failed');
  },
});

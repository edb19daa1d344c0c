import fc from 'fast-check';

/**
 * Property tests that meet mutants: always the same draws, so that a survivor is one again the next time, and few of them. A change that
 * matters is noticed within some, and a mutant that is left is tried by hand with all.
 */
fc.configureGlobal({ seed: 1, interruptAfterTimeLimit: 250, markInterruptAsFailure: false });

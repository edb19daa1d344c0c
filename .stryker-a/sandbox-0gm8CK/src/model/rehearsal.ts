/**
 * What came of asking a novice's DCOM for the Remote Assistance class as the signed-in expert. `activation` and `call` are HRESULTs,
 * unsigned; `call` is null where the activation failed, so that nothing was called.
 */
export type Rehearsal =
  | { readonly kind: 'answered'; readonly activation: number; readonly call: number | null }
  /** The child process gave no result. */
  | { readonly kind: 'no-answer'; readonly why: string };

/** n over k as a product; exact enough for the few dozen flows that are ever used. */
const choose = (n: number, k: number): number => {
  let product = 1;
  for (let i = 1; i <= k; i++) product *= (n - k + i) / i;
  return product;
};

/** Chance of a wrong `proven` that one comparison may leave. */
export const WRONG_PROOF = 1e-4;

/**
 * The chance that a hop which treats both ports alike answers `control` times to one port and `passed` times or less to the
 * other, over `flows` flows each: Fisher's exact test, one-sided, which needs no guess at the share of routers that are mute and
 * of packets that are lost. 1 when nothing was sent.
 */
export const fisherExact = ({
  flows,
  passed,
  control,
}: {
  readonly flows: number;
  readonly passed: number;
  readonly control: number;
}): number => {
  const answered = passed + control;
  const whole = choose(2 * flows, answered);
  let sum = 0;
  for (let k = Math.max(0, answered - flows); k <= passed; k++) {
    sum += (choose(flows, k) * choose(flows, answered - k)) / whole;
  }
  return Math.min(1, sum);
};

/** The chance that of `asked` probes `lost` or more are lost where each is lost with the chance `loss` (0..1): a binomial tail. */
export const chanceOfLosses = (lost: number, asked: number, loss: number): number => {
  let sum = 0;
  for (let k = lost; k <= asked; k++) sum += choose(asked, k) * loss ** k * (1 - loss) ** (asked - k);
  return Math.min(1, sum);
};

/** Chance up to which silence may still be that of a limit, or of loss. */
const BY_CHANCE = 1e-3;

/** Whether so many unanswered probes in a row are more than chance where each goes unanswered with the chance `loss` (0..1). */
export const isMoreThanChance = (loss: number, unanswered: number): boolean =>
  loss ** unanswered <= BY_CHANCE;

/** Whether so many unanswered probes in a row are more than a limit explains that left a part of the controls unanswered, too. */
export const isMoreThanLimit = (
  controls: { readonly asked: number; readonly answered: number } | null,
  unanswered: number,
): boolean =>
  controls === null ||
  controls.asked === 0 ||
  isMoreThanChance(1 - controls.answered / controls.asked, unanswered);

/** Chance of at most `seen` of `trials` where each has this chance. */
const atMost = (seen: number, trials: number, chance: number): number => {
  if (chance <= 0) return 1;
  if (chance >= 1) return seen >= trials ? 1 : 0;
  let log = trials * Math.log1p(-chance);
  let sum = Math.exp(log);
  for (let k = 1; k <= seen; k++) {
    log += Math.log((trials - k + 1) / k) + Math.log(chance) - Math.log1p(-chance);
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
};

/** The exact one-sided upper 95 % bound of a rate of which `seen` of `trials` were seen (Clopper and Pearson 1934). */
export const upper95 = (seen: number, trials: number): number => {
  if (seen >= trials) return 1;
  let [low, high] = [seen / trials, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(seen, trials, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
};

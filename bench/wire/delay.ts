/** Watches how late a 1 ms timer is; ends with the worst, milliseconds: what a screen would have felt. */
export const watchDelay = (): (() => number) => {
  let worst = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - 1);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return Math.max(worst, performance.now() - last - 1);
  };
};

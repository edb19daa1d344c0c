import { setFlagsFromString } from 'node:v8';

/** Resident memory from which on it is worth processor time, bytes. Audits of a million ordinary hosts stay below. */
const LARGE = 320 * 2 ** 20;
const LOOK_MS = 250;
/** Garbage that may come on top of what is in use before the old generation is collected, percent; 0: as V8 decides, up to 300. */
const garbage = (percent: number): void => setFlagsFromString(`--heap-growing-percent=${percent}`);

/**
 * Watches how much memory this process takes, and has garbage collected earlier once that is a lot: what hostile hosts send is
 * mostly garbage. Collecting early from the start would cost every audit a fifth of its processor time. The given function ends it.
 */
export const spareMemory = (): (() => void) => {
  let isSparing = false;
  const look = setInterval(() => {
    if (isSparing || process.memoryUsage.rss() < LARGE) return;
    isSparing = true;
    garbage(50);
  }, LOOK_MS);
  look.unref();
  return () => {
    clearInterval(look);
    if (isSparing) garbage(0);
  };
};

import { execFileSync } from 'node:child_process';

/** The tests that spawn the binary must spawn what stands in src/, so the bundle is made anew before any of them. */
export const setup = (): void => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
};

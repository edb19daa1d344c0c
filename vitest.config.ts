import { defineConfig } from 'vitest/config';
import { viteBrowserText } from './scripts/browser-text.mjs';

export default defineConfig({
  plugins: [viteBrowserText],
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: process.env['RA_TEST_NO_BUILD'] ? [] : ['test/build.ts'],
    // Sockets, namespaces and a pty on two cores: parallel files would measure each other.
    maxWorkers: 2,
    // Networks that lose packets and paths that are chosen by chance: a row that is right 99 times in 100 gets a second try.
    retry: process.env['CI'] ? 1 : 0,
    // A test that hangs is found all the same; one beside busy neighbours is not failed for them.
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});

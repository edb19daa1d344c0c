import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: process.env['RA_TEST_NO_BUILD'] ? [] : ['test/build.ts'],
    // Sockets, namespaces and a pty on two cores: parallel files would measure each other.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});

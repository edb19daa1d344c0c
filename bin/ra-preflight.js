#!/usr/bin/env node
// Starts the bundle. In a clone installed with --ignore-scripts there is none yet: it is built here, once.
import { existsSync } from 'node:fs';

const bundle = new URL('../dist/main.js', import.meta.url);
if (!existsSync(bundle)) {
  try {
    await import('../scripts/build.mjs');
  } catch (error) {
    process.stderr.write(
      `ra-preflight: dist/ is missing and could not be built (${error.message.split('\n')[0]}). Run "npm ci" in the checkout, with development packages.\n`,
    );
    process.exit(2);
  }
}
const { main } = await import(bundle.href);
await main(process.argv);

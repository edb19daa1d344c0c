#!/usr/bin/env node
// Starts the bundle. In a clone installed with --ignore-scripts there is none yet: it is built here, once.
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

// Node 20 has no compiler between its baseline and the optimizing one, which therefore takes up code that an audit needs for a
// second only: half of the processor time of 1,024 hosts. Six times the patience costs a run of minutes nothing. Later V8s wait
// by themselves, and have no such flag (docs/decisions/0018).
if (process.versions.v8.startsWith('11.3.')) setFlagsFromString('--interrupt-budget=400000');

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

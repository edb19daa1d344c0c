#!/usr/bin/env node
// Starts the bundle. In a clone installed with --ignore-scripts there is none yet: it is built here, once.
import { accessSync, constants } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

// Node 20 has no compiler between its baseline and the optimizing one, which therefore takes up code that an audit needs for a
// second only: half of the processor time of 1,024 hosts. Six times the patience costs a run of minutes nothing. Later V8s wait
// by themselves, and have no such flag (docs/decisions/0018).
if (process.versions.v8.startsWith('11.3.')) setFlagsFromString('--interrupt-budget=400000');

const bundle = new URL('../dist/main.js', import.meta.url);

/** Whether the bundle is there. Throws when this user may not even look. */
const isBuilt = () => {
  try {
    accessSync(bundle, constants.R_OK);
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
};

const leave = (why) => {
  process.stderr.write(`ra-preflight: ${why}\n`);
  process.exit(2);
};

try {
  if (!isBuilt()) {
    await import('../scripts/build.mjs').catch((error) =>
      leave(
        `dist/ is missing and could not be built (${error.message.split('\n')[0]}). Run "npm ci" in the checkout, with development packages, as a user who may write there.`,
      ),
    );
  }
} catch (error) {
  leave(
    `dist/ is there, but this user may not read it (${error.code}). Its owner can change that: chmod -R a+rX dist`,
  );
}
const { main } = await import(bundle.href);
await main(process.argv);

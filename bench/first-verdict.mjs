// Time from start of the process to its verdict: `ra-preflight check 127.0.0.1`, whole process, against a Node that does
// nothing. Runs alternate, so that a machine that speeds up or slows down does so for both. Usage: node bench/first-verdict.mjs [RUNS]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './median.mjs';

const runs = Number(process.argv[2] ?? 15);
const bin = fileURLToPath(new URL('../bin/ra-preflight.js', import.meta.url));
const commands = {
  'node -e 0': ['-e', '0'],
  'check 127.0.0.1 --format json': [bin, 'check', '127.0.0.1', '--format', 'json'],
  'check 127.0.0.1 --engine node': [bin, 'check', '127.0.0.1', '--format', 'json', '--engine', 'node'],
  'check 127.0.0.1 (table)': [bin, 'check', '127.0.0.1'],
};

const timed = (args) => {
  const started = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  if (status !== 0 && status !== 1) throw new Error(`exit ${status}: node ${args.join(' ')}`);
  return Number(process.hrtime.bigint() - started) / 1e6;
};

const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
for (const args of Object.values(commands)) timed(args);
for (let run = 0; run < runs; run++) {
  for (const [name, args] of Object.entries(commands)) times[name].push(timed(args));
}
const base = median(times['node -e 0']);
console.log(`median of ${runs} runs, whole process, milliseconds`);
for (const [name, values] of Object.entries(times)) {
  const middle = median(values);
  const range = `${Math.min(...values).toFixed(0)}-${Math.max(...values).toFixed(0)}`;
  console.log(
    `${name.padEnd(32)} ${middle.toFixed(0).padStart(5)}  (${range})  ${(middle / base).toFixed(1)} x an empty node`,
  );
}

// npm run bench [-- NAME [RUNS]]: bundles a TypeScript bench into .lab/, where Node 20 can run it, and starts it.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { browserText } from './browser-text.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const BENCHES = {
  'first-verdict': 'bench/first-verdict.mjs',
  ranges: 'bench/ranges.ts',
  wires: 'bench/wire/connects.ts',
  talks: 'bench/wire/talks.ts',
  sweep: 'bench/wire/sweep.ts',
  peers: 'bench/peers/peers.ts',
  policy: 'bench/policy/policy.ts',
  'audit-memory': 'bench/audit-memory.mjs',
  siege: 'bench/siege.ts',
  fleet: 'bench/fleet.ts',
  listings: 'bench/listings.ts',
  dashboard: 'bench/dashboard.ts',
  'audit-frame': 'bench/tui/audit-frame.ts',
};
const [wanted, ...args] = process.argv.slice(2);
if (wanted !== undefined && !(wanted in BENCHES)) {
  console.error(`usage: npm run bench -- [${Object.keys(BENCHES).join(' | ')}] [RUNS]`);
  process.exit(2);
}
process.chdir(root);
execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
for (const [name, file] of Object.entries(BENCHES)) {
  if (wanted !== undefined && name !== wanted) continue;
  console.log(`\n== ${name}`);
  if (file.endsWith('.mjs')) {
    execFileSync(process.execPath, [file, ...args], { stdio: 'inherit' });
    continue;
  }
  const outfile = join(root, '.lab', `${name}.mjs`);
  await build({
    plugins: [browserText],
    absWorkingDir: root,
    entryPoints: [file],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    jsx: 'automatic',
    packages: 'external',
    logLevel: 'warning',
    define: { 'import.meta.dirname': JSON.stringify(join(root, 'test', 'lab')) },
  });
  const { main } = await import(outfile);
  await main(args);
}

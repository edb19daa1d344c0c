// npm run lab: builds test/lab, which is TypeScript and runs on Node 20, into .lab/ and starts it.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { browserText } from './browser-text.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const outfile = join(root, '.lab', 'main.mjs');

await build({
  plugins: [browserText],
  absWorkingDir: root,
  entryPoints: ['test/lab/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
  // The lab reads its C source and its scripts from beside the code that starts them.
  define: { 'import.meta.dirname': JSON.stringify(join(root, 'test', 'lab')) },
});
const { main } = await import(outfile);
process.exitCode = await main(process.argv.slice(2), root);

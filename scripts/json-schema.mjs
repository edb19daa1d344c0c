// Writes docs/json-schema/*.schema.json from the zod schemas. The tests in test/output fail when one is stale.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const draft = join(root, '.json-schema.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['src/output/json-schema.ts'],
  outfile: draft,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  logLevel: 'warning',
});
try {
  const { diffJsonSchema, reportJsonSchema } = await import(pathToFileURL(draft).href);
  await mkdir(join(root, 'docs/json-schema'), { recursive: true });
  await writeFile(join(root, 'docs/json-schema/report-1.schema.json'), reportJsonSchema());
  await writeFile(join(root, 'docs/json-schema/diff-1.schema.json'), diffJsonSchema());
} finally {
  await rm(draft, { force: true });
}

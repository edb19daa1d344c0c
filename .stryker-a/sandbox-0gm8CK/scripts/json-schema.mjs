// Writes docs/json-schema/*.schema.json from the zod schemas. The tests in test/output and test/notify fail when one is stale.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const drafts = join(root, '.json-schema');
await build({
  absWorkingDir: root,
  entryPoints: { output: 'src/output/json-schema.ts', notify: 'src/notify/webhook-payload.ts' },
  outdir: drafts,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  logLevel: 'warning',
});
try {
  const { diffJsonSchema, explainJsonSchema, policyJsonSchema, reportJsonSchema, whatIfJsonSchema } =
    await import(pathToFileURL(join(drafts, 'output.mjs')).href);
  const { notificationJsonSchema } = await import(pathToFileURL(join(drafts, 'notify.mjs')).href);
  await mkdir(join(root, 'docs/json-schema'), { recursive: true });
  await writeFile(join(root, 'docs/json-schema/report-1.schema.json'), reportJsonSchema());
  await writeFile(join(root, 'docs/json-schema/diff-1.schema.json'), diffJsonSchema());
  await writeFile(join(root, 'docs/json-schema/explain-1.schema.json'), explainJsonSchema());
  await writeFile(join(root, 'docs/json-schema/policy-1.schema.json'), policyJsonSchema());
  await writeFile(join(root, 'docs/json-schema/what-if-1.schema.json'), whatIfJsonSchema());
  await writeFile(join(root, 'docs/json-schema/notification-1.schema.json'), notificationJsonSchema());
} finally {
  await rm(drafts, { recursive: true, force: true });
}

// Bundles src/cli/main.ts into dist/. One bundle because start-up is part of the answer: resolving a few hundred
// small files costs more than running them. Native and optional packages stay outside and are loaded lazily.
import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { browserText } from './browser-text.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The licences of all packages that a bundle holds, as their terms ask for: name and version, then the text. */
const licencesOf = async ({ inputs }) => {
  const folders = new Set(
    Object.keys(inputs).flatMap((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? []),
  );
  const texts = [...folders].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const file = (await readdir(join(root, folder))).find((one) => /^licen[cs]e/i.test(one));
    const text = file ? await readFile(join(root, folder, file), 'utf8') : `License: ${license}\n`;
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(78)}\n\n`);
};

// Built beside the goal and moved in, so that two builds at once never leave half a bundle.
const staging = await mkdtemp(join(root, '.dist-'));
try {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'src/cli/main.ts',
      library: 'src/library/index.ts',
      'syn-thread': 'src/wire/syn/syn-thread.ts',
      'look-up-process': 'src/wire/resolve/look-up-process.ts',
      'history-reader-process': 'src/cli/history-reader-process.ts',
      'history-reader-watch': 'src/cli/history-reader-watch.ts',
    },
    outdir: staging,
    plugins: [browserText],
    bundle: true,
    metafile: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    jsx: 'automatic',
    minifySyntax: true,
    logLevel: 'warning',
    // Ink imports its devtools only under DEV=true; they are not shipped.
    external: ['net-ping', 'koffi', 'libsql', 'bullmq', 'ioredis', 'react-devtools-core'],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    // CommonJS packages inside the bundle still ask for require().
    banner: {
      js: "import { createRequire as raCreateRequire } from 'node:module'; const require = raCreateRequire(import.meta.url);",
    },
  });
  await writeFile(join(staging, 'LICENSES.txt'), await licencesOf(metafile));
  // mkdtemp makes folders for one user only; what root installs is for everybody.
  for (const file of await readdir(staging)) await chmod(join(staging, file), 0o644);
  await chmod(staging, 0o755);
  const goal = join(root, 'dist');
  const old = `${staging}-old`;
  await rename(goal, old).catch(() => {});
  await rename(staging, goal).catch(async (error) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(old, { recursive: true, force: true });
} finally {
  await rm(staging, { recursive: true, force: true });
}

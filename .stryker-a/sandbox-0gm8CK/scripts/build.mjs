// Bundles src/cli/main.ts into dist/. One bundle because start-up is part of the answer: resolving a few hundred
// small files costs more than running them. Native and optional packages stay outside and are loaded lazily.
import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { rolldown } from 'rolldown';
import { browserText } from './browser-text.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Beside the program: each is started or imported alone. */
const OTHERS = {
  library: 'src/library/index.ts',
  'syn-thread': 'src/wire/syn/syn-thread.ts',
  'look-up-process': 'src/wire/resolve/look-up-process.ts',
  'history-reader-process': 'src/cli/history-reader-process.ts',
  'history-reader-watch': 'src/cli/history-reader-watch.ts',
};
/** Ink imports its devtools only under DEV=true; they are not shipped. */
const OUTSIDE = ['net-ping', 'koffi', 'libsql', 'bullmq', 'ioredis', 'react-devtools-core'];

const OPTIONS = {
  absWorkingDir: root,
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
  external: OUTSIDE,
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // CommonJS packages inside the bundle still ask for require().
  banner: {
    js: "import { createRequire as raCreateRequire } from 'node:module'; const require = raCreateRequire(import.meta.url);",
  },
};

/** The files of a folder of modules that one of them imports at its start, itself included. */
const startOf = async (folder, first) => {
  const found = new Set();
  const follow = async (file) => {
    if (found.has(file)) return;
    found.add(file);
    const code = await readFile(join(folder, file), 'utf8');
    for (const [, next] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) await follow(next);
  };
  await follow(first);
  return found;
};

/**
 * Puts what the program loads at its start into one file. esbuild cuts a bundle wherever two entries or lazy imports share
 * something, into eighty files at the start by now; to open them takes longer than to read one, and more descriptors than a shell may allow.
 */
const gather = async (pieces, outdir) => {
  const start = await startOf(pieces, 'main.js');
  const bundle = await rolldown({
    input: { main: join(pieces, 'main.js') },
    platform: 'node',
    external: (id) => id.startsWith('node:') || OUTSIDE.includes(id),
    treeshake: false,
  });
  await bundle.write({
    dir: outdir,
    format: 'esm',
    codeSplitting: {
      groups: [{ name: 'start', test: (id) => dirname(id) === pieces && start.has(basename(id)) }],
    },
  });
  await bundle.close();
};

/** The licences of all packages that a bundle holds, as their terms ask for: name and version, then the text. */
const licencesOf = async (inputs) => {
  const folders = new Set(
    inputs.flatMap((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? []),
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
const pieces = await mkdtemp(join(root, '.dist-pieces-'));
try {
  const built = await Promise.all([
    build({ ...OPTIONS, entryPoints: { main: 'src/cli/main.ts' }, outdir: pieces }),
    build({ ...OPTIONS, entryPoints: OTHERS, outdir: staging }),
  ]);
  await gather(pieces, staging);
  await writeFile(
    join(staging, 'LICENSES.txt'),
    await licencesOf(built.flatMap(({ metafile }) => Object.keys(metafile.inputs))),
  );
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
  await rm(pieces, { recursive: true, force: true });
}

// `import text from './page.ts?text'`: what a browser is given, as text. A style sheet stands as it is; a script is bundled with
// what it imports, readable and not minified. The build and the tests use the same function, so both have the same bytes and
// a content security policy may name their hash.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const QUERY = /\?text$/;

/** The text of a style sheet or of the script that begins with a TypeScript file. Throws what esbuild throws. */
const textOf = (file) => {
  if (file.endsWith('.css')) return readFileSync(file, 'utf8');
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    write: false,
    // Paths in comments would differ with the folder that the build runs in.
    absWorkingDir: dirname(file),
    banner: { js: "'use strict';" },
    logLevel: 'warning',
  });
  return outputFiles[0].text;
};

/** For esbuild. */
export const browserText = {
  name: 'browser-text',
  setup(build) {
    build.onResolve({ filter: QUERY }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(QUERY, '')),
      namespace: 'browser-text',
    }));
    build.onLoad({ filter: /.*/, namespace: 'browser-text' }, ({ path }) => ({
      contents: textOf(path),
      loader: 'text',
    }));
  },
};

const MARK = '\0browser-text:';

/** For Vite, and so for vitest. The name of the module does not end in `.css`, or Vite would take its code for a style sheet. */
export const viteBrowserText = {
  name: 'browser-text',
  enforce: 'pre',
  resolveId: (source, importer) =>
    QUERY.test(source) && importer
      ? `${MARK}${resolve(dirname(importer), source.replace(QUERY, ''))}!`
      : undefined,
  load: (id) =>
    id.startsWith(MARK) ? `export default ${JSON.stringify(textOf(id.slice(MARK.length, -1)))};` : undefined,
};

// A test runner for Stryker that stays in one process: vitest starts a thread and imports every module again for each mutant, which takes
// a second; a test of pure functions takes milliseconds. It knows `describe`, `it`, their `each`, `beforeEach`, `afterEach` and `expect`, all
// that such tests use; the bundle of files that use more fails, and Stryker's own runner for vitest takes those (`--testRunner vitest`).
import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { browserText } from './browser-text.mjs';

const SETUP = 'test/few-draws.ts';

/** Where the tests in the bundle register themselves. */
const REGISTRY = '__testsOfMutants__';
const BUNDLE = 'mutants-bundle.mjs';

/** What the bundle gets for `vitest`. The matchers are vitest's own, which need no vitest around them. */
const SHIM = `
import { chai, expect } from 'vitest';
const of = globalThis.${REGISTRY};
chai.util.addMethod(chai.Assertion.prototype, 'toMatchFileSnapshot', function (golden) {
  if (chai.util.flag(this, 'object') !== of.golden(golden)) throw new Error('not what is in ' + golden);
});
const each = (one) => (rows) => (name, ...rest) => {
  const run = rest.pop();
  rows.forEach((row, i) => one(name + ' #' + i, ...rest, () => (Array.isArray(row) ? run(...row) : run(row))));
};
const it = (name, ...rest) => of.add(name, rest.pop());
const describe = (name, ...rest) => of.inside(name, rest.pop());
it.each = each(it);
describe.each = each(describe);
const [beforeEach, afterEach] = ['before', 'after'].map((when) => (run) => of.hook(when, run));
export { afterEach, beforeEach, describe, expect, it, it as test };
`;

/** The files of tests that one of these globs names, which know `*` and `{a,b}`. */
const testFiles = (globs) => {
  const of = (glob) =>
    glob.replace(/[.*{},]/g, (sign) => ({ '.': '[.]', '*': '[^/]*', '{': '(', '}': ')', ',': '|' })[sign]);
  const wanted = new RegExp(`^(${globs.split(' ').map(of).join('|')})$`);
  const files = readdirSync('test', { recursive: true }).map((file) => `test/${file.replaceAll('\\', '/')}`);
  return files.filter((file) => wanted.test(file)).sort();
};

/** Says which file tests come from, and which folder a file was in before it was bundled. */
const asBefore = {
  name: 'as-before',
  setup(bundle) {
    bundle.onResolve({ filter: /^vitest$/ }, ({ namespace }) =>
      namespace === 'shim' ? { path: 'vitest', external: true } : { path: 'vitest', namespace: 'shim' },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'shim' }, () => ({ contents: SHIM, resolveDir: process.cwd() }));
    bundle.onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8').replaceAll(
        'import.meta.dirname',
        JSON.stringify(dirname(path)),
      );
      const file = JSON.stringify(relative(process.cwd(), path).replaceAll('\\', '/'));
      // Helpers too, whose hooks are those of whoever imports them.
      const begin = file.startsWith('"test/') ? `globalThis.${REGISTRY}.file = ${file};` : '';
      return { contents: begin + text, loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};

/** What a file of the bundle imports, directly or not. */
const importsOf = (inputs, file, known = new Set()) => {
  for (const { path } of inputs[file]?.imports ?? []) {
    if (known.has(path)) continue;
    known.add(path);
    importsOf(inputs, path, known);
  }
  return known;
};

/**
 * How often a mutant may be met until it counts as endless. Stryker gives a hundred times the number of the dry run: where that is large it
 * takes longer than the time limit, and where it is small, a property that is cut off by time may exceed it on a machine that is less busy.
 */
const endless = (most) => Math.max(1e5, most / 5);

/** How Stryker writes what became of a test. */
const [SUCCESS, FAILED] = [0, 1];

globalThis.__stryker__ ??= {};

class MutantRunner {
  /** What Stryker's changed sources read and write. */
  space = globalThis.__stryker__;
  /** Milliseconds of each test. */
  took = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const files = testFiles(process.env.MUTANT_TESTS);
    const { outputFiles, metafile } = await build({
      stdin: {
        contents: [SETUP, ...files].map((file) => `import './${file}';`).join('\n'),
        resolveDir: process.cwd(),
      },
      bundle: true,
      metafile: true,
      write: false,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      plugins: [browserText, asBefore],
      logLevel: 'error',
    });
    this.imports = new Map(files.map((file) => [file, importsOf(metafile.inputs, file)]));
    this.bundle = resolve(BUNDLE);
    await writeFile(this.bundle, outputFiles[0].contents);
    this.tests = await this.load('');
  }

  /** The tests of the bundle, whose modules are executed anew. */
  async load(version) {
    const tests = new Map();
    const suites = [];
    const hooks = [];
    const place = () => [globalThis[REGISTRY].file, ...suites].join('\0');
    const { imports } = this;
    globalThis[REGISTRY] = {
      file: '',
      inside(name, define) {
        suites.push(name);
        define();
        suites.pop();
      },
      add(name, run) {
        const path = `${this.file}#${[...suites, name].join(' ')}`;
        let id = path;
        for (let i = 2; tests.has(id); i += 1) id = `${path} (${i})`;
        const at = place();
        const imported = imports.get(this.file);
        const own = (when) =>
          hooks.filter(
            (one) => one.when === when && (`${at}\0`.startsWith(`${one.at}\0`) || imported?.has(one.at)),
          );
        const around = async () => {
          for (const hook of own('before')) await hook.run();
          try {
            await run();
          } finally {
            // As vitest: what was set up last is taken down first.
            for (const hook of own('after').reverse()) await hook.run();
          }
        };
        tests.set(id, { id, name: path, fileName: resolve(this.file), run: around });
      },
      hook: (when, run) => hooks.push({ when, run, at: place() }),
      golden: (file) => readFileSync(resolve(dirname(this.running), file), 'utf8'),
    };
    await import(`${pathToFileURL(this.bundle)}?${version}`);
    return tests;
  }

  async dryRun() {
    const tests = [];
    for (const one of this.tests.values()) {
      const { run: _, ...test } = one;
      this.space.currentTestId = test.id;
      const from = performance.now();
      const failure = await this.failureOf(one);
      const timeSpentMs = performance.now() - from;
      this.space.currentTestId = undefined;
      this.took.set(test.id, timeSpentMs);
      tests.push({ ...test, timeSpentMs, ...failure });
    }
    return { status: 'complete', tests, mutantCoverage: this.space.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit: most }) {
    const hitLimit = most === undefined ? undefined : endless(most);
    Object.assign(this.space, { hitLimit, hitCount: 0, activeMutant: undefined });
    if (mutantActivation === 'static') this.space.activeMutant = activeMutant.id;
    try {
      const tests = mutantActivation === 'static' ? await this.load(activeMutant.id) : this.tests;
      this.space.activeMutant = activeMutant.id;
      return await this.meet(tests, testFilter, hitLimit);
    } catch (error) {
      // Modules that cannot even be executed.
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests: 0 };
    } finally {
      this.space.activeMutant = undefined;
    }
  }

  /** Short tests first: most mutants do not survive those. */
  async meet(tests, filter, hitLimit) {
    const ids = [...(filter ?? tests.keys())].sort(
      (a, b) => (this.took.get(a) ?? 0) - (this.took.get(b) ?? 0),
    );
    let nrOfTests = 0;
    for (const id of ids) {
      const test = tests.get(id);
      if (!test) continue;
      nrOfTests += 1;
      const { status, failureMessage } = await this.failureOf(test);
      if (hitLimit !== undefined && this.space.hitCount > hitLimit) return { status: 'timeout' };
      if (status === FAILED) return { status: 'killed', killedBy: [id], failureMessage, nrOfTests };
    }
    return { status: 'survived', nrOfTests };
  }

  async failureOf({ fileName, run }) {
    this.running = fileName;
    try {
      await run();
      return { status: SUCCESS };
    } catch (error) {
      return { status: FAILED, failureMessage: String(error?.message ?? error) };
    }
  }

  async dispose() {
    await rm(this.bundle, { force: true });
  }
}

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', factory: () => new MutantRunner() }];

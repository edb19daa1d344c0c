import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
/** Bundling the types and checking them takes a compiler some seconds each, on a busy machine many. */
const PATIENCE_MS = 180_000;

/** A strict project of somebody else. */
const CONSUMER = `import { audit, type HostReport, preflight, type Report, UsageError } from 'ra-preflight';

export const verdicts = async (): Promise<string[]> => {
  const all: string[] = [];
  for await (const host of preflight(['127.0.0.1'], { engine: 'node', ping: false, sample: 2, retries: 0 })) {
    const { verdict }: HostReport = host;
    all.push(verdict);
  }
  return all;
};
export const whole = (signal: AbortSignal): Promise<Report> => audit('10.0.0.0/24', { signal }).report();
// @ts-expect-error: no such engine
export const wrong = () => preflight('pc', { engine: 'wire' });
export const isOurs = (error: unknown): boolean => error instanceof UsageError;
`;

let folder: string;
let tarball: string;
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ra-package-'));
  await run(process.execPath, ['scripts/library-types.mjs'], { cwd: root });
  // The bundle was built before all tests, which use it at this moment.
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  tarball = join(folder, JSON.parse(stdout)[0].filename);
  installed = join(folder, 'node_modules', 'ra-preflight');
  await mkdir(installed, { recursive: true });
  await run('tar', ['xzf', tarball, '-C', installed, '--strip-components=1']);
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
}, PATIENCE_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the package', () => {
  it(
    'is imported by its name, does nothing then, and probes when it is read',
    async () => {
      const program = `
        // From Node 22 on, node:util opens stderr when a module imports it; open already, it is no change. Files that
        // Node's loader has still to close are none of the library's either.
        process.stderr;
        const held = () => [
          process.listenerCount('SIGINT'),
          ...process.getActiveResourcesInfo().filter((name) => !/^(CloseReq|FSReq)/.test(name)),
        ];
        const before = held();
        const { preflight } = await import('ra-preflight');
        await new Promise((resolve) => setTimeout(resolve, 10));
        const after = held();
        const report = await preflight('127.0.0.1', { engine: 'node', ping: false, sample: 2, retries: 0 }).report();
        console.log(JSON.stringify({ before, after, verdict: report.hosts[0].verdict, schema: report.schema }));`;
      const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', program], {
        cwd: folder,
      });
      const { before, after, ...rest } = JSON.parse(stdout);
      expect(stderr).toBe('');
      expect(after).toEqual(before);
      expect(rest).toEqual({ verdict: 'blocked', schema: 'ra-preflight/report@1' });
    },
    PATIENCE_MS,
  );

  it(
    'has types that need none of ours',
    async () => {
      await writeFile(join(folder, 'consumer.ts'), CONSUMER);
      const options = [
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2023',
        '--lib',
        'es2023,dom',
      ];
      const said = await run(bin('tsc'), [...options, '--ignoreConfig', 'consumer.ts'], {
        cwd: folder,
      }).catch(({ stdout }) => stdout);
      expect(said).toMatchObject({ stdout: '' });
    },
    PATIENCE_MS,
  );

  it(
    'is what publint and attw call right for a package of modules',
    async () => {
      await run(bin('publint'), ['run', '--strict', installed]);
      await run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-color']);
    },
    PATIENCE_MS,
  );
});

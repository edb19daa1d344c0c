import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { OWN_NETWORK } from '../contract/elsewhere/elsewhere.ts';
import { finish } from '../lab/shell.ts';
import type { Answers, Job } from './asker.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Pinger and resolver in processes of their own: another user, another network, other name servers. */
export class Apart {
  readonly #folder: string;
  /** The script that asks. */
  readonly asker: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.asker = join(folder, 'asker.js');
  }

  static async open(): Promise<Apart> {
    // Inside of the project, because the packages that stay outside of the bundle are looked up from there.
    await mkdir(join(ROOT, '.lab'), { recursive: true });
    const folder = await mkdtemp(join(ROOT, '.lab', 'apart-'));
    // Other users run it too.
    await chmod(folder, 0o755);
    await build({
      absWorkingDir: ROOT,
      entryPoints: { asker: 'test/wire/asker.ts', 'look-up-process': 'src/wire/resolve/look-up-process.ts' },
      outdir: folder,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      logLevel: 'warning',
    });
    return new Apart(folder);
  }

  /** Runs the job behind shell commands that change where it runs; they end in `exec "$@"`. How long all of it took, milliseconds. */
  async ask(
    job: Job,
    shell = 'exec "$@"',
    { around = OWN_NETWORK, env = {} }: { around?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Answers & { readonly tookMs: number }> {
    const [program = 'sh', ...args] = [...around, 'sh', '-euc', shell, 'sh', process.execPath, this.asker];
    const begunAt = performance.now();
    const { code, stdout, stderr } = await finish(program, args, {
      cwd: ROOT,
      input: JSON.stringify(job),
      env: { ...process.env, ...env },
      timeout: 60_000,
    });
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
    return { ...(JSON.parse(stdout) as Answers), tookMs: performance.now() - begunAt };
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { finish } from '../../lab/shell.ts';
import type { Answers, Job } from './asker.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Wires and pingers in processes of their own: other limits, another user, another network. */
export class Elsewhere {
  readonly #folder: string;
  readonly #script: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#script = join(folder, 'asker.mjs');
  }

  static async open(): Promise<Elsewhere> {
    // Inside of the project, because the packages that stay outside of the bundle are looked up from there.
    await mkdir(join(ROOT, '.lab'), { recursive: true });
    const elsewhere = new Elsewhere(await mkdtemp(join(ROOT, '.lab', 'asker-')));
    await build({
      absWorkingDir: ROOT,
      entryPoints: ['test/contract/elsewhere/asker.ts'],
      outfile: elsewhere.#script,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      logLevel: 'warning',
    });
    return elsewhere;
  }

  /** Runs the job behind shell commands that change where it runs; they end in `exec "$@"`. */
  async ask(job: Job, shell = 'exec "$@"', around: readonly string[] = []): Promise<Answers> {
    const command = [...around, 'sh', '-euc', shell, 'sh', process.execPath, this.#script];
    const [program = 'sh', ...args] = command;
    const { code, stdout, stderr } = await finish(program, args, {
      cwd: ROOT,
      input: JSON.stringify(job),
      timeout: 60_000,
    });
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr.trim()}`);
    return JSON.parse(stdout) as Answers;
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}

/** A network of its own, as root of its own when we are not. Everything in it ends with its first process. */
export const OWN_NETWORK: readonly string[] = [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...['--net', '--pid', '--fork', '--kill-child', '--mount-proc'],
];

/** Why no such network can be made here, or null. */
export const whyNoNetwork = async (): Promise<string | null> => {
  if (process.platform !== 'linux') return `network namespaces need Linux, this is ${process.platform}`;
  const [program = '', ...args] = OWN_NETWORK;
  const made = await finish(program, [...args, 'nft', 'add', 'table', 'inet', 'f']).catch(String);
  if (typeof made === 'string') return made;
  return made.code === 0 ? null : `no network namespace can be made here: ${made.stderr.trim()}`;
};

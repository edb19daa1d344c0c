import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Reply } from '../../src/model/reply.ts';
import { finish } from '../lab/shell.ts';
import type { Answers, Job } from './asker.ts';
import type { Forged } from './forger.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The syn wire in processes of their own, which other namespaces can run too. */
export interface Asking {
  /** Does a job in a new process. `by` is a command that runs the rest of its line. */
  ask(job: Job, by?: readonly string[]): Promise<Answers>;
  /** Runs the forger. */
  forge(by: readonly string[]): Promise<Forged>;
  remove(): Promise<void>;
}

export const buildAsking = async (): Promise<Asking> => {
  // Inside of the project, because the packages that stay outside of the bundle are looked up from there.
  await mkdir(join(ROOT, '.lab'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, '.lab', 'syn-'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/wire-syn/asker.ts', 'test/wire-syn/forger.ts'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  const run = async (script: string, argument: string, by: readonly string[]): Promise<string> => {
    const [command = '', ...args] = [...by, process.execPath, join(folder, script), argument];
    const { code, stdout, stderr } = await finish(command, args, { timeout: 90_000 });
    if (code !== 0) throw new Error(`${script} ended with ${code}: ${stderr}`);
    return stdout;
  };
  return {
    ask: async (job, by = []) => JSON.parse(await run('asker.mjs', JSON.stringify(job), by)) as Answers,
    forge: async (by) => JSON.parse(await run('forger.mjs', '', by)) as Forged,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

/** A network of its own with nothing but a loopback device, after these commands. */
export const alone = (script: string): readonly string[] => [
  'unshare',
  '-rn',
  'sh',
  '-euc',
  `ip link set lo up; ${script}; exec "$@"`,
  'sh',
];

/** The part of a reply that does not depend on the clock. */
export const said = (reply: Reply | undefined): string => {
  switch (reply?.kind) {
    case 'rejected': {
      if (!('icmp' in reply.cause)) return `rejected ${reply.cause.errno}`;
      const { version, type, code } = reply.cause.icmp;
      return `${version}: ${type}/${code} from ${reply.cause.from}`;
    }
    case 'refused':
      return `refused by ${reply.by}, ttl ${reply.ttl}`;
    case 'accepted':
      return `accepted, ttl ${reply.ttl}`;
    case 'unknown':
      return `${reply.fault.kind} ${reply.fault.code}`;
    default:
      return reply?.kind ?? 'none';
  }
};

import { type SpawnOptions, spawn } from 'node:child_process';

/** What a finished command left behind. `code` null when a signal ended it. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, whatever its exit code. Rejects only when it cannot be started. */
export const finish = (
  command: string,
  args: readonly string[],
  { input = '', ...options }: SpawnOptions & { input?: string } = {},
): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // Who does not read its input may be gone before it is written.
    child.stdin?.on('error', () => {}).end(input);
  });

/** Runs a command that must succeed; its standard output. */
export const run = async (command: string, args: readonly string[], input = ''): Promise<string> => {
  const { code, stdout, stderr } = await finish(command, args, { input });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return stdout;
};

import { spawn } from 'node:child_process';
import { win32 } from 'node:path';
import type { Rehearsal } from '../model/rehearsal.ts';

/** The environment variable that gives the child the novice, so that a name is never part of a script. */
export const NOVICE_VARIABLE = 'RA_PREFLIGHT_NOVICE';

/**
 * What the child does, for Windows PowerShell 5.1. It activates RASrv (MS-RAI 1.9) by CoCreateInstanceEx over TCP 135, then asks the
 * object for IDispatch, which every IRASrv has: IRemUnknown::RemQueryInterface, the first call over the dynamic port. No method of
 * the object is called, GetNoviceUserInfo least of all: it would disturb the novice.
 */
export const REHEARSAL_SCRIPT = `$ErrorActionPreference = 'Stop'
try {
  $class = [Type]::GetTypeFromCLSID([Guid]'3C3A70A7-A468-49B9-8ADA-28E11FCCAD5D', $env:${NOVICE_VARIABLE}, $true)
  $object = [Activator]::CreateInstance($class)
  'RA-PREFLIGHT activation 00000000'
  $unknown = [Runtime.InteropServices.Marshal]::GetIUnknownForObject($object)
  $interface = [Guid]'00020400-0000-0000-C000-000000000046'
  $pointer = [IntPtr]::Zero
  $result = [Runtime.InteropServices.Marshal]::QueryInterface($unknown, [ref]$interface, [ref]$pointer)
  'RA-PREFLIGHT call {0:X8}' -f $result
} catch {
  $error0 = $_.Exception
  while ($error0.InnerException) { $error0 = $error0.InnerException }
  'RA-PREFLIGHT activation {0:X8}' -f $error0.HResult
}
`;

/** A program that rehearses: the novice is in its environment, its results are lines of its output. */
export interface Rehearser {
  readonly program: string;
  readonly args: readonly string[];
  /** Longest wait for it, milliseconds: DCOM tries several protocols before it gives up. */
  readonly timeoutMs: number;
}

/** Windows PowerShell of this machine by its full path: whatever else is called powershell.exe stays out. */
export const powershell = (env: NodeJS.ProcessEnv): Rehearser => ({
  program: win32.join(
    env['SystemRoot'] ?? 'C:\\Windows',
    'System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  ),
  args: [
    ...['-NoLogo', '-NoProfile', '-NonInteractive', '-EncodedCommand'],
    Buffer.from(REHEARSAL_SCRIPT, 'utf16le').toString('base64'),
  ],
  timeoutMs: 90_000,
});

/** Bytes of output from which on the child is stopped: it has two lines to say. */
const MOST_OUTPUT = 4096;

const RESULT = /^RA-PREFLIGHT (activation|call) ([0-9A-F]{8})\r?$/gm;

/** Reads what the child printed; whatever else stands there is left out. */
const read = (output: string): Rehearsal => {
  const found = new Map(
    [...output.matchAll(RESULT)].map(([, step = '', code = '']) => [step, Number.parseInt(code, 16)]),
  );
  const activation = found.get('activation');
  if (activation === undefined) return { kind: 'no-answer', why: 'PowerShell ended without a result' };
  const call = found.get('call') ?? null;
  if (activation === 0 && call === null)
    return { kind: 'no-answer', why: 'PowerShell ended after the activation, without a result of the call' };
  return { kind: 'answered', activation, call };
};

/**
 * Activates the Remote Assistance class on `novice`, a name or address, in a child process without a shell. Never throws and never
 * waits longer than its time: what the child fails to say is the result.
 */
export const rehearse = (
  novice: string,
  { program, args, timeoutMs }: Rehearser,
  signal?: AbortSignal,
): Promise<Rehearsal> =>
  new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...process.env, [NOVICE_VARIABLE]: novice },
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    });
    let output = '';
    const end = (result: Rehearsal): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      child.kill('SIGKILL');
      child.stdout.destroy();
      resolve(result);
    };
    const fail = (why: string): void => end({ kind: 'no-answer', why });
    const stop = (): void => fail('it was interrupted');
    const timer = setTimeout(() => fail(`PowerShell gave no result within ${timeoutMs / 1000} s`), timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });
    child.once('error', ({ message }) => fail(`PowerShell could not be started (${message})`));
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      output += text;
      if (output.length > MOST_OUTPUT) fail('PowerShell printed more than a result');
    });
    child.once('close', () => end(read(output)));
    if (signal?.aborted) stop();
  });

import { describe, expect, it } from 'vitest';
import {
  NOVICE_VARIABLE,
  powershell,
  REHEARSAL_SCRIPT,
  type Rehearser,
  rehearse,
} from '../../src/wire/rehearsal.ts';

/** A program that stands in for PowerShell. */
const standIn = (script: string, timeoutMs = 20_000): Rehearser => ({
  program: process.execPath,
  args: ['-e', script],
  timeoutMs,
});

const printing = (...lines: readonly string[]): Rehearser =>
  standIn(`console.log(${JSON.stringify(lines.join('\n'))})`);

describe('a rehearsal', () => {
  it.each<[string, readonly string[], number, number | null]>([
    ['that works', ['RA-PREFLIGHT activation 00000000', 'RA-PREFLIGHT call 00000000'], 0, 0],
    ['whose account may not', ['RA-PREFLIGHT activation 80070005'], 0x80070005, null],
    [
      'whose first call fails',
      ['RA-PREFLIGHT activation 00000000', 'RA-PREFLIGHT call 800706BA'],
      0,
      0x800706ba,
    ],
    ['beside other words', ['WARNING: x', 'RA-PREFLIGHT activation 800706BA\r', 'bye'], 0x800706ba, null],
  ])('%s gives its HRESULTs', async (_, lines, activation, call) => {
    expect(await rehearse('pc1', printing(...lines))).toEqual({ kind: 'answered', activation, call });
  });

  it('counts what was printed, whatever the exit code of the child', async () => {
    const failing = standIn("console.log('RA-PREFLIGHT activation 80070005'); process.exitCode = 1");
    expect(await rehearse('pc1', failing)).toEqual({ kind: 'answered', activation: 0x80070005, call: null });
  });

  it('gives the novice in the environment as it was typed, whatever it holds, and no shell reads it', async () => {
    const name = `pc'1";$(calc)\`&|%PATH% ü`;
    const check = `console.log('RA-PREFLIGHT activation ' + (process.env.${NOVICE_VARIABLE} === ${JSON.stringify(name)} && process.argv.length === 1 ? '80070005' : '80004005'))`;
    expect(await rehearse(name, standIn(check))).toMatchObject({ activation: 0x80070005 });
  });

  it.each<[string, Rehearser, string]>([
    ['hangs', standIn('setInterval(() => {}, 1000)', 300), 'PowerShell gave no result within 0.3 s'],
    [
      'hangs after the activation',
      standIn("console.log('RA-PREFLIGHT activation 00000000'); setInterval(() => {}, 1000)", 1500),
      'PowerShell gave no result within 1.5 s',
    ],
    [
      'floods',
      standIn("const say = () => process.stdout.write('x'.repeat(1000), say); say()"),
      'PowerShell printed more than a result',
    ],
    ['dies', standIn('process.kill(process.pid, "SIGKILL")'), 'PowerShell ended without a result'],
    [
      'dies after the activation',
      printing('RA-PREFLIGHT activation 00000000'),
      'PowerShell ended after the activation, without a result of the call',
    ],
    [
      'says something else',
      printing('RA-PREFLIGHT activation 0', 'x 80070005'),
      'PowerShell ended without a result',
    ],
    [
      'prints bytes that are no text',
      standIn('process.stdout.write(Buffer.from(Array.from({ length: 2000 }, (_, i) => i & 255)))'),
      'PowerShell ended without a result',
    ],
    [
      'ends with an error',
      standIn("console.error('RA-PREFLIGHT activation 00000000'); process.exit(3)"),
      'PowerShell ended without a result',
    ],
    [
      'is not there',
      { program: '/nowhere/powershell.exe', args: [], timeoutMs: 5000 },
      'PowerShell could not be started (spawn /nowhere/powershell.exe ENOENT)',
    ],
  ])('has no result of a child that %s', async (_, by, why) => {
    expect(await rehearse('pc1', by)).toEqual({ kind: 'no-answer', why });
  });

  it('ends when it is interrupted, before and while it runs', async () => {
    const hanging = standIn('setInterval(() => {}, 1000)');
    const interrupted = { kind: 'no-answer', why: 'it was interrupted' };
    expect(await rehearse('pc1', hanging, AbortSignal.abort())).toEqual(interrupted);
    const controller = new AbortController();
    const running = rehearse('pc1', hanging, controller.signal);
    controller.abort();
    expect(await running).toEqual(interrupted);
  });
});

describe('the child of Windows', () => {
  const { program, args } = powershell({ SystemRoot: 'D:\\Windows' });

  it('is PowerShell by its full path, without profile, with a fixed script', () => {
    expect(program).toBe('D:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe');
    expect(powershell({}).program).toMatch(/^C:\\Windows\\/);
    expect(args.slice(0, -1)).toEqual(['-NoLogo', '-NoProfile', '-NonInteractive', '-EncodedCommand']);
    expect(Buffer.from(args.at(-1) ?? '', 'base64').toString('utf16le')).toBe(REHEARSAL_SCRIPT);
    // A command line of Windows holds 32,767 characters.
    expect(args.join(' ').length).toBeLessThan(8000);
  });

  it('activates the class of MS-RAI 1.9 and calls no method of it', () => {
    expect(REHEARSAL_SCRIPT).toMatch(/^[\n -~]+$/);
    expect(REHEARSAL_SCRIPT).toContain("'3C3A70A7-A468-49B9-8ADA-28E11FCCAD5D'");
    expect(REHEARSAL_SCRIPT.match(/\$object\b/g)).toHaveLength(2);
    expect(REHEARSAL_SCRIPT).not.toMatch(/\$object\.|Invoke|GetNoviceUserInfo|GetSessionInfo/);
  });
});

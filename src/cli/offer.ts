import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { UsageError } from '../model/fault.ts';
import { consentFor, type Offerer } from '../model/offer.ts';
import type { HostReport } from '../model/report.ts';
import { messageOf } from '../text/error-message.ts';
import { escapeControls, quoted } from '../text/quoted.ts';
import { log } from './log.ts';

/** A name or an address, and nothing that msra.exe could take for an option. */
const TARGET = /^[^\s/"-][^\s/"]*$/;

const start = (program: string, target: string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (!TARGET.test(target))
      throw new UsageError(`${quoted(target)} is not the name or address of a computer`);
    // No shell, and of its own: the offer goes on when this program has ended.
    const child = spawn(program, ['/offerRA', target], { detached: true, stdio: 'ignore' });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });

/**
 * msra.exe of this Windows, which offers help since Vista (`/offerRA`, Windows 7 Resource Kit chapter 22). The name goes to it as it was
 * typed: Kerberos needs a name, and an address falls back to NTLM.
 */
export const findOfferer = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Offerer => {
  if (platform !== 'win32') return { why: `offers are made by msra.exe of Windows, and this is ${platform}` };
  const program = join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'msra.exe');
  if (!existsSync(program)) {
    return { why: `there is no ${program}; a Windows Server has it as the feature Remote-Assistance` };
  }
  return {
    commandFor: (target) => `msra.exe /offerRA ${escapeControls(target)}`,
    start: (target) => start(program, target),
  };
};

/** Throws UsageError where `--offer` cannot be followed: for more than one host, or where nothing makes an offer. */
export const refuseOffer = (targets: number, offerer: Offerer): void => {
  if (targets !== 1) throw new UsageError('--offer: is for one host');
  if ('why' in offerer) throw new UsageError(`--offer: ${offerer.why}`);
};

/** Asks at the terminal. False where nobody sits there. */
const isWanted = async (question: string): Promise<boolean> => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
};

/** Makes the offer to a host that was judged, where its verdict allows it, and says what was done. Never throws. */
export const offerTo = async (
  { target, verdict }: Pick<HostReport, 'target' | 'verdict'>,
  offerer: Offerer,
  ask: (question: string) => Promise<boolean> = isWanted,
): Promise<void> => {
  if ('why' in offerer) return log(`not offered: ${offerer.why}`);
  const command = offerer.commandFor(target);
  const consent = consentFor(verdict);
  if (consent === 'never') return log(`not offered: the verdict is ${verdict}`);
  if (
    consent === 'after a question' &&
    !(await ask(`The verdict is ${verdict}. Offer anyway (${command})?`))
  ) {
    return log(`not offered: the verdict is ${verdict}; ${command} offers anyway`);
  }
  try {
    await offerer.start(target);
    log(`offer started: ${command}`);
  } catch (error) {
    log(`the offer could not be started: ${messageOf(error)}`);
  }
};

/** The next step for hosts that are ready, where this machine can take it; null where there is none. */
export const nextStep = (
  hosts: readonly Pick<HostReport, 'target' | 'verdict'>[],
  offerer: Offerer,
): string | null => {
  const ready = hosts.find(({ verdict }) => consentFor(verdict) === 'at once');
  return ready === undefined || 'why' in offerer ? null : `next step: ${offerer.commandFor(ready.target)}`;
};

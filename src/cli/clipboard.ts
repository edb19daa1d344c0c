import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Copied } from '../tui/kit/clipboard-text.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Longest text that is sent to a terminal, bytes of base64: some drop longer ones without a word, at 100,000 bytes and less. */
const LONGEST = 74_994;

/**
 * A text as a terminal takes it into its clipboard (OSC 52; xterm's ctlseqs, "Manipulate Selection Data"); null where it is too
 * long. tmux takes the plain form, or passes the wrapped one on, as its owner has set it.
 */
export const clipboardSequence = (text: string, env: Environment): string | null => {
  const base64 = Buffer.from(text, 'utf8').toString('base64');
  if (base64.length > LONGEST) return null;
  const plain = `\u001B]52;c;${base64}\u0007`;
  if (!env['TMUX']) return plain;
  return `${plain}\u001BPtmux;${plain.replaceAll('\u001B', '\u001B\u001B')}\u001B\\`;
};

/**
 * Copies texts: to the clipboard of the terminal, and always into a file too, since no terminal says whether it took them. The
 * files of one program are in one folder that only its user can read.
 */
export const copier = (
  stdout: { write(text: string): unknown },
  env: Environment = process.env,
): ((copied: Copied) => Promise<string>) => {
  let folder: Promise<string> | null = null;
  return async ({ name, file, text }) => {
    const sequence = clipboardSequence(text, env);
    if (sequence !== null) stdout.write(sequence);
    folder ??= mkdtemp(join(tmpdir(), 'ra-preflight-'));
    const path = join(await folder, file);
    await writeFile(path, `${text}\n`, { mode: 0o600 });
    return sequence === null
      ? `${name} is too long for the clipboard; it is in ${path}`
      : `${name} is copied, and in ${path}`;
  };
};

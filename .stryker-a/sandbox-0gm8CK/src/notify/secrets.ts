import { open } from 'node:fs/promises';
import { platform } from 'node:os';
import { failureWords } from '../text/error-message.ts';
import type { SecretSource } from './rule.ts';

/** A secret file as it was read. `mode`: its permission bits; null where the platform has none. */
export interface SecretFile {
  readonly text: string;
  readonly mode: number | null;
}

/** How secrets are looked up. */
export interface SecretAccess {
  env(name: string): string | undefined;
  readSecret(path: string): Promise<SecretFile>;
}

/** A secret ready for use, and warnings for its owner. */
interface Secret {
  readonly value: string;
  readonly notices: readonly string[];
}

/** Longest secret that is read, bytes: beyond it the wrong file was named. */
const MOST = 64 * 1024;
const GROUP_OR_WORLD_READS = 0o044;

/** Reads a secret file, 64 KiB of it at most. Throws what the file system throws. */
export const readSecretFile = async (path: string): Promise<SecretFile> => {
  const file = await open(path, 'r');
  try {
    const { mode } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST), 0, MOST, 0);
    return {
      text: buffer.toString('utf8', 0, bytesRead),
      mode: platform() === 'win32' ? null : mode & 0o777,
    };
  } finally {
    await file.close();
  }
};

/** Looks a secret up. Throws an Error whose text names the place and never what is in it. */
export const resolveSecret = async (source: SecretSource, doors: SecretAccess): Promise<Secret> => {
  if (source.from === 'env') {
    const value = doors.env(source.name);
    if (!value) throw new Error(`the environment variable ${source.name} is not set`);
    return { value, notices: [] };
  }
  const file = await doors.readSecret(source.path).catch((error: unknown) => {
    throw new Error(`the secret file ${source.path} cannot be read: ${failureWords(error)}`);
  });
  const value = file.text.replace(/\r?\n$/, '');
  if (value === '') throw new Error(`the secret file ${source.path} is empty`);
  const open = file.mode !== null && (file.mode & GROUP_OR_WORLD_READS) !== 0;
  return {
    value,
    notices: open
      ? [
          `the secret file ${source.path} can be read by others (mode ${file.mode?.toString(8)}); chmod 600 it`,
        ]
      : [],
  };
};

/** The forms in which a server that was given a secret could send it back. */
const formsOf = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  return [
    secret,
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    // Out of the bytes: half a surrogate pair would make it throw.
    encodeURIComponent(bytes.toString()),
    JSON.stringify(secret).slice(1, -1),
  ];
};

/** Takes secrets out of a text from elsewhere, in each form that they may have come back in. */
export const scrubber = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form !== '');
  // The longest first: a form can be part of another.
  forms.sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
};

/**
 * Takes the piece of a secret from the end of a text that was cut: what a form of it begins with no longer looks like one.
 * Half a character at the cut goes with it.
 */
export const withoutTail = (text: string, secrets: readonly string[]): string => {
  const whole = text.replace(/\uFFFD+$/, '');
  const tails = secrets.flatMap(formsOf).map((form) => {
    let length = Math.min(form.length, whole.length);
    while (length > 0 && !whole.endsWith(form.slice(0, length))) length--;
    return length;
  });
  return whole.slice(0, whole.length - Math.max(0, ...tails));
};

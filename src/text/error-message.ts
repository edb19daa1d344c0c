/** The message of whatever was thrown: that of an Error, else the value as text. Not cleaned and not shortened. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What system calls for files and listening sockets fail with, in words. */
const FAILURES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'in use by another program',
  EADDRNOTAVAIL: 'not an address of this machine',
  EDQUOT: 'quota exceeded',
  EISDIR: 'it is a folder',
  ELOOP: 'its links form a loop',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or folder',
  ENOSPC: 'no space left',
  ENOTDIR: 'part of the path is not a folder',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
};

/** Why a system call failed: in words with its code, like "no such file or folder (ENOENT)", or as it says itself. */
export const failureWords = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  if (code === null) return messageOf(error);
  const words = FAILURES[code];
  return words === undefined ? code : `${words} (${code})`;
};

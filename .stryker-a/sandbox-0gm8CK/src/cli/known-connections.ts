import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectionsInNetstat, halfOpenInProc, type KnownConnection } from '../respond/half-open.ts';
import type { ConnectionTable } from '../respond/half-open-watch.ts';

const PROC = ['/proc/net/tcp', '/proc/net/tcp6'];
const WAIT_MS = 5000;
const MOST_BYTES = 8 << 20;

const inProc = async (): Promise<KnownConnection[]> => {
  const texts = await Promise.all(PROC.map((file) => readFile(file, 'latin1').catch(() => '')));
  return texts.flatMap(halfOpenInProc);
};

const inNetstat = async (): Promise<KnownConnection[]> => {
  const program = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'netstat.exe');
  const options = { timeout: WAIT_MS, maxBuffer: MOST_BYTES, windowsHide: true, encoding: 'latin1' } as const;
  try {
    return connectionsInNetstat((await promisify(execFile)(program, ['-n', '-p', 'tcp'], options)).stdout);
  } catch {
    return [];
  }
};

/**
 * Connections that the kernel knows of beside those that programs can list: half-open ones on Linux, all of IPv4 on Windows, where a program
 * must be started for each look. Needs no privileges.
 */
export const knownConnections = (platform: NodeJS.Platform): ConnectionTable => {
  if (platform === 'linux') return { read: inProc, restMs: 40 };
  return platform === 'win32' ? { read: inNetstat, restMs: 300 } : { read: async () => [], restMs: 60_000 };
};

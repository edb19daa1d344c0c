import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectionsInNetstat, halfOpenInProc, type KnownConnection } from '../respond/half-open.ts';

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
 * Connections that the kernel knows of beside what programs are told: half-open ones on Linux, all of IPv4 on Windows. Needs no
 * privileges; empty where the system tells nobody.
 */
export const knownConnections = (platform: NodeJS.Platform): (() => Promise<KnownConnection[]>) =>
  ({ linux: inProc, win32: inNetstat })[platform as string] ?? (async () => []);

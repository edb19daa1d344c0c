import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether a program of this name starts here. */
export const installed = (program: string): boolean =>
  spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined;

/** Where nmap's packages put its document type. */
export const NMAP_DTD = ['/usr/share/nmap/nmap.dtd', '/usr/local/share/nmap/nmap.dtd'].find((path) =>
  existsSync(path),
);

/** Runs a program on texts, each in a file of its own. Throws with what it said when it fails, unless `codes` allows it. */
export const runOn = (program: string, args: readonly string[], texts: readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ra-preflight-'));
  try {
    const files = texts.map((text, i) => {
      const file = join(folder, `${i}.xml`);
      writeFileSync(file, text);
      return file;
    });
    return execFileSync(program, [...args, ...files], {
      encoding: 'utf8',
      stdio: 'pipe',
      maxBuffer: 64 * 2 ** 20,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

it('without its optional packages a fleet says in one line what to install', () => {
  // A copy elsewhere finds no packages at all.
  const at = mkdtempSync(join(tmpdir(), 'ra-alone-'));
  try {
    for (const part of ['bin', 'dist', 'package.json'])
      cpSync(join(ROOT, part), join(at, part), { recursive: true });
    const bin = join(at, 'bin/ra-preflight.js');
    const { status, stderr } = spawnSync(
      process.execPath,
      [bin, 'worker', '--redis', 'redis://127.0.0.1:1', '--vantage', 'hq'],
      { env: { RA_PREFLIGHT_FLEET_KEY: 'a key that only tests have' }, encoding: 'utf8' },
    );
    expect(stderr).toBe(
      'ra-preflight: a fleet needs the optional packages bullmq and ioredis, of which bullmq and ioredis cannot be loaded; npm install bullmq@6 ioredis@6\n',
    );
    expect(status).toBe(2);
  } finally {
    rmSync(at, { recursive: true });
  }
});

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { manual } from './manual.ts';

it('man/ra-preflight.1 says what the commands and options are', async () => {
  await expect(manual()).toMatchFileSnapshot('../../man/ra-preflight.1');
});

it('is installed beside the program: npm links the pages of a list, and since 11 not a single name', () => {
  const { man } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  expect(man).toEqual(['man/ra-preflight.1']);
});

it('is a page that troff sets without a warning', ({ skip }) => {
  if (spawnSync('groff', ['--version']).error) return skip('groff is not here');
  const { stderr, status } = spawnSync('groff', ['-man', '-Tascii', '-ww'], { input: manual() });
  expect([status, stderr.toString()]).toEqual([0, '']);
  const text = execFileSync('groff', ['-man', '-Tascii', '-P-cbou'], { input: manual() }).toString();
  expect(text).toContain('--rate <n>');
  expect(text).toContain('DOMAIN\\PC');
});

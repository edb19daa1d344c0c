import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { complete } from '../../src/cli/completion/complete.ts';
import { SCRIPTS } from '../../src/cli/completion/scripts.ts';
import { program } from '../../src/cli/program.ts';
import { BIN, run } from './run.ts';

const offered = (typed: string, ...words: string[]): string | string[] => {
  const offer = complete(
    program('', () => {}),
    words,
    typed,
  );
  return offer.kind === 'words' ? offer.words.map(([word]) => word) : offer.kind;
};

describe('complete', () => {
  it.each<[string, string[], string | string[]]>([
    ['au', [], ['audit']],
    ['', ['history'], ['prune', 'export', 'import', 'backup', 'trend']],
    ['--no-', ['check'], ['--no-map', '--no-locate', '--no-ping', '--no-color']],
    ['--sub', ['check'], []],
    ['--sub', ['audit', '10.0.0.0/24'], ['--subnet-rate']],
    ['', ['audit', '--engine'], ['auto', 'node', 'linux', 'syn', 'windows']],
    ['--engine=s', ['audit'], ['--engine=syn']],
    ['n', ['check', '--quiet', '--format'], ['ndjson', 'nmap-xml', 'nagios']],
    ['', ['history', '--format'], ['table', 'json']],
    ['', ['audit', '-o'], 'files'],
    ['', ['history', 'import'], 'files'],
    ['', ['schedule', 'install', '--into'], 'folders'],
    ['', ['audit', '--rate'], []],
    ['', ['audit', '--rate', '5', '--novice'], ['auto', 'xp-2003', 'vista-or-later']],
    ['--', ['audit', '--'], []],
    ['z', ['completion'], ['zsh']],
    ['--nothing=', ['audit'], []],
  ])('offers for %j behind %j: %j', (typed, words, offers) => {
    expect(offered(typed, ...words)).toEqual(offers);
  });

  it('knows every option of every command', () => {
    const main = program('', () => {});
    for (const command of main.commands.flatMap((one) => [one, ...one.commands])) {
      const path =
        command.parent === main ? [command.name()] : [command.parent?.name() ?? '', command.name()];
      const flags = command.options.map(({ long }) => long);
      expect(offered('--', ...path)).toEqual([...flags, '--help']);
    }
  });
});

describe('completion', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ra-completion-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(Object.keys(SCRIPTS))('prints the script of %s', async (shell) => {
    const { code, stdout, stderr } = await run(['completion', shell]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(SCRIPTS[shell as keyof typeof SCRIPTS]);
  });

  it('refuses a shell that it does not know', async () => {
    const { code, stderr } = await run(['completion', 'tcsh']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/'tcsh'.*bash, zsh, fish, powershell\.?\n$/)]);
  });

  const inBash = (...words: readonly string[]): string[] => {
    writeFileSync(join(folder, 'ra-preflight'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
    chmodSync(join(folder, 'ra-preflight'), 0o755);
    const script = `${SCRIPTS.bash}
COMP_WORDS=(ra-preflight "$@"); COMP_CWORD=$#
_ra_preflight 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
    const said = execFileSync('bash', ['-c', script, 'bash', ...words], { env }).toString();
    return said.split('\n').filter(Boolean);
  };

  it('works in bash, which takes --engine=s for three words', ({ skip }) => {
    if (process.platform === 'win32') return skip('bash is not here');
    expect(inBash('au')).toEqual(['audit']);
    expect(inBash('audit', '--engine', '')).toEqual(['auto', 'node', 'linux', 'syn', 'windows']);
    expect(inBash('audit', '--engine', '=', 's')).toEqual(['syn']);
    expect(inBash('audit', '--engine', '=')).toEqual(['auto', 'node', 'linux', 'syn', 'windows']);
    expect(inBash('audit', '-o', '')).toEqual([]);
  });
});

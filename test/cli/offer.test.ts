import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findOfferer, nextStep, offerTo, refuseOffer } from '../../src/cli/offer.ts';
import { UsageError } from '../../src/model/fault.ts';
import type { Offerer } from '../../src/model/offer.ts';
import { run } from './run.ts';

let root: string;
const said: string[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ra offer '));
  said.length = 0;
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

/** A Windows whose msra.exe writes down what it was given, if `has`. */
const windows = (has = true): Offerer => {
  const folder = join(root, 'System32');
  mkdirSync(folder);
  const program = join(folder, 'msra.exe');
  if (has) {
    writeFileSync(
      program,
      `#!/bin/sh\nprintf '%s\\n' "$@" > '${root}/draft' && mv '${root}/draft' '${root}/given'\n`,
    );
    chmodSync(program, 0o755);
  }
  return findOfferer('win32', { SystemRoot: root });
};
const given = async (): Promise<string> => {
  await expect.poll(() => existsSync(join(root, 'given'))).toBe(true);
  return readFileSync(join(root, 'given'), 'utf8');
};
const nobody = (): Promise<boolean> => Promise.reject(new Error('nobody was to be asked'));

describe('an offer', () => {
  it('starts msra.exe with the name as it was typed, and leaves it to itself', async () => {
    await offerTo({ target: 'pc0417.corp.example', verdict: 'ready' }, windows(), nobody);
    expect(await given()).toBe('/offerRA\npc0417.corp.example\n');
    expect(said.join('')).toBe('ra-preflight: offer started: msra.exe /offerRA pc0417.corp.example\n');
  });

  it.each([true, false])(
    'asks where the verdict is undetermined, and does what is answered: %s',
    async (answer) => {
      const asked: string[] = [];
      const ask = (question: string): Promise<boolean> => {
        asked.push(question);
        return Promise.resolve(answer);
      };
      await offerTo({ target: 'pc1', verdict: 'undetermined' }, windows(), ask);
      expect(asked).toEqual(['The verdict is undetermined. Offer anyway (msra.exe /offerRA pc1)?']);
      if (answer) expect(await given()).toBe('/offerRA\npc1\n');
      else expect(said.join('')).toMatch(/not offered: the verdict is undetermined; msra\.exe \/offerRA pc1/);
    },
  );

  it.each(['blocked', 'unreachable'] as const)('is never made to a host that is %s', async (verdict) => {
    await offerTo({ target: 'pc1', verdict }, windows(), nobody);
    expect(said.join('')).toBe(`ra-preflight: not offered: the verdict is ${verdict}\n`);
  });

  it.each(['/expert', '-x', 'a b', 'a"b', ''])(
    'is never made to %j, which is no computer',
    async (target) => {
      await offerTo({ target, verdict: 'ready' }, windows(), nobody);
      expect(said.join('')).toMatch(/the offer could not be started: .* is not the name or address/);
      expect(existsSync(join(root, 'given'))).toBe(false);
    },
  );

  it('says in one line when the program cannot be started', async () => {
    const offerer = windows();
    rmSync(join(root, 'System32'), { recursive: true });
    await offerTo({ target: 'pc1', verdict: 'ready' }, offerer, nobody);
    expect(said.join('')).toMatch(/^ra-preflight: the offer could not be started: [^\n]*ENOENT\n$/);
  });

  it('is the next step of the first host that is ready, on Windows only', () => {
    const hosts = [
      { target: 'pc1', verdict: 'blocked' },
      { target: 'pc2', verdict: 'ready' },
    ] as const;
    expect(nextStep(hosts, windows())).toBe('next step: msra.exe /offerRA pc2');
    expect(nextStep(hosts.slice(0, 1), findOfferer('win32', { SystemRoot: root }))).toBeNull();
    expect(nextStep(hosts, findOfferer('linux', {}))).toBeNull();
  });

  it('is refused before a packet is sent where it cannot be made', async () => {
    expect(() => refuseOffer(2, windows())).toThrow(/is for one host/);
    expect(() => refuseOffer(1, findOfferer('linux', {}))).toThrow(UsageError);
    expect(() => refuseOffer(1, findOfferer('win32', { SystemRoot: join(root, 'nowhere') }))).toThrow(
      /there is no .*msra\.exe; a Windows Server/,
    );
    vi.restoreAllMocks();
    const { code, stdout, stderr } = await run(['check', '127.0.0.1', '--offer']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^ra-preflight: --offer: offers are made by msra\.exe of Windows, and this is linux\n$/,
    );
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const IMPORT = /^(?:import|export)(?! type)\s[^;]*?from '([^']+)';$|^import '([^']+)';$/gms;

/** What a module loads before it runs: files by their path from the root, packages and `node:` modules by name. */
const loadedBy = (entry: string): Set<string> => {
  const found = new Set<string>();
  const follow = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    if (!file.startsWith('src/') && !file.startsWith('probes/')) return;
    if (!/\.tsx?$/.test(file)) return;
    for (const [, from, bare] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const name = from ?? bare ?? '';
      follow(name.startsWith('.') ? normalize(join(file, '..', name)).replace(/\?.*/, '') : name);
    }
  };
  follow(entry);
  return found;
};

describe('the start of the program', () => {
  const loaded = [...loadedBy('src/cli/main.ts')];

  it('follows files that are there', () => {
    const files = loaded.filter((name) => name.startsWith('src/'));
    expect(files.length).toBeGreaterThan(200);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  it('loads only packages that every check needs: the time to the first verdict is part of the answer', () => {
    const packages = loaded
      .filter((name) => !/^(src|probes|node:)/.test(name) && !name.endsWith('.json'))
      .map((name) => name.split('/')[0]);
    expect([...new Set(packages)].sort()).toEqual([
      'commander',
      'env-paths',
      'fastest-levenshtein',
      'p-limit',
      'pure-rand',
    ]);
  });

  it.each([
    'src/tui/',
    'src/respond/',
    'src/policy/',
    'src/fleet/coordinator',
    'src/notify/deliver.ts',
    'src/serve/',
    'src/store/sqlite',
    'probes/responder.ts',
    'src/output/html',
  ])('loads nothing of %s', (place) => {
    expect(loaded.filter((name) => name.startsWith(place))).toEqual([]);
  });
});

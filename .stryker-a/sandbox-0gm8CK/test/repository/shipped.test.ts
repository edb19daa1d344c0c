import { describe, expect, it } from 'vitest';
import { advisories, bundled, forbidden, isAllowed, loose, shipped } from '../../scripts/shipped.mjs';

const LINE = '-'.repeat(78);
const BUNDLE = bundled(`ink 6.8.0\n\nMIT License\n\n${LINE}\n\n@a/width 8.3.0\n\nLicense: ISC\n`);
const LOCK = {
  packages: {
    '': { name: 'ra-preflight', version: '0.1.0' },
    'node_modules/ink': { version: '6.8.0', dev: true, license: 'MIT' },
    'node_modules/ink/node_modules/@a/width': { version: '8.3.0', dev: true, license: 'GPL-3.0-only' },
    'node_modules/@a/width': { version: '4.0.0', dev: true },
    'node_modules/koffi': { version: '3.3.4' },
    'node_modules/ms': { version: '2.1.3', devOptional: true, license: 'MIT' },
    'node_modules/raw-socket': {
      name: '@other/raw-socket',
      version: '1.8.6',
      optional: true,
      license: 'MIT',
    },
  },
};

describe('what ships', () => {
  it('is what npm installs beside the program and what the bundle holds, by name and version', () => {
    expect(shipped(LOCK, BUNDLE).map(([path]) => path)).toEqual([
      'node_modules/ink',
      'node_modules/ink/node_modules/@a/width',
      'node_modules/koffi',
      'node_modules/ms',
      'node_modules/raw-socket',
    ]);
  });

  it('is nothing that package-lock.json does not know', () => {
    expect(() => shipped(LOCK, new Set(['ink 5.0.0']))).toThrow('ink 5.0.0');
  });

  it('has a licence, and one that lets us pass it on', () => {
    expect(forbidden(shipped(LOCK, BUNDLE))).toEqual([
      'node_modules/ink/node_modules/@a/width 8.3.0: licence GPL-3.0-only',
      'node_modules/koffi 3.3.4: licence unknown',
    ]);
  });

  it.each([
    ['MIT', true],
    ['(GPL-2.0-only OR MIT)', true],
    ['MIT AND GPL-2.0-only', false],
    ['SEE LICENSE IN LICENSE', false],
    [undefined, false],
  ])('licence %s: %s', (licence, allowed) => {
    expect(isAllowed(licence)).toBe(allowed);
  });

  it('is named by one version where users install it without our package-lock.json', () => {
    expect(
      loose({
        dependencies: { koffi: '3.3.4', libsql: '^0.5.29' },
        optionalDependencies: { ioredis: '6.x' },
        overrides: { 'raw-socket': 'npm:@other/raw-socket@1.8.6', ms: 'npm:ms@2' },
      }),
    ).toEqual([
      'libsql: ^0.5.29 is no exact version',
      'ioredis: 6.x is no exact version',
      'ms: npm:ms@2 is no exact version',
    ]);
  });

  it('has no advisory; one of a tool, or one that is inherited, has no line', () => {
    const found = { title: 'reads too far', url: 'https://github.com/advisories/GHSA-1' };
    const vulnerabilities = {
      ink: { nodes: ['node_modules/ink'], severity: 'moderate', via: ['width'] },
      width: {
        nodes: ['node_modules/@a/width', 'node_modules/ink/node_modules/@a/width'],
        severity: 'high',
        via: [found],
      },
    };
    expect(advisories({ vulnerabilities }, shipped(LOCK, BUNDLE))).toEqual([
      'node_modules/ink/node_modules/@a/width: high, reads too far (https://github.com/advisories/GHSA-1)',
    ]);
  });
});

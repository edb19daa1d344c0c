import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeAs } from '../../../src/cli/policy-make.ts';
import { judgePolicy } from '../../../src/policy/judge/judge.ts';
import { readLgpo } from '../../../src/policy/read/lgpo.ts';
import { readPol } from '../../../src/policy/read/pol.ts';
import { readReg } from '../../../src/policy/read/reg.ts';
import type { PolicyFile, Source } from '../../../src/policy/setting.ts';
import { valuesOf } from '../../../src/policy/write/wanted.ts';
import { wanted } from './wanted.ts';

const SOURCE: Source = { file: 'made', gpo: null, precedence: null };

const READERS = {
  pol: (bytes: Uint8Array): PolicyFile => readPol(bytes, SOURCE, 'HKLM'),
  reg: (bytes: Uint8Array): PolicyFile => readReg(bytes, SOURCE),
  lgpo: (bytes: Uint8Array): PolicyFile => readLgpo(bytes, SOURCE),
} as const;

describe('what policy make writes, policy check reads as it was meant', () => {
  it.each(['pol', 'reg', 'lgpo'] as const)('as %s', (format) => {
    fc.assert(
      fc.property(wanted, (asked) => {
        const { instructions, unread } = READERS[format](madeAs(format, asked).bytes);
        expect(unread).toEqual([]);
        expect(instructions).toEqual(
          valuesOf(asked).map(({ hive, key, name, type, data }) => ({
            op: 'set',
            hive,
            key,
            name,
            type,
            data,
            source: SOURCE,
          })),
        );
      }),
      { numRuns: 200 },
    );
  });

  it.each(['pol', 'reg', 'lgpo'] as const)('and finds ready, as %s', (format) => {
    fc.assert(
      fc.property(wanted, (asked) => {
        const { verdict, findings } = judgePolicy(
          [READERS[format](madeAs(format, asked).bytes)],
          asked.novice,
        );
        // A range may be smaller than Microsoft asks for; that is said, and decides nothing.
        const faults = findings.filter(({ state }) => state === 'wrong' || state === 'missing');
        expect(faults.filter(({ code }) => code !== 'rpc-ports-few')).toEqual([]);
        expect(verdict).toBe('ready');
        const codes = findings.map(({ code }) => code);
        expect(codes.includes('view-only')).toBe(asked.viewOnly);
        // Not one that it writes is a mistake of writing.
        expect(codes).not.toContain('near-miss');
        expect(codes).not.toContain('misplaced');
      }),
      { numRuns: 300 },
    );
  });
});

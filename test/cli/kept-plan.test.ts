import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKeptPlan } from '../../src/cli/kept-plan.ts';
import { AUDIT, resolveOptions } from '../../src/cli/options.ts';
import { UsageError } from '../../src/model/fault.ts';
import { NO_EXCLUDES, readExcludes } from '../../src/targets/excludes.ts';
import { readTargetSpec } from '../../src/targets/parse-space.ts';

const GUARD = { families: { v4: true, v6: true }, scope: { allow: [], deny: [] } };
const options = resolveOptions({}, { options: {}, scope: GUARD.scope }, AUDIT, 'linux');

/** What the history holds of an audit of these targets, after a way through JSON. */
const kept = (targets: readonly string[], barred: readonly string[] = []) => {
  const excludes = readExcludes(barred.map((text) => ({ text, at: '--exclude' })));
  const items = targets.map((text) => ({ text, at: 'target' }));
  const { spec, size } = readTargetSpec({ items, excludes, guard: GUARD });
  const plan = JSON.parse(JSON.stringify({ spec, excludes, options })) as {
    spec: { parts: Record<string, unknown>[] };
    options: Record<string, unknown>;
    excludes: unknown;
  };
  return { plan, run: { hosts: size, targets } };
};

const TARGETS = [
  '10.60.0.0/24',
  'CORP\\PC1$',
  'pc2.',
  '::ffff:10.9.9.9',
  'fe80::1%eth0',
  '10.60.0.0-10.61.0.9',
];

describe('readKeptPlan', () => {
  it('reads what an audit has kept', () => {
    const { plan, run } = kept(TARGETS, ['10.60.0.0/25', 'pc3']);
    const { spec, excludes, options: read } = readKeptPlan(plan, run);
    expect(plan).toMatchObject({ spec, excludes });
    expect(read).toMatchObject({ rate: options.rate, engine: 'auto', rpcRange: null });
  });

  it('asks nothing that the history does not show', () => {
    const { plan, run } = kept(['10.61.0.0/24']);
    expect(() => readKeptPlan(plan, { ...run, targets: ['10.60.0.0/24'] })).toThrow(
      "its plan asks other hosts than '10.60.0.0/24'",
    );
    expect(() => readKeptPlan(plan, { ...run, hosts: 255 })).toThrow(
      'its plan has 256 hosts, and the run 255',
    );
    // What a list held is not known any more.
    expect(readKeptPlan(plan, { ...run, targets: ['@pcs.txt'] }).spec).toEqual(plan.spec);
  });

  it.each([
    [{ kind: 'names', names: [{ text: 'pc1', name: 'pc2' }] }],
    [{ kind: 'names', names: [{ text: 'pc1', name: 'PC1' }] }],
    [{ kind: 'names', names: [{ text: 'x', name: '10.0.0.1' }] }],
    [{ kind: 'names', names: [{ text: '10.0.0.1', name: '10.0.0.1' }] }],
    [{ kind: 'addresses', addresses: [{ text: '10.0.0.1', address: '10.0.0.2', family: 4 }] }],
    [{ kind: 'addresses', addresses: [{ text: '224.0.0.1', address: '224.0.0.1', family: 4 }] }],
    [{ kind: 'block', family: 4, first: '010.0.0.1', count: 1 }],
    [{ kind: 'block', family: 6, first: '10.0.0.1', count: 1 }],
    [{ kind: 'block', family: 4, first: '10.0.0.1', count: 0.5 }],
    [{ kind: 'blocks' }],
  ])('refuses the part %j', (part) => {
    const { plan } = kept(['pc1']);
    const forged = { ...plan, spec: { parts: [part] } };
    expect(() => readKeptPlan(forged, { hosts: 1, targets: ['@list'] })).toThrow(UsageError);
  });

  it.each([
    ['rate', 1e9],
    ['rate', 0],
    ['rate', undefined],
    ['rate', '1000'],
    ['rate', null],
    ['perHostRate', 1e9],
    ['perSubnetRate', 1e9],
    ['hostsAtOnce', 0],
    ['hostsAtOnce', 1e6],
    ['concurrency', 1e6],
    ['timeoutMs', 1e9],
    ['retries', 1000],
    ['sample', 0.5],
    ['rpcRange', { from: 1, to: 100 }],
    ['rpcRange', { from: 2000, to: 1999 }],
    ['novice', 'win11'],
    ['engine', 'rocket'],
    ['families', {}],
    ['bulk', 1],
  ])('refuses %s = %j', (key, value) => {
    const { plan, run } = kept(['pc1']);
    const forged = { ...plan, options: { ...plan.options, [key]: value } };
    expect(() => readKeptPlan(forged, run)).toThrow(`its plan cannot be used: 'options.${key}`);
  });

  it.each([[{}], [null], [[]], ['x'], [{ spec: { parts: [] }, options, excludes: NO_EXCLUDES }]])(
    'refuses the plan %j',
    (plan) => {
      expect(() => readKeptPlan(plan, { hosts: 1, targets: ['pc1'] })).toThrow(UsageError);
    },
  );

  it('throws nothing but a UsageError of one line, whatever is stored', () => {
    const { plan, run } = kept(TARGETS);
    const paths = [
      ['spec'],
      ['spec', 'parts'],
      ['excludes', 'spans'],
      ['options', 'families'],
      ['options', 'seed'],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const forged = structuredClone(plan) as unknown as Record<string, Record<string, unknown>>;
        const [first = '', second] = path;
        if (second === undefined) forged[first] = value as Record<string, unknown>;
        else if (forged[first]) forged[first][second] = value;
        try {
          readKeptPlan(forged, run);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          expect((error as UsageError).message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        }
      }),
      { numRuns: 500 },
    );
  });
});

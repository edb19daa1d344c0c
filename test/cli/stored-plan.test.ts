import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { AUDIT } from '../../src/cli/options/scan-mode.ts';
import { resolveOptions } from '../../src/cli/options.ts';
import { readStoredPlan } from '../../src/cli/stored-plan.ts';
import { UsageError } from '../../src/model/fault.ts';
import type { Report } from '../../src/model/report.ts';
import { openHistory } from '../../src/store/open.ts';
import { readTargetSpec } from '../../src/targets/parse-space.ts';
import { NO_EXCLUDES, readExcludes } from '../../src/targets/read-excludes.ts';
import { run } from './run.ts';

const GUARD = { families: { v4: true, v6: true }, scope: { allow: [], deny: [] } };
const options = resolveOptions({}, { options: {}, scope: GUARD.scope }, AUDIT);

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

describe('readStoredPlan', () => {
  it('reads what an audit has kept', () => {
    const { plan, run: about } = kept(TARGETS, ['10.60.0.0/25', 'pc3']);
    const { spec, excludes, options: read } = readStoredPlan(plan, about);
    expect(plan).toMatchObject({ spec, excludes });
    expect(read).toMatchObject({ rate: options.rate, engine: 'auto', rpcRange: null });
  });

  it('asks nothing that the history does not show', () => {
    const { plan, run: about } = kept(['10.61.0.0/24']);
    expect(() => readStoredPlan(plan, { ...about, targets: ['10.60.0.0/24'] })).toThrow(
      "its plan probes other hosts than '10.60.0.0/24'",
    );
    expect(() => readStoredPlan(plan, { ...about, hosts: 255 })).toThrow(
      'its plan has 256 hosts, and the run 255',
    );
    const other = kept(['pc9']);
    expect(() => readStoredPlan(other.plan, { hosts: 1, targets: ['pc1'] })).toThrow(
      "its plan probes other hosts than 'pc1'",
    );
    // What a list held is not known any more.
    expect(readStoredPlan(plan, { ...about, targets: ['@pcs.txt'] }).spec).toEqual(plan.spec);
  });

  it('compares nothing with targets of which one is a list, and everything with several that are typed', () => {
    const { plan } = kept(['pc1', 'pc2']);
    expect(() => readStoredPlan(plan, { hosts: 2, targets: ['@pcs.txt', 'pc9'] })).not.toThrow();
    expect(() => readStoredPlan(plan, { hosts: 2, targets: ['pc8', 'pc9'] })).toThrow(
      "its plan probes other hosts than 'pc8, pc9'",
    );
  });

  it('leaves out of what was typed what cannot be probed: the plan must lie within the rest', () => {
    const { plan } = kept(['pc1']);
    expect(() => readStoredPlan(plan, { hosts: 1, targets: ['pc1', '10.0.0.0/99'] })).not.toThrow();
    expect(() => readStoredPlan(plan, { hosts: 1, targets: ['pc2', '10.0.0.0/99'] })).toThrow(
      'its plan probes other hosts',
    );
  });

  it('refuses a plan whose shard holds another number of hosts', () => {
    const { plan, run: about } = kept(['10.61.0.0/24']);
    const shardOf = (count: number) => ({
      targets: ['10.61.0.0/24'],
      number: 1,
      of: 2,
      hosts: 512,
      space: 'a'.repeat(64),
      how: {
        novice: 'auto',
        rpcPorts: null,
        sample: 32,
        retries: 2,
        ipv4: true,
        ipv6: true,
        ping: true,
        map: true,
        locate: true,
      },
      ranges: [{ from: 0, count }],
    });
    expect(readStoredPlan({ ...plan, shard: shardOf(256) }, about).shard?.number).toBe(1);
    expect(() => readStoredPlan({ ...plan, shard: shardOf(255) }, about)).toThrow(
      'its plan has 256 hosts, and its shard 255',
    );
  });

  it('says which target stands for another host', () => {
    const { plan } = kept(['pc1']);
    const part = { kind: 'names', names: [{ text: 'pc1', name: 'pc2' }] };
    expect(() =>
      readStoredPlan({ ...plan, spec: { parts: [part] } }, { hosts: 1, targets: ['@list'] }),
    ).toThrow("its plan probes another host than 'pc1' for it");
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
    expect(() => readStoredPlan(forged, { hosts: 1, targets: ['@list'] })).toThrow(UsageError);
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
    const { plan, run: about } = kept(['pc1']);
    const forged = { ...plan, options: { ...plan.options, [key]: value } };
    expect(() => readStoredPlan(forged, about)).toThrow(`its plan cannot be used: 'options.${key}`);
  });

  it.each([[{}], [null], [[]], ['x'], [{ spec: { parts: [] }, options, excludes: NO_EXCLUDES }]])(
    'refuses the plan %j',
    (plan) => {
      expect(() => readStoredPlan(plan, { hosts: 1, targets: ['pc1'] })).toThrow(UsageError);
    },
  );

  it.each([
    ['no address', { text: 'x', first: 'x', last: 'x' }],
    ['a reversed span', { text: 'x', first: '10.0.0.9', last: '10.0.0.1' }],
    ['two families', { text: 'x', first: '10.0.0.1', last: '::1' }],
  ])('refuses excludes that would leave nothing out: %s', (_, span) => {
    const { plan, run: about } = kept(['pc1']);
    const forged = { ...plan, excludes: { spans: [span], names: [] } };
    expect(() => readStoredPlan(forged, about)).toThrow("the exclude 'x' is damaged");
  });

  it('throws nothing but a UsageError of one line, whatever is stored', () => {
    const { plan, run: about } = kept(TARGETS);
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
          readStoredPlan(forged, about);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          expect((error as UsageError).message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('audit --resume of a stored run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ra-kept-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A history with one run that was cut off before its first host. */
  const stored = (
    name: string,
    plan: unknown,
    run: { hosts: number; targets: readonly string[] },
  ): string => {
    const path = join(folder, name);
    const around = { now: () => 0, pid: 1, machine: 'elsewhere', isAlive: () => false };
    const history = openHistory(path, around);
    const start = {
      id: 'cut',
      startedAt: '2026-01-01T00:00:00.000Z',
      vantage: 'elsewhere',
      engine: 'linux',
      engineWhy: '',
      novice: 'auto',
      seed: 1,
    } as const;
    history.begin({ run: start, ...run, plan });
    history.close();
    return path;
  };
  const resume = (db: string, ...args: string[]) =>
    run(['audit', '--resume', '--db', db, '--format', 'json', ...args]);

  it.each([
    ['nothing', {}],
    ['no rate', { ...kept(['127.0.25.1']).plan, options: { ...options, rate: undefined } }],
    ['other hosts', kept(['127.0.25.2']).plan],
  ])('refuses a plan of %s in one line, and sends nothing', async (name, plan) => {
    const db = stored(`${name}.db`, plan, { hosts: 1, targets: ['127.0.25.1'] });
    const { code, stdout, stderr } = await resume(db);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^ra-preflight: run cut cannot be resumed: its plan [^\n]*\n$/);
    expect(JSON.parse((await run(['history', '--db', db, '--format', 'json'])).stdout).runs).toMatchObject([
      { state: 'interrupted', probesSent: 0 },
    ]);
  });

  it('says what it asks, and wants many hosts confirmed again', async () => {
    const { plan, run: about } = kept(['127.64.0.0/19']);
    const { code, stderr } = await resume(stored('many.db', plan, about));
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^ra-preflight: 8,192 hosts .*add --yes to probe them\n$/),
    ]);
    const few = kept(['127.0.25.1']);
    const resumed = await resume(stored('few.db', few.plan, few.run));
    expect([resumed.code, resumed.stderr]).toEqual([
      1,
      expect.stringContaining('hosts are judged; probes 127.0.25.1\n'),
    ]);
  });

  it('leaves out what was excluded, names and addresses of names', async () => {
    const { plan, run: about } = kept(['localhost', '127.0.25.1'], ['127.0.0.1', '::1']);
    const { stdout } = await resume(stored('excluded.db', plan, about));
    const { hosts } = JSON.parse(stdout) as Report;
    expect(hosts).toMatchObject([
      { target: 'localhost', address: null, ports: [] },
      { target: '127.0.25.1' },
    ]);
  });
});

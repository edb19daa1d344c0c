import { expect, it, vi } from 'vitest';
import { loadStoredPlan } from '../../src/cli/load-stored-plan.ts';
import { AUDIT } from '../../src/cli/options/scan-mode.ts';
import { resolveOptions } from '../../src/cli/options.ts';
import { UsageError } from '../../src/model/fault.ts';
import type { RunEntry } from '../../src/model/history.ts';
import type { History } from '../../src/store/history.ts';
import { readTargetSpec } from '../../src/targets/parse-space.ts';
import { readExcludes } from '../../src/targets/read-excludes.ts';

vi.mock('../../src/wire/resolve.ts', () => ({
  systemResolver: () => ({
    resolve: async () => ({ kind: 'resolved', addresses: [{ address: '192.0.2.9', family: 4 }] }),
  }),
}));

const scope = { allow: [], deny: [] };
const excludes = readExcludes([{ text: 'pc9', at: '--exclude' }]);
const { spec } = readTargetSpec({
  items: [{ text: '192.0.2.0/28', at: 'target' }],
  excludes,
  guard: { families: { v4: true, v6: true }, scope },
});
const plan: unknown = JSON.parse(
  JSON.stringify({ spec, excludes, options: resolveOptions({}, { options: {}, scope }, AUDIT) }),
);

const read = (give: () => unknown, hosts = 16) =>
  loadStoredPlan(
    { plan: give } as unknown as History,
    { id: 'r1', hosts, targets: ['192.0.2.0/28'] } as unknown as RunEntry,
    'verified',
  );

it('is the plan of the run, with the addresses that its excluded names have now', async () => {
  const kept = await read(() => plan);
  expect(kept.spec).toEqual(spec);
  expect(kept.excludes.names).toEqual(excludes.names);
  expect(kept.excludes.spans).toEqual([{ text: 'pc9', first: '192.0.2.9', last: '192.0.2.9' }]);
});

it('says of what cannot be used which run it is, and what cannot be done', async () => {
  await expect(read(() => null)).rejects.toThrow(
    new UsageError('run r1 cannot be verified: it has no plan, as a run that was merged from parts'),
  );
  await expect(read(() => plan, 15)).rejects.toThrow(
    new UsageError('run r1 cannot be verified: its plan has 16 hosts, and the run 15'),
  );
});

it('lets a bug through', async () => {
  const bug = (): never => {
    throw new TypeError('a bug');
  };
  await expect(read(bug)).rejects.toThrow(new TypeError('a bug'));
});

import type {
  Change,
  ChangeKind,
  HostSnapshot,
  RunDiff,
  RunEntry,
  Uncertain,
} from '../../src/model/history.ts';
import { CHANGE_KINDS, DIFF_SCHEMA } from '../../src/model/history.ts';

/** Made-up runs and comparisons. */
export const runOf = (changes: Partial<RunEntry> = {}): RunEntry => ({
  id: '20260108T020000Z-4f2a91',
  startedAt: '2026-01-08T02:00:00.000Z',
  finishedAt: '2026-01-08T02:04:31.000Z',
  vantage: 'expert',
  engine: 'linux',
  engineWhy: 'test',
  novice: 'auto',
  seed: 7,
  state: 'finished',
  targets: ['10.64.0.0/16', '@branch-offices.txt', 'pc0417.corp.example', '2001:db8::/120'],
  hosts: 66_000,
  summary: {
    hosts: 66_000,
    ready: 41_200,
    blocked: 800,
    undetermined: 1000,
    clearSoFar: 400,
    unreachable: 23_000,
  },
  probesSent: 2_000_000,
  durationMs: 271_000,
  ...changes,
});

export const earlier = runOf({
  id: '20260101T020000Z-00c1de',
  startedAt: '2026-01-01T02:00:00.000Z',
  finishedAt: null,
  state: 'interrupted',
  summary: { hosts: 900, ready: 500, blocked: 0, undetermined: 0, clearSoFar: 0, unreachable: 400 },
  durationMs: 9_000_000,
});

const standing = (verdict: HostSnapshot['verdict'], causes: readonly string[] = []): HostSnapshot => ({
  verdict,
  confidence: 'proven',
  causes,
});

const SIDES: Readonly<Record<ChangeKind, Pick<Change, 'before' | 'after' | 'text'>>> = {
  'newly-blocked': {
    before: standing('ready'),
    after: standing('blocked', ['endpoint-mapper drop after 10.0.3.1']),
    text: 'It was ready and is now blocked: TCP 135 (dropped after 10.0.3.1).',
  },
  mended: {
    before: standing('blocked', ['x']),
    after: standing('ready'),
    text: 'It is ready now and was blocked: TCP 135 (dropped).',
  },
  appeared: {
    before: null,
    after: standing('ready'),
    text: 'It was not part of the earlier run; it answers now and is ready.',
  },
  gone: {
    before: standing('ready'),
    after: null,
    text: 'It is unreachable; it answered before and was ready.',
  },
  'changed-cause': {
    before: standing('blocked', ['x']),
    after: standing('blocked', ['y']),
    text: 'It is still blocked, but by something else: before TCP 135 (dropped), now TCP 135 (reset).',
  },
};

export const changeOf = (kind: ChangeKind, index: number): Change => ({
  kind,
  target: `pc${index}.corp.example`,
  address: `10.1.${Math.floor(index / 100)}.${index % 100}`,
  ...SIDES[kind],
});

const uncertainOf = (index: number): Uncertain => ({
  target: `pc${index}.corp.example`,
  address: `10.3.${Math.floor(index / 100)}.${index % 100}`,
  before: standing('blocked', ['endpoint-mapper drop']),
  after: { verdict: 'undetermined', confidence: 'weak', causes: [] },
  text: 'Was blocked: TCP 135 (silently dropped), now undetermined.',
});

/** A comparison with so many changes of each kind, and so many uncertain hosts. */
export const diffOf = (
  counts: Partial<Readonly<Record<ChangeKind, number>>>,
  before = earlier,
  uncertain = 0,
): RunDiff => {
  const changes = CHANGE_KINDS.flatMap((kind) =>
    Array.from({ length: counts[kind] ?? 0 }, (_, i) => changeOf(kind, i)),
  );
  const zero = { 'newly-blocked': 0, mended: 0, appeared: 0, gone: 0, 'changed-cause': 0 };
  const moved = changes.filter((one) => one.before && one.after).length;
  return {
    schema: DIFF_SCHEMA,
    before,
    after: runOf(),
    changes,
    uncertain: Array.from({ length: uncertain }, (_, i) => uncertainOf(i)),
    summary: { ...zero, ...counts, compared: 66_000, same: 66_000 - moved, uncertain },
  };
};

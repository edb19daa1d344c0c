import { describe, expect, it } from 'vitest';
import type { FleetStatus, WorkerStatus } from '../../src/model/fleet.ts';
import { type FleetAction, reduceFleet } from '../../src/tui/fleet/fleet-reduce.ts';
import { type FleetView, initialFleetView } from '../../src/tui/fleet/fleet-state.ts';
import { fleetLayout } from '../../src/tui/fleet/layout/fleet-frame.ts';
import { lineWidth, plainText } from '../../src/tui/kit/layout/line.ts';
import type { Key } from '../../src/tui/kit/press.ts';

const worker = (id: string, rest: Partial<WorkerStatus> = {}): WorkerStatus => ({
  ...{ id, machine: 'pc', version: '1.0.0', engine: 'syn', live: true, run: 'r1', inHand: [3, 4] },
  ...{ rate: 500, most: 1000, sent: 12_345, hosts: 4096, shards: 2, trouble: null },
  ...rest,
});

const status: FleetStatus = {
  store: 'redis://127.0.0.1:6379',
  at: '2026-11-01T10:20:30.000Z',
  vantages: [
    {
      name: 'branch-7',
      run: {
        ...{ id: 'r1', startedAt: '2026-11-01T10:00:00.000Z', hosts: 65_536, judged: 16_384 },
        ...{ shards: { of: 16, done: 4 }, sent: 150_000, rate: 1000, etaSeconds: 3720 },
      },
      ...{ queued: 10, active: 2, results: 1 },
      workers: [worker('pc-1'), worker('pc-2')],
    },
    {
      ...{ name: 'hq', run: null, queued: 0, active: 0, results: 0 },
      workers: [worker('pc-3', { live: false })],
    },
    {
      ...{ name: 'plant', run: null, queued: 2, active: 0, results: 0 },
      workers: [worker('pc-4', { run: null, inHand: [], rate: 0, trouble: 'needs ra-preflight 2.0.0' })],
    },
  ],
};

const press = (name: Key, letter = ''): FleetAction => ({ type: 'key', key: { name, letter } });
const viewAfter = (...actions: readonly FleetAction[]): FleetView =>
  [{ type: 'status', status } as const, ...actions].reduce(
    reduceFleet,
    initialFleetView({ columns: 80, rows: 24 }),
  );
const screen = (view: FleetView): string => fleetLayout(view).map(plainText).join('\n');

describe('the screen of a fleet', () => {
  it('has a line for each vantage: workers, rate, shards, share done, time left', () => {
    const text = screen(viewAfter());
    expect(text).toMatch(/3 vantages, 3 workers .*10:20:30 UTC/);
    expect(text).toMatch(/► branch-7 +2 +1,000 +4\/16 +25 % +62 min/);
    expect(text).toMatch(/ {2}hq +0 +0 +- +no run/);
    expect(text).toMatch(/plant +1 ! +0 +2 wait/);
  });

  it('opens a vantage with its run, its queues and its workers, and goes to the next and back', () => {
    const open = viewAfter(press('open'));
    const text = screen(open);
    expect(text).toContain('Run r1');
    expect(text).toContain('4 of 16 shards done');
    expect(text).toContain('10 shards wait, 2 in hand, 1 batch on their way back');
    expect(text).toMatch(/pc-1\n +shards 3, 4 {2}500 of at most 1,000 packets\/s/);
    expect(screen(reduceFleet(open, press('right')))).toMatch(/^hq$/m);
    const trouble = viewAfter(press('end'), press('open'));
    expect(screen(trouble)).toContain('needs ra-preflight 2.0.0');
    expect(reduceFleet(trouble, press('back')).page).toBe('list');
  });

  it('loses no column and no sentence on 40 columns, only what is less needed', () => {
    const narrow = reduceFleet(viewAfter(), { type: 'resize', size: { columns: 40, rows: 24 } });
    expect(screen(narrow)).toMatch(/^3 vantages, 3 workers +10:20:30 UTC$/m);
    expect(screen(narrow)).toMatch(/^► branch-7 +2 +25 % +62 min +$/m);
    expect(screen(narrow)).not.toContain('…');
    const open = reduceFleet(narrow, press('open'));
    expect(screen(open)).toContain('10 shards wait, 2 in hand, 1 batch on');
    expect(screen(open)).not.toContain('…');
    expect(screen(open)).toMatch(/q leave +↓$/);
    const tall = reduceFleet(open, { type: 'resize', size: { columns: 40, rows: 40 } });
    expect(screen(tall)).toMatch(/q leave *$/);
  });

  it('finds vantages by name and by worker', () => {
    const typing = viewAfter(
      press('search', '/'),
      press('other', 'p'),
      press('other', 'c'),
      press('other', '-'),
      press('other', '3'),
    );
    const text = screen(typing);
    expect(text).toContain('► hq');
    expect(text).not.toContain('branch-7');
    expect(screen(reduceFleet(typing, press('back')))).toContain('branch-7');
  });

  it('opens what is clicked', () => {
    const click: FleetAction = { type: 'key', key: { name: 'click', letter: '', at: { row: 4, column: 5 } } };
    const view = viewAfter(click);
    expect([view.page, view.chosen]).toEqual(['vantage', 'hq']);
  });

  it('says why it cannot look, and keeps what it saw', () => {
    const text = screen(viewAfter({ type: 'failed', why: 'Connection is closed' }));
    expect(text).toContain('Connection is closed');
    expect(text).toContain('branch-7');
  });

  it('leaves with q, Ctrl-C and esc', () => {
    for (const name of ['quit', 'interrupt', 'back'] as const)
      expect(viewAfter(press(name)).closed).toBe(true);
  });

  it.each([
    [80, 24],
    [40, 8],
    [200, 60],
    [20, 3],
    [1, 1],
  ])('fits %i x %i on every page', (columns, rows) => {
    for (const keys of [[], [press('open')], [press('help')], [press('search', '/')]]) {
      const lines = fleetLayout(viewAfter({ type: 'resize', size: { columns, rows } }, ...keys));
      expect(lines.length).toBeLessThan(Math.max(2, rows));
      expect(Math.max(0, ...lines.map(lineWidth))).toBeLessThanOrEqual(columns);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { reduceAudit } from '../../src/tui/audit/audit-reduce.ts';
import { type AuditView, judgedCount, speeds } from '../../src/tui/audit/audit-state.ts';
import { mapGeometry } from '../../src/tui/audit/geometry.ts';
import { auditLayout } from '../../src/tui/audit/layout/audit-frame.ts';
import { previewedHost } from '../../src/tui/audit/move.ts';
import { CODE } from '../../src/tui/kit/host-code.ts';
import { apply, counted, fresh, judged, press, shownText, type } from './audit-presses.ts';
import { auditGroups, auditReport, hostEventsOf, runFinished, runStarted, verdictOf } from './audit-story.ts';

const tick = (view: AuditView, now: number): AuditView => reduceAudit(view, { type: 'tick', now });

describe('events', () => {
  it('become a byte a host, and counts', () => {
    const view = apply(fresh(300), [runStarted(300), ...hostEventsOf(0), ...hostEventsOf(7).slice(0, 2)]);
    expect(view.states[0]).toBe(CODE[verdictOf(0)]);
    expect(view.states[7]).toBe(CODE.asking);
    expect(judgedCount(view)).toBe(1);
    expect(view.counts[CODE.waiting]).toBe(298);
    expect(view.counts.reduce((sum, n) => sum + n, 0)).toBe(300);
  });

  it('leave the view before as it was', () => {
    const before = fresh(10);
    apply(before, hostEventsOf(3));
    expect([...before.states]).toEqual(Array(10).fill(0));
  });

  it('take a later verdict, ignore stragglers and hosts that are not of this run', () => {
    const view = judged(fresh(4), 0, 4);
    const again = apply(view, [
      ...hostEventsOf(1).slice(0, 1),
      { type: 'host-judged', host: 2, report: { ...auditReport(2), verdict: 'blocked' } },
      { type: 'host-judged', host: 99, report: auditReport(2) },
    ]);
    expect(again.states[1]).toBe(view.states[1]);
    expect(again.states[2]).toBe(CODE.blocked);
    expect(again.counts.reduce((sum, n) => sum + n, 0)).toBe(4);
  });
});

describe('speed', () => {
  it('is that of the last five seconds', () => {
    let view = apply(fresh(10_000), [runStarted(10_000), ...hostEventsOf(0).slice(0, 1)]);
    for (let second = 0; second < 20; second++) {
      const each = second < 10 ? 100 : 10;
      view = judged(view, judgedCount(view), judgedCount(view) + each);
      view = tick(view, (second + 1) * 1000);
    }
    expect(speeds(view).hosts).toBeCloseTo(10);
  });

  it('does not count what a resumed run tells of earlier', () => {
    const replayed = judged(apply(fresh(10_000), [runStarted(10_000)]), 0, 5000);
    const started = apply(tick(replayed, 1000), hostEventsOf(5000).slice(0, 1));
    const later = tick(judged(started, 5000, 5020), 3000);
    expect(speeds(later).hosts).toBeCloseTo(10);
  });
});

describe('the cursor on the map', () => {
  it('goes from cell to cell and line to line, and stops at the ends', () => {
    const view = fresh(65_536);
    expect(mapGeometry(view)).toEqual({ width: 64, share: 4 });
    expect(press(view, 'right', 'right').cursor).toBe(8);
    expect(press(view, 'right', 'down').cursor).toBe(260);
    expect(press(view, 'right', 'down', 'up', 'left').cursor).toBeLessThan(4);
    expect(press(view, 'left', 'up').cursor).toBe(0);
    expect(press(view, 'end', 'right', 'down').cursor).toBe(65_535);
    expect(press(view, 'end', 'home').cursor).toBe(0);
    expect(press(view, 'page-down', 'page-up').cursor).toBe(0);
    expect(press(view, 'page-down').cursor).toBe(13 * 256);
  });

  it('tells of the worst host of a cell, and opens that one', () => {
    const view = apply(fresh(65_536), [
      { type: 'host-judged', host: 9, report: { ...auditReport(9), verdict: 'ready' } },
      { type: 'host-judged', host: 10, report: { ...auditReport(10), verdict: 'blocked' } },
    ]);
    const there = press(view, 'right', 'right');
    expect(previewedHost(there)).toBe(10);
    expect(press(there, 'open')).toMatchObject({ isOpen: true, cursor: 10 });
    expect(press(there, 'open', 'right').cursor).toBe(11);
    expect(press(there, 'open', 'back').isOpen).toBe(false);
  });

  it('has a cell for each host when asked for it, and where all of them fit', () => {
    expect(mapGeometry(fresh(500)).share).toBe(1);
    expect(press(fresh(500), 'right').cursor).toBe(1);
    expect(press(fresh(65_536), 'zoom', 'down').cursor).toBe(64);
    expect(mapGeometry(press(fresh(500), 'zoom')).share).toBe(4);
  });
});

describe('pages', () => {
  it('turn with tab and letters, and go back with esc', () => {
    const view = reduceAudit(fresh(300), { type: 'found', groups: auditGroups(300) });
    expect(press(view, 'turn').page).toBe('findings');
    expect(press(view, 'turn', 'turn').page).toBe('list');
    expect(press(view, 'turn', 'turn', 'turn').page).toBe('map');
    expect(press(view, 'findings', 'down').finding).toBe('dyn-10.0.3.2');
    expect(press(view, 'findings', 'open').isOpen).toBe(true);
    expect(press(view, 'findings', 'open', 'back', 'back').page).toBe('map');
    expect(press(view, 'help', 'help').overlay).toBeNull();
  });

  it('keep the chosen finding when others come before it', () => {
    const [first, second] = auditGroups(300);
    if (!first || !second) throw new Error('two findings are needed');
    const view = press(
      reduceAudit(fresh(300), { type: 'found', groups: [first, second] }),
      'findings',
      'down',
    );
    const later = reduceAudit(view, { type: 'found', groups: [{ ...first, id: 'new' }, first, second] });
    expect(later.finding).toBe(second.id);
  });
});

describe('the mouse', () => {
  const click = (view: AuditView, row: number, column: number): AuditView =>
    reduceAudit(view, { type: 'key', key: { name: 'click', letter: '', at: { row, column } } });
  const placeOf = (view: AuditView, text: string): readonly [number, number] => {
    const rows = shownText(view).split('\n');
    const row = rows.findIndex((line) => line.includes(text));
    return [row, rows[row]?.indexOf(text) ?? 0];
  };
  const view = reduceAudit(judged(fresh(600), 0, 600), { type: 'found', groups: auditGroups(600) });

  it('turns pages by their names', () => {
    expect(click(view, ...placeOf(view, 'List')).page).toBe('list');
    expect(click(view, ...placeOf(view, 'Findings')).page).toBe('findings');
  });

  it('goes to a cell of the map, and opens it at the second click', () => {
    const [row, column] = placeOf(view, '10.0.1.0/24');
    const gone = click(view, row, column + 14 + 5);
    expect(gone).toMatchObject({ cursor: 261, isOpen: false });
    expect(click(gone, row, column + 14 + 5)).toMatchObject({ cursor: 261, isOpen: true });
    expect(click(view, row, column)).toEqual(view);
  });

  it('opens a host of the list, closes it by its title, and sorts by a head', () => {
    const list = press(view, 'list');
    const opened = click(list, ...placeOf(list, '10.0.0.7'));
    expect(opened).toMatchObject({ cursor: 7, isOpen: true });
    expect(click(opened, 4, 10).isOpen).toBe(false);
    expect(click(list, ...placeOf(list, 'Verdict')).order.by).toBe('verdict');
    expect(click(list, ...placeOf(list, 'Host')).order).toMatchObject({ by: 'host', reversed: false });
  });

  it('opens a finding', () => {
    const findings = press(view, 'findings');
    const opened = click(findings, ...placeOf(findings, '41 hosts'));
    expect(opened).toMatchObject({ finding: 'dyn-10.0.3.2', isOpen: true });
  });

  it('scrolls with its wheel', () => {
    expect(press(press(view, 'list'), 'wheel-down').cursor).toBe(3);
    expect(press(press(view, 'list'), 'wheel-down', 'wheel-up').cursor).toBe(0);
  });
});

describe('the end', () => {
  it('stays until a key leaves it, and does not where there are no keys or the run was stopped', () => {
    const done = apply(fresh(4), [runFinished()]);
    const ended = reduceAudit(done, { type: 'ended', now: 1000, stays: true });
    expect(tick(ended, 1e9).closed).toBe(false);
    expect(press(ended, 'down').closed).toBe(false);
    expect(press(ended, 'quit').closed).toBe(true);
    expect(press(ended, 'list', 'back')).toMatchObject({ page: 'map', closed: false });
    expect(press(ended, 'list', 'back', 'back').closed).toBe(true);
    expect(press(done, 'back').closed).toBe(false);
    expect(reduceAudit(done, { type: 'ended', now: 1000, stays: false }).closed).toBe(true);
    const stopped = press(fresh(4), 'quit');
    expect(stopped).toMatchObject({ stopping: true, closed: false });
    expect(reduceAudit(stopped, { type: 'ended', now: 0, stays: true }).closed).toBe(true);
  });
});

describe('with 65,536 hosts', () => {
  it('lays out and reduces with as many look-ups as the window has lines', () => {
    const { view: empty, calls } = counted(65_536, { columns: 200, rows: 60 });
    let view = reduceAudit(empty, { type: 'read', most: 65_536 });
    expect(calls.text).toBe(65_536);
    calls.text = 0;
    view = judged(view, 0, 1000);
    auditLayout(view);
    expect(calls.text).toBeLessThanOrEqual(1);
    for (const keys of [['end'], ['page-up'], ['zoom'], ['list'], ['only-blocked'], ['end']] as const) {
      calls.text = 0;
      view = press(view, ...keys);
      auditLayout(view);
      expect(calls.text).toBeLessThanOrEqual(60);
    }
    calls.text = 0;
    view = type(view, '/10.0\r');
    auditLayout(view);
    expect(calls.text).toBeLessThanOrEqual(60);
    calls.text = 0;
    reduceAudit(view, { type: 'read', most: 8192 });
    expect(calls.text).toBe(8192);
  });
});

import { describe, expect, it } from 'vitest';
import type { JudgedEvent } from '../../src/model/event.ts';
import { type AuditKeyName, auditKeysOf } from '../../src/tui/audit/audit-keys.ts';
import { reduceAudit } from '../../src/tui/audit/audit-reduce.ts';
import { type AuditView, initialAuditView, judgedCount, speeds } from '../../src/tui/audit/audit-state.ts';
import { createGatherer } from '../../src/tui/audit/batch.ts';
import { mapGeometry } from '../../src/tui/audit/geometry.ts';
import { auditLayout } from '../../src/tui/audit/layout/audit-frame.ts';
import { previewedHost } from '../../src/tui/audit/move.ts';
import { CODE } from '../../src/tui/kit/host-code.ts';
import { plainText } from '../../src/tui/kit/layout/line.ts';
import {
  addressOf,
  auditGroups,
  auditReport,
  hostEventsOf,
  runFinished,
  runStarted,
  verdictOf,
} from './audit-story.ts';
import { report } from './story.ts';

const SIZE = { columns: 80, rows: 24 };

/** A view of `size` hosts that counts how often it was asked for a text. */
const counted = (size: number, screen = SIZE) => {
  const calls = { text: 0 };
  const textOf = (index: number): string => {
    calls.text++;
    return addressOf(index);
  };
  return { calls, view: initialAuditView({ size, textOf, titleOf: textOf }, screen, 0, 2000) };
};
const fresh = (size: number, screen = SIZE): AuditView =>
  reduceAudit(counted(size, screen).view, { type: 'read', most: size });

const apply = (view: AuditView, events: Iterable<JudgedEvent>): AuditView => {
  const gatherer = createGatherer();
  for (const event of events) gatherer.add(event);
  const batch = gatherer.take();
  return batch ? reduceAudit(view, { type: 'batch', batch }) : view;
};
const judged = (view: AuditView, from: number, to: number): AuditView =>
  apply(
    view,
    (function* () {
      for (let host = from; host < to; host++)
        yield { type: 'host-judged' as const, host, report: auditReport(host) };
    })(),
  );
const press = (view: AuditView, ...names: readonly AuditKeyName[]): AuditView =>
  names.reduce((now, name) => reduceAudit(now, { type: 'key', key: { name, letter: '' } }), view);
const INK = {} as Parameters<typeof auditKeysOf>[1];
const type = (view: AuditView, text: string): AuditView =>
  auditKeysOf(text, INK).reduce((now, key) => reduceAudit(now, { type: 'key', key }), view);
const tick = (view: AuditView, now: number): AuditView => reduceAudit(view, { type: 'tick', now });

const shownText = (view: AuditView): string =>
  auditLayout(view)
    .map((line) => plainText(line))
    .join('\n');

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

describe('filter and search', () => {
  const view = judged(fresh(5000), 0, 5000);
  const blocked = Array.from({ length: 5000 }, (_, host) => host).filter(
    (host) => verdictOf(host) === 'blocked',
  );

  it('list the hosts of one verdict', () => {
    const list = press(view, 'only-blocked', 'home');
    expect(list.page).toBe('list');
    expect(previewedHost(list)).toBe(blocked[0]);
    expect(previewedHost(press(list, 'down', 'down'))).toBe(blocked[2]);
    expect(previewedHost(press(list, 'end'))).toBe(blocked.at(-1));
    expect(previewedHost(press(list, 'end', 'down'))).toBe(blocked.at(-1));
  });

  it('goes through the verdicts with f', () => {
    const seen = [1, 2, 3, 4, 5, 6].map((n) => press(view, ...Array<AuditKeyName>(n).fill('filter')).filter);
    expect(seen).toEqual([
      CODE.blocked,
      CODE.undetermined,
      CODE['clear-so-far'],
      CODE.unreachable,
      CODE.ready,
      null,
    ]);
  });

  it('knows hosts that are clear so far apart from undetermined ones, in counts, words and filters', () => {
    const clear = (host: number): JudgedEvent => ({
      type: 'host-judged',
      host,
      report: report('clear', addressOf(host), addressOf(host)),
    });
    const undetermined = Array.from({ length: 300 }, (_, host) => host).filter(
      (host) => verdictOf(host) === 'undetermined',
    );
    const some = apply(judged(fresh(300), 0, 300), [clear(7), clear(9)]);
    expect(some.counts[CODE['clear-so-far']]).toBe(2);
    expect(shownText(some)).toMatch(new RegExp(`\\? ${undetermined.length} undet\\. +C 2 clear `));
    const wide = reduceAudit(some, { type: 'resize', size: { columns: 120, rows: 24 } });
    expect(shownText(wide)).toMatch(new RegExp(`\\? ${undetermined.length} undetermined +C 2 clear so far`));
    const list = type(some, '6');
    expect([
      previewedHost(list),
      previewedHost(press(list, 'down')),
      previewedHost(press(list, 'down', 'down')),
    ]).toEqual([7, 9, 9]);
    expect(shownText(list)).toContain('C CLEAR SO FAR');
    expect(previewedHost(type(some, '3'))).toBe(undetermined[0]);
    expect(previewedHost(press(type(some, '3'), 'end'))).toBe(undetermined.at(-1));
  });

  it('finds typed text, also when it comes at once, and clears it', () => {
    const searching = type(view, '/0.9.1\r');
    expect(searching).toMatchObject({ page: 'list', typing: null, search: { text: '0.9.1', scanned: 0 } });
    const found = reduceAudit(searching, { type: 'read', most: 10_000 });
    const hits = [...(found.search?.hits ?? [])].flatMap((hit, at) => (hit === 1 ? [addressOf(at)] : []));
    expect(hits.length).toBe(111);
    expect(hits.every((text) => text.includes('0.9.1'))).toBe(true);
    expect(press(found, 'back').search).toBeNull();
    expect(press(type(found, '/'), 'back').search).toBeNull();
    expect(type(found, '/').typing).toBe('0.9.1');
  });

  it('takes letters that are keys elsewhere, and no control characters', () => {
    const typing = type(view, '/q1 -\u001B\u0007e?');
    expect(typing).toMatchObject({ typing: 'q1 -e?', stopping: false, filter: null });
    expect(press(typing, 'erase', 'erase').typing).toBe('q1 -');
    expect(press(typing, 'interrupt').stopping).toBe(true);
    expect(type(view, `/${'x'.repeat(5000)}`).typing?.length).toBe(100);
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

describe('the sorted list', () => {
  const names = ['pc-10', 'PC-9', '10.0.2.1', '10.0.10.1', 'pc-1', 'srv'];
  const kinds = ['ready', 'blocked', 'undetermined', 'blocked', 'unreachable', null] as const;
  const textOf = (index: number): string => names[index] ?? '';
  const empty = initialAuditView({ size: 6, textOf, titleOf: textOf }, SIZE, 0, 2000);
  const view = apply(
    reduceAudit(empty, { type: 'read', most: 6 }),
    kinds.flatMap((kind, host): JudgedEvent[] =>
      kind === null ? [] : [{ type: 'host-judged', host, report: report(kind, textOf(host), null) }],
    ),
  );
  const walked = (from: AuditView): (string | undefined)[] => {
    const all = [press(from, 'home')];
    for (let last = all[0]; last; last = all.at(-1)) {
      const next = press(last, 'down');
      if (next.cursor === last.cursor) break;
      all.push(next);
    }
    return all.map(({ cursor }) => names[cursor]);
  };

  it('goes from run order to the worst first, to names, and back', () => {
    const worst = press(view, 'list', 'sort');
    expect(walked(worst)).toEqual(['PC-9', '10.0.10.1', '10.0.2.1', 'pc-10', 'pc-1', 'srv']);
    expect(walked(press(worst, 'sort'))).toEqual(['10.0.2.1', '10.0.10.1', 'pc-1', 'PC-9', 'pc-10', 'srv']);
    expect(walked(press(worst, 'sort', 'sort'))).toEqual(names);
  });

  it('is turned round, filtered and searched in its order', () => {
    const worst = press(view, 'list', 'sort');
    expect(walked(press(worst, 'reverse'))).toEqual(walked(worst).toReversed());
    expect(walked(press(worst, 'sort', 'reverse'))).toEqual(
      ['10.0.2.1', '10.0.10.1', 'pc-1', 'PC-9', 'pc-10', 'srv'].toReversed(),
    );
    expect(walked(press(worst, 'sort', 'only-blocked'))).toEqual(['10.0.10.1', 'PC-9']);
    const searched = reduceAudit(type(worst, '/pc\r'), { type: 'read', most: 6 });
    expect(walked(searched)).toEqual(['PC-9', 'pc-10', 'pc-1']);
    expect(walked(press(searched, 'reverse'))).toEqual(['pc-1', 'pc-10', 'PC-9']);
  });

  it('follows verdicts as they come, and says its place and its order', () => {
    const worst = press(view, 'list', 'sort', 'home');
    expect(shownText(worst)).toMatch(/\[List\] worst first ─+ 1 of 6 ──/);
    expect(shownText(worst)).toMatch(/Host +Verdict ▼/);
    const later = apply(worst, [{ type: 'host-judged', host: 5, report: report('blocked', 'srv', null) }]);
    expect(walked(later)).toEqual(['PC-9', '10.0.10.1', 'srv', '10.0.2.1', 'pc-10', 'pc-1']);
    expect(shownText(press(later, 'end'))).toMatch(/6 of 6 ──/);
    expect(shownText(press(later, 'reverse', 'home'))).toMatch(/best first ─+ 1 of 6 ──/);
  });

  it('is not sorted by more names than is quick', () => {
    const big = press(fresh(70_000), 'list', 'sort', 'sort');
    expect(big.order.by).toBe('run');
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

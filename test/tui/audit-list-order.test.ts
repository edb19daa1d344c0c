import { describe, expect, it } from 'vitest';
import type { JudgedEvent } from '../../src/model/event.ts';
import type { AuditKeyName } from '../../src/tui/audit/audit-keys.ts';
import { reduceAudit } from '../../src/tui/audit/audit-reduce.ts';
import { type AuditView, initialAuditView } from '../../src/tui/audit/audit-state.ts';
import { previewedHost } from '../../src/tui/audit/move.ts';
import { CODE } from '../../src/tui/kit/host-code.ts';
import { apply, fresh, judged, press, SIZE, shownText, type } from './audit-presses.ts';
import { addressOf, verdictOf } from './audit-story.ts';
import { report } from './story.ts';

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

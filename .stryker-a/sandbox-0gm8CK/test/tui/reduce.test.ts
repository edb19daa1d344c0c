import { describe, expect, it } from 'vitest';
import { reduceCheck } from '../../src/tui/check/check-reduce.ts';
import {
  type CheckView,
  chosenHost,
  initialCheckView,
  listedHosts,
} from '../../src/tui/check/check-state.ts';
import { checkLayout } from '../../src/tui/check/layout/check-frame.ts';
import { plainText } from '../../src/tui/kit/layout/line.ts';
import type { Key } from '../../src/tui/kit/press.ts';
import { finishedRun, hostEvents, RUN, someHosts, story } from './story.ts';

const SIZE = { columns: 80, rows: 24 };

const shown = (hosts: number, size = SIZE): CheckView =>
  reduceCheck(initialCheckView(size, 0), { type: 'events', events: story(someHosts(hosts)) });

const press = (view: CheckView, ...keys: readonly Key[]): CheckView =>
  keys.reduce((before, key) => reduceCheck(before, { type: 'key', key: { name: key, letter: '' } }), view);

const ended = (view: CheckView, stays = true): CheckView =>
  reduceCheck(view, { type: 'ended', now: 4000, stays });

describe('events', () => {
  it('fill in a host port by port until the report replaces them', () => {
    const [host] = someHosts(1);
    if (!host) throw new Error('no host');
    const [started, asking, first, ...rest] = hostEvents(host, 0);
    const apply = (view: CheckView, ...events: (typeof started)[]): CheckView =>
      reduceCheck(view, { type: 'events', events: events.flatMap((event) => (event ? [event] : [])) });
    const asked = apply(initialCheckView(SIZE, 0), started, asking);
    expect(asked.hosts[0]?.ports.get(135)?.state).toBeNull();
    const heard = apply(asked, first);
    expect(heard.hosts[0]?.ports.get(135)).toMatchObject({ state: 'open', reason: 'syn-ack', rttMs: 1.2 });
    expect(heard.hosts[0]?.report).toBeNull();
    const judged = apply(heard, ...rest);
    expect(judged.hosts[0]?.report?.verdict).toBe('blocked');
    // A straggler does not undo a verdict.
    expect(apply(judged, first).hosts[0]).toBe(judged.hosts[0]);
  });

  it('keep the hosts in the order of the run, whichever starts first', () => {
    const [a, b] = someHosts(2);
    if (!a || !b) throw new Error('no hosts');
    const view = reduceCheck(initialCheckView(SIZE, 0), {
      type: 'events',
      events: [...hostEvents(b, 1), ...hostEvents(a, 0)],
    });
    expect(view.hosts.map(({ index }) => index)).toEqual([0, 1]);
  });

  it('open the page of an only host at once, and the list for several', () => {
    expect(shown(1).page).toBe('host');
    expect(shown(2).page).toBe('hosts');
  });

  it('keep the last notices only', () => {
    const events = Array.from({ length: 500 }, (_, i) => ({ type: 'notice' as const, text: `${i}` }));
    const { notices } = reduceCheck(initialCheckView(SIZE, 0), { type: 'events', events });
    expect(notices.length).toBeLessThan(50);
    expect(notices.at(-1)).toBe('499');
  });
});

describe('keys in the list', () => {
  it('choose a host and stop at the ends', () => {
    const view = shown(5);
    expect(chosenHost(view)?.index).toBe(0);
    expect(chosenHost(press(view, 'down', 'down'))?.index).toBe(2);
    expect(chosenHost(press(view, 'up'))?.index).toBe(0);
    expect(chosenHost(press(view, 'end'))?.index).toBe(4);
    expect(chosenHost(press(view, 'end', 'down'))?.index).toBe(4);
    expect(chosenHost(press(view, 'end', 'home'))?.index).toBe(0);
    expect(chosenHost(press(shown(200), 'page-down'))?.index).toBeGreaterThan(5);
  });

  it('open the chosen host and close it again', () => {
    const open = press(shown(5), 'down', 'open');
    expect(open).toMatchObject({ page: 'host', chosen: 1 });
    expect(press(open, 'open').page).toBe('hosts');
    expect(press(open, 'back').page).toBe('hosts');
    expect(press(shown(1), 'back').page).toBe('host');
  });

  it('do nothing before there is a host', () => {
    const view = initialCheckView(SIZE, 0);
    expect(press(view, 'open', 'down', 'end', 'left', 'page-down')).toMatchObject({
      page: 'hosts',
      chosen: null,
    });
  });
});

describe('keys on the host page', () => {
  const open = press(shown(5), 'open');

  it('scroll between the first line and the last page', () => {
    expect(press(open, 'up').scroll).toBe(0);
    expect(press(open, 'down', 'down', 'up').scroll).toBe(1);
    const last = press(open, 'end').scroll;
    expect(last).toBeGreaterThan(20);
    expect(press(open, 'end', 'down', 'page-down').scroll).toBe(last);
    expect(press(open, 'end', 'up').scroll).toBe(last - 1);
    expect(press(open, 'page-down', 'page-up').scroll).toBe(0);
  });

  it('come back into view when the window grew', () => {
    const grown = reduceCheck(press(open, 'end'), { type: 'resize', size: { columns: 80, rows: 60 } });
    expect(press(grown, 'up').scroll).toBeLessThan(press(open, 'end').scroll - 20);
  });

  it('walk to the next host and start at its top', () => {
    expect(press(open, 'down', 'right')).toMatchObject({ page: 'host', chosen: 1, scroll: 0 });
    expect(press(open, 'right', 'left').chosen).toBe(0);
  });
});

describe('the sorted list', () => {
  const kinds = ['ready', 'clear', 'blocked', 'undetermined'] as const;
  const hosts = ['pc-10', 'pc-9', 'PC-1', 'srv'].map((name, i) => ({
    name,
    address: `10.1.2.${i}`,
    kind: kinds[i] ?? 'ready',
  }));
  const view = reduceCheck(initialCheckView(SIZE, 0), { type: 'events', events: story(hosts) });
  const titles = (one: CheckView): string[] => listedHosts(one).map(({ title }) => title);
  const text = (one: CheckView): string => checkLayout(one).map(plainText).join('\n');

  it('goes through verdict, name and the order of the run, and back to front', () => {
    expect(titles(press(view, 'sort'))).toEqual(['PC-1', 'srv', 'pc-9', 'pc-10']);
    expect(text(press(view, 'sort'))).toMatch(/Verdict ▼[\s\S]*worst first/);
    expect(titles(press(view, 'sort', 'reverse'))).toEqual(['pc-10', 'pc-9', 'srv', 'PC-1']);
    expect(titles(press(view, 'sort', 'sort'))).toEqual(['PC-1', 'pc-9', 'pc-10', 'srv']);
    expect(titles(press(view, 'sort', 'sort', 'sort'))).toEqual(['pc-10', 'pc-9', 'PC-1', 'srv']);
  });

  it('keeps the chosen host, and goes from host to host as it is sorted', () => {
    const worst = press(view, 'down', 'sort');
    expect(chosenHost(worst)?.title).toBe('pc-9');
    expect(chosenHost(press(worst, 'down'))?.title).toBe('pc-10');
    expect(chosenHost(press(worst, 'home', 'open', 'right'))?.title).toBe('srv');
  });

  it('is sorted by a click on a head', () => {
    const head = text(view)
      .split('\n')
      .findIndex((line) => line.includes('Verdict'));
    const click = (column: number): CheckView =>
      reduceCheck(view, { type: 'key', key: { name: 'click', letter: '', at: { row: head, column } } });
    const line = text(view).split('\n')[head] ?? '';
    expect(click(line.indexOf('Host')).order).toEqual({ by: 'host', reversed: false });
    expect(click(line.indexOf('Verdict')).order).toEqual({ by: 'verdict', reversed: false });
    expect(click(line.indexOf('Address'))).toBe(view);
  });

  it('says of a host that is clear so far what it is, counts it apart and finds it', () => {
    expect(text(view)).toMatch(/1 undetermined +1 clear so far/);
    expect(text(view)).toMatch(/pc-9 .*CLEAR SO FAR/);
    const found = (words: string): string[] => titles({ ...view, search: words });
    expect([found('clear so far'), found('undetermined')]).toEqual([['pc-9'], ['srv']]);
  });
});

describe('help', () => {
  it('opens over any page and goes back to where it was opened', () => {
    const scrolled = press(shown(5), 'open', 'down', 'down');
    expect(press(scrolled, 'help').page).toBe('help');
    for (const key of ['help', 'back', 'open'] as const)
      expect(press(scrolled, 'help', 'down', key)).toMatchObject({
        page: 'host',
        scroll: 2,
        behind: null,
      });
  });
});

describe('the end', () => {
  it('stops a run that goes on, and closes one that is done', () => {
    expect(press(shown(2), 'quit')).toMatchObject({ stopping: true, closed: false });
    expect(press(shown(2), 'interrupt')).toMatchObject({ stopping: true, closed: false });
    expect(ended(press(shown(2), 'quit')).closed).toBe(true);
    for (const key of ['quit', 'interrupt'] as const) expect(press(ended(shown(2)), key).closed).toBe(true);
  });

  it('stays until a key leaves it, and not where nobody can press one', () => {
    const done = ended(shown(2));
    expect(reduceCheck(done, { type: 'tick', now: 1e9 })).toBe(done);
    expect(press(done, 'other', 'down').closed).toBe(false);
    expect(ended(shown(2), false).closed).toBe(true);
  });

  it('is left with enter and esc too where they do nothing else', () => {
    for (const key of ['open', 'back'] as const) {
      expect(press(ended(shown(1)), key).closed).toBe(true);
      expect(press(ended(shown(1)), 'help', key)).toMatchObject({ page: 'host', closed: false });
      expect(press(ended(shown(2)), 'open', key)).toMatchObject({ page: 'hosts', closed: false });
      expect(press(shown(1), key).closed).toBe(false);
    }
    expect(press(ended(shown(2)), 'back').closed).toBe(true);
    expect(press(ended(shown(2)), 'open')).toMatchObject({ page: 'host', closed: false });
  });

  it('does not stay when the run was interrupted from outside', () => {
    const view = reduceCheck(shown(2), {
      type: 'events',
      events: [{ type: 'run-finished', run: finishedRun(true) }],
    });
    expect(ended(view).closed).toBe(true);
  });

  it('ticks only when what the clock shows has changed', () => {
    const view = reduceCheck(initialCheckView(SIZE, 0), {
      type: 'events',
      events: [{ type: 'run-started', run: RUN, hosts: 1 }],
    });
    expect(reduceCheck(view, { type: 'tick', now: 900 })).toBe(view);
    expect(reduceCheck(view, { type: 'tick', now: 1100 })).not.toBe(view);
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { COLOUR, copied, ending, endless, hosts, running, show } from './show-check.ts';
import { fakeTerminal } from './terminal.ts';

// Ink's colours look at this when they are loaded; without it the tests about colour could not fail.
vi.hoisted(() => {
  process.env['FORCE_COLOR'] = '2';
});

describe('showCheckTui', () => {
  it('takes the alternate screen, shows the run to its end, waits for q and gives everything back', async () => {
    const terminal = fakeTerminal(100, 30);
    const done = show(terminal, ending(hosts(3)));
    await terminal.sees('done in 3.4 s');
    expect(await terminal.isAlternate()).toBe(true);
    expect(terminal.isCursorShown()).toBe(false);
    expect(terminal.written()).toMatch(COLOUR);
    await terminal.press('q');
    await done;
    expect(await terminal.isAlternate()).toBe(false);
    expect(await terminal.text()).toBe('');
    expect(terminal.isCursorShown()).toBe(true);
    expect(terminal.rawModes).toEqual([true, false]);
    expect(terminal.stdout.listenerCount('resize')).toBe(0);
  });

  it.each(['\r', '\u001B', 'q'])('stays until %j leaves what is done', async (leaves) => {
    const terminal = fakeTerminal(100, 30);
    let isOpen = true;
    const done = show(terminal, ending(hosts(1))).then(() => {
      isOpen = false;
    });
    await terminal.sees('q leave');
    await terminal.press('j');
    expect(isOpen).toBe(true);
    await terminal.press(leaves);
    await done;
    expect(await terminal.isAlternate()).toBe(false);
  });

  it('copies verdict, commands, list and command line, and says so', async () => {
    const terminal = fakeTerminal(100, 30);
    copied.length = 0;
    const done = show(terminal, ending(hosts(2)));
    await terminal.sees('done in');
    await terminal.press('y');
    await terminal.sees('note: the verdict is copied');
    await terminal.press('Y');
    await terminal.sees('the commands is copied');
    await terminal.press('c');
    await terminal.sees('a list of 2 hosts is copied');
    await terminal.press('x');
    await terminal.sees('ra-preflight check pc-0412.corp.example');
    await terminal.press('y');
    await terminal.sees('the command lines is copied');
    const [verdict, commands, list, lines] = copied;
    expect(verdict).toMatch(/^pc-0412\.corp\.example \(10\.1\.2\.12\): BLOCKED, proven\./);
    expect(verdict).not.toMatch(/[│─━]/);
    expect(commands?.split('\n')).toEqual([
      '# Open TCP 3389 on the way',
      'access-list 101 permit tcp 10.9.0.0 0.0.0.255 10.1.2.0 0.0.0.255 eq 3389',
      'nft add rule inet filter forward ip saddr 10.9.0.0/24 ip daddr 10.1.2.0/24 tcp dport 3389 accept',
    ]);
    expect(list?.split('\n')[1]).toMatch(
      /^pc-0412\.corp\.example\t10\.1\.2\.12\tblocked\tproven\tpass\tfail\tpass\ta router on the way rejects TCP 3389\.$/,
    );
    expect(lines).toBe('ra-preflight check all\nra-preflight check pc-0412.corp.example');
    await terminal.press('q');
    await done;
  });

  it('says what could not be copied', async () => {
    const terminal = fakeTerminal(100, 30);
    const done = show(terminal, ending(hosts(1)), { copy: () => Promise.reject(new Error('disk full')) });
    await terminal.sees('done in');
    await terminal.press('y');
    await terminal.sees('note: nothing was copied: disk full');
    await terminal.press('q');
    await done;
  });

  it('offers at once to a host that is ready, after a second press to one in doubt, and never to one that is blocked', async () => {
    const offered: string[] = [];
    const offerer = {
      commandFor: (target: string) => `msra.exe /offerRA ${target}`,
      start: (target: string) => {
        offered.push(target);
        return target.startsWith('pc-0413') ? Promise.resolve() : Promise.reject(new Error('spawn EACCES'));
      },
    };
    const terminal = fakeTerminal(110, 30);
    const done = show(terminal, ending(hosts(3)), { offerer });
    await terminal.sees('pc-0413.corp.example is ready: o offers Remote Assistance (msra.exe');
    await terminal.press('o');
    await terminal.sees('not offered: pc-0412.corp.example is blocked');
    await terminal.press('j');
    await terminal.press('o');
    await terminal.sees('offer started: msra.exe /offerRA pc-0413.corp.example');
    await terminal.press('j');
    await terminal.press('o');
    await terminal.sees('pc-0414.corp.example is undetermined: o again offers anyway');
    expect(offered).toEqual(['pc-0413.corp.example']);
    // Another key takes the question back.
    await terminal.press('k');
    await terminal.press('j');
    await terminal.press('o');
    expect(offered).toEqual(['pc-0413.corp.example']);
    await terminal.press('o');
    await terminal.sees('the offer could not be started: spawn EACCES');
    expect(offered).toEqual(['pc-0413.corp.example', 'pc-0414.corp.example']);
    await terminal.press('q');
    await done;
  });

  it('says who makes no offer where nobody does, and before there is a verdict', async () => {
    const terminal = fakeTerminal(110, 30);
    const done = show(terminal, ending(hosts(1)));
    await terminal.press('o');
    await terminal.sees('no offer from here: this is a test');
    await terminal.press('q');
    await done;
    const early = fakeTerminal(110, 30);
    const { stream, stop } = endless(running(1).slice(0, 4));
    const offerer = { commandFor: () => '', start: () => Promise.reject(new Error('never')) };
    const ended = show(early, stream, { offerer, onStop: stop });
    await early.press('o');
    await early.sees('no verdict yet; an offer needs one');
    await early.press('q');
    await ended;
  });

  it('searches hosts while letters come, and finds text on a page', async () => {
    const terminal = fakeTerminal(80, 24);
    const done = show(terminal, ending(hosts(5)));
    await terminal.sees('done in');
    await terminal.press('/PC-0414q');
    await terminal.sees('No such host');
    await terminal.press('\u007F');
    const found = await terminal.sees('/PC-0414_');
    expect(found).toContain('► pc-0414');
    expect(found).not.toContain('pc-0413');
    await terminal.press('\r');
    await terminal.sees('1 of 1 with "PC-0414"');
    await terminal.press('\r/how sure\r');
    expect(await terminal.sees('How sure')).toMatch(/── pc-0414/);
    await terminal.press('\u001B');
    await wait(10);
    await terminal.press('\u001B');
    await wait(10);
    await terminal.press('\u001B');
    await terminal.sees('pc-0413');
    await terminal.press('q');
    await done;
  });

  it('obeys the mouse until it is handed back', async () => {
    const terminal = fakeTerminal(80, 24);
    const done = show(terminal, ending(hosts(5)));
    await terminal.sees('done in');
    expect(terminal.written()).toContain('\u001B[?1000h\u001B[?1006h');
    const row = (await terminal.text()).split('\n').findIndex((line) => line.includes('pc-0414')) + 1;
    await terminal.press(`\u001B[<0;10;${row}M\u001B[<0;10;${row}m`);
    const top = await terminal.sees(/── pc-0414\.corp\.example/);
    await terminal.press('\u001B[<65;10;10M');
    expect(await terminal.text()).not.toBe(top);
    await terminal.press('\u001B[<64;10;10M');
    expect(await terminal.text()).toBe(top);
    await terminal.press('\u001B[<0;10;4M');
    await terminal.sees('► pc-0414');
    await terminal.press('M');
    expect(terminal.written().endsWith('\u001B[?1006l\u001B[?1000l')).toBe(true);
    await terminal.press('M');
    await terminal.press('q');
    await done;
    expect(terminal.written().lastIndexOf('\u001B[?1000l')).toBeGreaterThan(
      terminal.written().lastIndexOf('\u001B[?1000h'),
    );
  });

  it('walks with arrows and letters, opens, scrolls, helps and comes back', async () => {
    const terminal = fakeTerminal(80, 24);
    const done = show(terminal, ending(hosts(3)));
    await terminal.sees('done in');
    await terminal.press('\u001B[B');
    await terminal.press('j');
    expect(await terminal.text()).toContain('► pc-0414');
    await terminal.press('k');
    expect(await terminal.text()).toContain('► pc-0413');
    await terminal.press('\r');
    const top = await terminal.text();
    expect(top).toMatch(/── pc-0413.* READY proven ──/);
    expect(top).not.toContain('► ');
    await terminal.press('\u001B[6~');
    expect(await terminal.text()).not.toBe(top);
    await terminal.press('\u001B[H');
    expect(await terminal.text()).toBe(top);
    await terminal.press('?');
    expect(await terminal.text()).toContain('choose a host, scroll its page');
    await terminal.press('\u001B');
    await wait(10);
    expect(await terminal.text()).toBe(top);
    await terminal.press('\r');
    expect(await terminal.text()).toContain('► pc-0413');
    await terminal.press('jjjj');
    expect(await terminal.text()).toContain('► pc-0414');
    await terminal.press('q');
    await done;
  });
});

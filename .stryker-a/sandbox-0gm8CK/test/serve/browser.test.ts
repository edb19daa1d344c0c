import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { html, trusted } from '../../src/output/html/markup.ts';
import type { Child, Html } from '../../src/serve/dashboard.ts';
import type { ServeOptions } from '../../src/serve/serve.ts';
import { launchBrowser, noBrowser } from '../output/browser.ts';
import { EARLIER, EVIL, FINISHED, LOOK, type Rig, RUNNING, rigOf, runningRun, TOKEN, until } from './fake.ts';

/** What a page shows of `EVIL`. */
const SHOWN_EVIL = EVIL.replace('\u202e', '\\u{202e}').replace('\u001b', '\\u{1b}');

describe.skipIf(noBrowser !== null)(`in a browser${noBrowser === null ? '' : ` (${noBrowser})`}`, () => {
  let browser: Browser;
  let rig: Rig;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await rig.serving.close();
  });

  const start = async (
    changes: Partial<ServeOptions> = {},
    look: BrowserContextOptions = {},
  ): Promise<Page> => {
    rig = await rigOf(changes);
    complaints = [];
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...look });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(`exception ${error.message}`));
    page.on('dialog', async (dialog) => {
      complaints.push(`dialog ${dialog.message()}`);
      await dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(rig.serving.url)) complaints.push(`request ${request.url()}`);
    });
    return page;
  };

  it('shows progress without loading the page again, and what starts and ends', async () => {
    const page = await start();
    rig.dashboard.entries.unshift(runningRun(100));
    await page.goto(rig.serving.url);
    let loads = 0;
    page.on('framenavigated', () => loads++);
    const row = page.locator(`#run-${RUNNING}`);
    const done = row.locator('[data-of="done"]');
    expect(await done.textContent()).toBe('100');
    rig.dashboard.entries[0] = runningRun(700);
    await until(async () => (await done.textContent()) === '700');
    expect(await row.locator('progress').getAttribute('max')).toBe('1000');
    expect(await row.locator('[data-of="ready"]').textContent()).toBe('700');
    expect(await row.locator('[data-of="took"]').textContent()).toBe('7.0 s');

    await page.locator(`a[href="/runs/${FINISHED}.csv"]`).focus();
    rig.dashboard.entries[0] = { ...runningRun(1000), state: 'finished' };
    await until(async () => (await row.getAttribute('data-state')) === 'finished');
    await until(async () =>
      ((await page.locator('#live').textContent()) ?? '').includes(`Ended: ${RUNNING}`),
    );
    // Who was in the midst of the table still is.
    expect(await page.locator(':focus').getAttribute('href')).toBe(`/runs/${FINISHED}.csv`);

    rig.dashboard.entries.unshift({ ...runningRun(1), id: 'another-run' });
    await until(async () => (await page.locator('#run-another-run').count()) === 1);
    expect(loads).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('keeps hostile names and targets text on every page', async () => {
    const page = await start();
    const pages: readonly (readonly [string, string])[] = [
      ['', `#run-${FINISHED}`],
      [`runs/${FINISHED}/hosts`, 'tbody'],
      [`runs/${FINISHED}/hosts/0`, 'h1'],
      [`runs/${FINISHED}`, 'body'],
      [`diff/${EARLIER}/${FINISHED}`, 'body'],
      [`host?target=${encodeURIComponent(EVIL)}`, 'body'],
      ['schedules', 'tbody'],
      [`schedule?name=${encodeURIComponent(EVIL)}`, 'h1'],
    ];
    for (const [path, place] of pages) {
      await page.goto(rig.serving.url + path);
      if (!path.startsWith('diff') && path !== `runs/${FINISHED}`) {
        expect(await page.locator(place).textContent()).toContain(SHOWN_EVIL);
      }
      expect(await page.title()).not.toBe('owned');
      expect(await page.locator('img').count()).toBe(0);
    }
    expect(complaints).toEqual([]);
  });

  it('applies the style of the report, whose policy and header agree', async () => {
    const page = await start();
    await page.goto(`${rig.serving.url}runs/${FINISHED}`);
    expect(await page.evaluate('getComputedStyle(document.body).maxWidth')).not.toBe('none');
    expect(await page.evaluate("getComputedStyle(document.querySelector('.counts')).display")).toBe('grid');
    await page.goto(rig.serving.url);
    expect(await page.evaluate("getComputedStyle(document.querySelector('nav.top')).display")).toBe('flex');
    expect(complaints).toEqual([]);
  });

  it('runs nothing even if the escaping failed', async () => {
    const raw = (child: Child): Child => (typeof child === 'string' ? trusted(child) : child);
    const careless: Html = (strings, ...children) =>
      html(
        strings,
        ...children.map((child) => (Array.isArray(child) ? child.map((one: Child) => raw(one)) : raw(child))),
      );
    const page = await start({ look: { ...LOOK, html: careless } });
    await page.goto(rig.serving.url);
    // It did fail.
    expect(await page.locator('img').count()).toBeGreaterThan(0);
    expect(await page.title()).toBe('Remote Assistance pre-flight: audits');
    expect(complaints.filter((text) => text.startsWith('dialog'))).toEqual([]);
    expect(complaints.join()).toMatch(/inline script[\s\S]*Content Security Policy/);
    expect(complaints.join()).toMatch(/inline event handler[\s\S]*Content Security Policy/);
  });

  it('shows the whole list on a screen of 1280', async () => {
    const page = await start();
    rig.dashboard.entries.unshift(runningRun(100));
    await page.goto(rig.serving.url);
    const wide = await page.evaluate("document.querySelector('.scroll').scrollWidth");
    expect(wide).toBe(await page.evaluate("document.querySelector('.scroll').clientWidth"));
  });

  it.each([1280, 390])('clips no verdict and has no empty column at %i', async (width) => {
    const page = await start({}, { viewport: { width, height: 800 } });
    for (const path of [`runs/${FINISHED}`, `runs/${FINISHED}/hosts`]) {
      await page.goto(rig.serving.url + path);
      const clipped = await page.evaluate(`[...document.querySelectorAll('.badge')].filter((badge) => {
        const cell = badge.closest('td')?.getBoundingClientRect();
        const own = badge.getBoundingClientRect();
        return own.width > 0 && cell && (own.right > cell.right + 1 || badge.scrollWidth > badge.clientWidth + 1);
      }).length`);
      expect([path, clipped]).toEqual([path, 0]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    await page.goto(`${rig.serving.url}runs/${FINISHED}`);
    const addresses = page.locator('#list tbody td.address:visible');
    const texts = await addresses.allTextContents();
    expect(texts.length === 0 || texts.filter(Boolean).length * 2 > texts.length).toBe(true);
    await page.locator('#list .open').first().click();
    expect(await page.locator('#host .badge').count()).toBe(1);
  });

  it('fits a phone, light and dark', async () => {
    const grounds = new Set<unknown>();
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await start({}, { viewport: { width: 360, height: 740 }, colorScheme });
      rig.dashboard.entries.unshift(runningRun(100));
      for (const path of [
        '',
        'schedules',
        `host?target=${encodeURIComponent(EVIL)}`,
        `runs/${FINISHED}/hosts`,
        `runs/${FINISHED}/hosts/0`,
      ]) {
        await page.goto(rig.serving.url + path);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      }
      grounds.add(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      expect(complaints).toEqual([]);
      await page.context().close();
      await rig.serving.close();
    }
    expect(grounds.size).toBe(2);
  });

  it('works without scripts: search, pages, one host', async () => {
    const page = await start({}, { javaScriptEnabled: false });
    await page.goto(rig.serving.url);
    await page.getByRole('link', { name: `Hosts of ${FINISHED}` }).click();
    await page.getByRole('link', { name: 'More hosts' }).click();
    await page.getByLabel('Name or address').fill('pc513.');
    await page.getByLabel('Verdict').selectOption('blocked');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: /^pc513\.corp\.example/ }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('pc513.corp.example');
    await page.getByRole('link', { name: 'All audits' }).click();
    await page.getByRole('link', { name: `Changes of ${FINISHED}` }).click();
    expect(page.url()).toBe(`${rig.serving.url}diff/${EARLIER}/${FINISHED}`);
  });

  it('signs in with the keyboard, goes on to the page, and signs out', async () => {
    const page = await start({ token: TOKEN });
    const answer = await page.goto(`${rig.serving.url}runs/${FINISHED}/hosts`);
    expect(answer?.status()).toBe(401);
    await page.keyboard.type('not the token at all');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Hosts' }).waitFor();
    expect(page.url()).toBe(`${rig.serving.url}runs/${FINISHED}/hosts`);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
    // Chromium tells of every answer 401, and of nothing else.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  });
});

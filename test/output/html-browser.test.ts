import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportSource } from '../../src/model/report.ts';
import { type PageHistory, renderHtmlWith } from '../../src/output/html.ts';
import { auditHost, auditOf } from './audit-reports.ts';
import { type Browser, noBrowser, startBrowser } from './browser.ts';
import { pastOf } from './past.ts';
import { blocked, hostile, ready, reportOf, textOf, unnamed, unreachable } from './reports.ts';

const pageOf = (report: ReportSource, history: PageHistory = {}) =>
  textOf(renderHtmlWith(report, { width: 80, colour: false, verbose: false }, history));

const BOMB = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
const bomb = {
  ...hostile,
  target: BOMB,
  names: [`</script><svg onload=alert(3)>`, '<!--'],
  because: [{ rule: '<b>', text: `</script><script>alert(4)</script> ${BOMB}`, ports: [135] }],
  path: { hops: [{ ttl: 1, address: '<img src=//evil.example>', rttMs: 1 }], filters: [], multipath: [] },
};
const audit = auditOf(1000);

// The browser takes a while to start on a busy machine.
describe.skipIf(noBrowser !== null)(
  `the page in Chromium${noBrowser ? ` (skipped: ${noBrowser})` : ''}`,
  {
    timeout: 120_000,
  },
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startBrowser();
    });
    afterAll(() => browser.close());

    it('searches, filters, sorts and opens hosts, by keyboard too, and asks nobody', async () => {
      const { page, complaints } = await browser.open(pageOf(audit));
      const count = page.locator('#count');
      const names = () => page.locator('#list .open').allTextContents();
      await count.filter({ hasText: '1,000 hosts' }).waitFor();
      // The worst first, until the reader says otherwise.
      expect(await page.locator('#list .badge').first().textContent()).toContain('blocked');
      expect(await page.locator('#list th.status').first().getAttribute('aria-sort')).toBe('ascending');

      await page.fill('#query', 'PC5 corp blocked');
      const sought = [...audit.hosts].filter(({ target }) => target.includes('pc5'));
      await count.filter({ hasText: `${sought.length} of 1,000 hosts` }).waitFor();
      expect((await names()).every((name) => name.includes('pc5'))).toBe(true);
      await page.fill('#query', 'listens on tcp 135');
      await count.filter({ hasText: /^8 of/ }).waitFor();

      await page.click('#clear');
      // The made-up audit has no host that is undetermined and not clear so far.
      expect(await page.locator('#verdict option[value="undetermined"]').count()).toBe(0);
      await page.selectOption('#verdict', 'clear-so-far');
      expect(await count.textContent()).toBe(`${audit.summary.clearSoFar} of 1,000 hosts`);
      expect(await page.locator('#list .badge').first().textContent()).toBe('○ clear so far');
      await page.selectOption('#net', '10.64.1.0/24');
      const both = [...audit.hosts].filter(
        ({ verdict, address }) => verdict === 'undetermined' && address?.startsWith('10.64.1.'),
      );
      expect(await count.textContent()).toBe(`${both.length} of 1,000 hosts`);
      expect(await names()).toEqual(both.map(({ target }) => target));

      await page.click('#clear');
      await page.click('a[data-net="10.64.2.0/24"]');
      expect(await count.textContent()).toBe('256 of 1,000 hosts');
      await page.click('#clear');

      const addressHead = page.locator('#list thead [data-sort="name"]');
      await addressHead.click();
      expect((await names()).slice(0, 3)).toEqual(['10.64.0.0', '10.64.0.1', '10.64.0.2']);
      await addressHead.click();
      expect((await names())[0]).toBe('10.64.3.231');
      expect(await page.locator('#list thead th.name').getAttribute('aria-sort')).toBe('descending');
      await addressHead.click();
      expect(await page.locator('#list thead [aria-sort="none"]').count()).toBe(
        await page.locator('#list thead [aria-sort]').count(),
      );

      await page.locator('#list .open').first().focus();
      await page.keyboard.press('End');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('10.64.3.231');
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowDown');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('10.64.0.1');
      // One stop of the Tab key, however many rows.
      expect(await page.locator('#list .open[tabindex="0"]').count()).toBe(1);
      await page.keyboard.press('Enter');
      expect(await page.locator('#host-name').textContent()).toContain('blocked 10.64.0.1');
      expect(await page.evaluate('document.activeElement.id')).toBe('host-name');
      await page.keyboard.press('Escape');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('10.64.0.1');
      expect(complaints).toEqual([]);
    });

    it('shows of a host what the static page shows', async () => {
      const report = reportOf([blocked, ready, unreachable, unnamed]);
      const [live, still] = [
        await browser.open(pageOf(report)),
        await browser.open(pageOf(report), { scripts: false }),
      ];
      expect(await live.page.locator('.paper').isVisible()).toBe(false);
      expect(await still.page.locator('#live').isVisible()).toBe(false);
      const { hosts } = report;
      for (const [i, { target }] of hosts.entries()) {
        await live.page.locator('#list .open', { hasText: target }).click();
        const said = (await live.page.locator('#host-body .body').textContent())?.replaceAll('Copy', '');
        await live.page.click('#close');
        const details = still.page.locator(`#host-${i}`);
        expect(await details.isVisible()).toBe(true);
        expect(said).toBe(await details.locator('.body').textContent());
      }
      expect([...live.complaints, ...still.complaints]).toEqual([]);
    });

    it('keeps hostile names, reasons and hops as text', async () => {
      const report = reportOf([
        bomb,
        ...Array.from({ length: 60 }, (_, i) => ({ ...auditHost(i), names: [BOMB] })),
        hostile,
      ]);
      const groups = [
        { id: BOMB, signature: BOMB, hosts: 1, prefixes: [BOMB], commands: [BOMB], text: BOMB },
      ];
      const { page, complaints } = await browser.open(pageOf({ ...report, groups }, pastOf(report)));
      await page.fill('#query', 'onerror');
      await page.locator('#count').filter({ hasText: '61 of 62' }).waitFor();
      expect(await page.locator('#list .open').first().textContent()).toContain(BOMB);
      await page.locator('#list .open').first().click();
      expect(await page.locator('#host-name').textContent()).toContain(BOMB);
      expect(await page.locator('#host-body .path').textContent()).toContain('<img src=//evil.example>');
      await page.waitForTimeout(200);
      expect(await page.locator('img, iframe, object, link, [onerror], [onload]').count()).toBe(0);
      expect(await page.locator('script').count()).toBe(2);
      expect(complaints).toEqual([]);
    });

    it('stays usable with 65,536 hosts', async () => {
      const text = pageOf(auditOf(65_536));
      expect(text.length).toBeLessThan(25e6);
      const { page, complaints } = await browser.open(text);
      await page.locator('#count').filter({ hasText: '65,536 hosts' }).waitFor();
      const rows = () => page.locator('#list tbody tr').count();
      expect(await rows()).toBeLessThan(60);
      await page.fill('#query', 'pc65');
      await page
        .locator('#count')
        .filter({ hasText: /^\d+ of 65,536 hosts/ })
        .waitFor();
      await page.click('#clear');
      await page.click('#list thead [data-sort="name"]');
      await page.locator('#list .open').first().focus();
      await page.keyboard.press('End');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('10.64.255.255');
      await page.evaluate('document.getElementById("viewport").scrollTop = 1e6');
      await page.waitForTimeout(300);
      expect(await rows()).toBeLessThan(60);
      expect(await page.evaluate('document.getElementsByTagName("*").length')).toBeLessThan(20_000);
      await page.locator('#list tr[data-place] .open').nth(8).click();
      expect(await page.locator('#host-body h4').count()).toBeGreaterThan(1);
      expect(complaints).toEqual([]);
    });

    it('never scrolls sideways, at the width of a phone, a tablet and a desk, and its map follows the switch', async () => {
      const report = { ...reportOf([...audit.hosts]), groups: audit.groups };
      for (const [width, dark] of [
        [360, true],
        [768, false],
        [1280, true],
      ] as const) {
        const { page, complaints } = await browser.open(pageOf(report, pastOf(report)), { width, dark });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        await page.locator('#list .open').first().click();
        expect(await page.evaluate('document.getElementById("host").scrollWidth')).toBeLessThanOrEqual(width);
        await page.click('#close');
        const shown = (name: string) =>
          page.evaluate(
            `getComputedStyle(document.querySelector('.cells .lane.${name}')).display !== 'none'`,
          );
        expect([await shown('verdict'), await shown('dynamic-rpc')]).toEqual([true, false]);
        await page.check('#lane-dynamic-rpc');
        expect([await shown('verdict'), await shown('dynamic-rpc')]).toEqual([false, true]);
        expect(complaints).toEqual([]);
      }
    });

    it('prints what stands on no screen: hosts in full, none of the controls, nothing cut off', async () => {
      const report = reportOf([blocked, ready]);
      const { page } = await browser.open(pageOf(report, pastOf(report)), { width: 720 });
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.paper').isVisible()).toBe(true);
      expect(await page.locator('#live').isVisible()).toBe(false);
      expect((await page.locator('#host-0 .body').boundingBox())?.height).toBeGreaterThan(200);
      expect((await page.locator('#trend ~ details table').boundingBox())?.height).toBeGreaterThan(100);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(720);
    });
  },
);

import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { startBrowser } from './browser.ts';

const JOBS = (process.env['SHOTS'] ?? 'one:1280:l,one:360:d,audit:1280:l,audit:360:l,large:1280:d').split(
  ',',
);
it('shots', async () => {
  const browser = await startBrowser();
  for (const job of JOBS) {
    const [name = '', width = '', mode = '', what = ''] = job.split(':');
    const t = performance.now();
    const { page, complaints } = await browser.open(readFileSync(`/tmp/ra-html/${name}.html`, 'utf8'), {
      width: Number(width),
      dark: mode === 'd',
    });
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    console.log(job, 'open', (performance.now() - t).toFixed(0), 'ms', 'scrollWidth', wide, complaints);
    if (what && what !== 'dialog') { await page.evaluate(`document.getElementById('${what}').scrollIntoView()`); await page.waitForTimeout(300); await page.screenshot({ path: `/tmp/ra-html/${job.replaceAll(':', '-')}.png` }); continue; }
      if (what === 'dialog') {
      await page
        .locator('#list .open')
        .nth(Number(job.split(':')[4] ?? 1))
        .click();
      await page.screenshot({ path: `/tmp/ra-html/${job.replaceAll(':', '-')}.png` });
    } else await page.screenshot({ path: `/tmp/ra-html/${job.replaceAll(':', '-')}.png`, fullPage: true });
  }
  await browser.close();
}, 120_000);

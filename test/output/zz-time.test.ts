import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { startBrowser } from './browser.ts';
it('t', async () => {
  const b = await startBrowser();
  const text = readFileSync('/tmp/ra-html/varied.html', 'utf8');
  for (let i = 0; i < 3; i++) {
    const t = performance.now();
    const { page } = await b.open(text);
    await page.locator('#count').filter({ hasText: '65,536 hosts' }).waitFor();
    const t1 = performance.now();
    await page.fill('#query', 'pc65'); await page.locator('#count').filter({ hasText: 'of' }).waitFor();
    const t2 = performance.now();
    await page.fill('#query', 'pc655'); await page.waitForFunction("document.getElementById('count').textContent.length > 0");
    const sort = await page.evaluate("(() => { document.getElementById('clear').click(); const t = performance.now(); document.querySelector('[data-sort=reason]').click(); const a = performance.now(); document.querySelector('[data-sort=name]').click(); return [a - t, performance.now() - a]; })()");
    console.log('open', (t1 - t).toFixed(0), 'search', (t2 - t1).toFixed(0), 'sort', sort);
  }
  await b.close();
}, 60000);

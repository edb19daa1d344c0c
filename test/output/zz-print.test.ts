import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { startBrowser } from './browser.ts';
it('t', async () => {
  const b = await startBrowser();
  for (const name of ['few', 'past']) {
    const { page } = await b.open(readFileSync(`/tmp/ra-html/${name}.html`, 'utf8'), { width: 800, height: 1100, dark: true });
    await page.pdf({ path: `/tmp/ra-html/${name}.pdf`, format: 'A4' });
    await page.emulateMedia({ media: 'print' });
    await page.screenshot({ path: `/tmp/ra-html/${name}-print.png`, fullPage: true });
  }
  await b.close();
}, 60000);

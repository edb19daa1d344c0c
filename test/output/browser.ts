import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser as Chromium, chromium, type Page } from 'playwright-core';

/** Where distributions put Chromium. */
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** Why pages cannot be opened here; null when they can, and in CI, where a missing browser is an error. */
export const noBrowser: string | null =
  CHROMIUM || process.env['CI'] ? null : 'Chromium is not installed (Debian: apt install chromium)';

/** A page that was opened, and what it did that it should not have. */
export interface OpenedPage {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, dialogs, and requests for anything but the file itself. */
  readonly complaints: readonly string[];
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly scripts?: boolean;
}

/** A browser with a folder of its own that opens texts as files. `close` leaves nothing behind. */
export interface Browser {
  open(text: string, look?: Look): Promise<OpenedPage>;
  close(): Promise<void>;
}

/** Chromium without a screen and with a new profile, which asks nobody for anything by itself. */
export const launchBrowser = (): Promise<Chromium> =>
  chromium.launch({
    executablePath: CHROMIUM ?? 'chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** Starts Chromium without a screen and with a new profile. Each page has a context of its own: nothing is shared. */
export const startBrowser = async (): Promise<Browser> => {
  const folder = mkdtempSync(join(tmpdir(), 'ra-preflight-browser-'));
  const chrome = await launchBrowser();
  let files = 0;
  return {
    open: async (text, { width = 1280, height = 900, dark = false, scripts = true } = {}) => {
      const file = join(folder, `${files++}.html`);
      writeFileSync(file, text);
      const context = await chrome.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        javaScriptEnabled: scripts,
        reducedMotion: 'reduce',
      });
      const complaints: string[] = [];
      const url = pathToFileURL(file).href;
      await context.route('**', async (route) => {
        if (route.request().url().split('#')[0] === url) return route.continue();
        complaints.push(`request ${route.request().url()}`);
        return route.abort();
      });
      const page = await context.newPage();
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(`console ${message.text()}`);
      });
      page.on('pageerror', (error) => complaints.push(`exception ${error.message}`));
      page.on('dialog', async (dialog) => {
        complaints.push(`dialog ${dialog.message()}`);
        await dialog.dismiss();
      });
      await page.goto(url);
      return { page, complaints };
    },
    close: async () => {
      await chrome.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

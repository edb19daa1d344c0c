/// <reference path="../text/browser-text.d.ts" />
import DASHBOARD_STYLE from './browser/dashboard.css?text';
import LIVE_RUNS from './browser/live-runs.ts?text';

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b57b0"/><path d="M4 8.5 7 11.5 12.5 5" fill="none" stroke="#fff" stroke-width="2"/></svg>\n';

/** A file that the pages load: its media type and text. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

/** The files of the dashboard, with the style sheet of the report before our own. They hold nothing of the history. */
export const assetsWith = (style: string): Readonly<Record<'style.css' | 'app.js' | 'icon.svg', Asset>> => ({
  'style.css': { type: 'text/css; charset=utf-8', text: style + DASHBOARD_STYLE },
  'app.js': { type: 'text/javascript; charset=utf-8', text: LIVE_RUNS },
  'icon.svg': { type: 'image/svg+xml', text: ICON },
});

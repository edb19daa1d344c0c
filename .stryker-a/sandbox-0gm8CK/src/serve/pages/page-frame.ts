import type { Child, Markup, Theme } from '../dashboard.ts';

/** The links at the top of every page, with their words. */
export const NAVIGATION: readonly (readonly [href: string, words: string])[] = [
  ['/', 'ra-preflight'],
  ['/', 'All audits'],
  ['/latest', 'Latest report'],
  ['/schedules', 'Schedules'],
];

/** What stands around a page. `signOut`: the user has signed in, and can sign out. */
export interface Frame {
  readonly title: string;
  readonly signOut: boolean;
  /** Whether the page loads the script that follows running audits. */
  readonly live: boolean;
  /** Where there are no scripts: seconds after which the page is to load itself again, null for never. */
  readonly reload: number | null;
  readonly body: Child;
}

/** A whole page of the dashboard. It works without its script. */
export const framed = (
  { html }: Theme,
  { title, signOut, live, reload, body }: Frame,
): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
${live ? html`<script src="/app.js" defer></script>\n` : null}${
  reload === null ? null : html`<noscript><meta http-equiv="refresh" content="${reload}"></noscript>\n`
}</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<nav class="top" aria-label="Dashboard">${NAVIGATION.map(([href, words]) => html`<a href="${href}">${words}</a> `)}${
  signOut ? html`<form method="post" action="/logout"><button>Sign out</button></form>` : null
}</nav>
<main id="main">
${body}</main>
</body>
</html>
`;

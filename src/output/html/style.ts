import { PICTURE_STYLE } from './style-pictures.ts';
import { TABLE_STYLE } from './style-table.ts';

/**
 * The one style sheet of the page: system fonts, light and dark by what the reader prefers, a phone, and paper. Text and
 * ground contrast at least 4.5:1 (WCAG 2.2, 1.4.3); a verdict is a sign and a word before it is a colour.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --sheet: #f6f7f9; --line: #d9dde3; --text: #1b1f24; --soft: #535c68; --link: #0b57b0;
  --ready: #0f6238; --ready-ground: #e4f4ea; --blocked: #a1131b; --blocked-ground: #fdeaea;
  --undetermined: #6f4600; --undetermined-ground: #fdf1d8; --unreachable: #454e5a; --unreachable-ground: #eceff2;
  --clear: #0b5563; --clear-ground: #def2f6;
  --fill-ready: #2e8b57; --fill-clear: #2b8b9e; --fill-blocked: #c8242d; --fill-undetermined: #b07318; --faint: #8a93a0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --sheet: #1c2026; --line: #343b45; --text: #e7e9ec; --soft: #a7b0bc; --link: #8ab8ff;
    --ready: #86dba8; --ready-ground: #14301f; --blocked: #ffa5a2; --blocked-ground: #41191b;
    --undetermined: #f3c873; --undetermined-ground: #36290f; --unreachable: #bcc5d0; --unreachable-ground: #2a3038;
    --clear: #8bd8e6; --clear-ground: #0e3038;
    --fill-ready: #46a873; --fill-clear: #3fa7ba; --fill-blocked: #e5605b; --fill-undetermined: #d39b34; --faint: #6b7684;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 70rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere;
}
h1, h2, h3, h4, p, ul, ol, dl, dd, pre { margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; }
h4 { font-size: 0.9375rem; margin: 1.25rem 0 0.375rem; }
a { color: var(--link); }
code, pre { font: 0.875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; padding: 0.25rem 0.75rem; background: var(--ground); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.soft { color: var(--soft); }
.lead { font-size: 1.125rem; margin: 0.5rem 0 1.25rem; }
.top { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: center; margin-bottom: 1.5rem; padding-bottom: 0.75rem; border-bottom: 1px solid var(--line); }
.top a:first-child { font-weight: 700; color: var(--text); text-decoration: none; }
.underway strong { color: var(--link); }
.folds { padding-left: 0; list-style: none; }
.folds > li { border-bottom: 1px solid var(--line); padding: 0.25rem 0; }
.folds summary { cursor: pointer; }
.host .all-runs { margin: 0.75rem 1rem 0; } .all-runs { font-size: 0.9375rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 1.25rem; padding: 0; list-style: none; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 0.75rem 1.5rem; }
.facts dt { color: var(--soft); font-size: 0.8125rem; }
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.75rem; padding: 0; list-style: none; }
.counts li { padding: 0.75rem 1rem; border-radius: 0.5rem; }
.counts strong { display: block; font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.bar { display: block; width: 100%; height: 0.625rem; margin-top: 0.75rem; border-radius: 0.3125rem; }
:is(rect, path).ready, :is(rect, path).reachable { fill: var(--fill-ready); }
:is(rect, path).clear-so-far { fill: var(--fill-clear); }
:is(rect, path).blocked, :is(rect, path).filtered { fill: var(--fill-blocked); }
:is(rect, path).undetermined, :is(rect, path).mixed { fill: var(--fill-undetermined); }
:is(rect, path):is(.unreachable, .not-needed, .unknown) { fill: var(--faint); }
.counts .ready, .badge.ready { color: var(--ready); background: var(--ready-ground); }
.counts .clear-so-far, .badge.clear-so-far { color: var(--clear); background: var(--clear-ground); }
.counts .blocked, .badge.blocked { color: var(--blocked); background: var(--blocked-ground); }
.counts .undetermined, .badge.undetermined { color: var(--undetermined); background: var(--undetermined-ground); }
.counts .unreachable, .badge.unreachable { color: var(--unreachable); background: var(--unreachable-ground); }
.badge {
  display: inline-block; padding: 0 0.5rem; border-radius: 0.25rem; font-size: 0.8125rem; font-weight: 600; white-space: nowrap;
}
.findings, .remedies { padding-left: 1.5rem; }
.findings > li, .remedies > li { margin-bottom: 1rem; padding-left: 0.25rem; }
.findings details { margin-top: 0.25rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
caption { text-align: left; color: var(--soft); font-size: 0.875rem; padding: 0.25rem 0; }
th, td { padding: 0.375rem 0.75rem 0.375rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
/* Short cells keep their words whole; what may be long breaks where it must. */
th, td { overflow-wrap: break-word; }
td:last-child, .rows th { overflow-wrap: anywhere; }
.ports tbody th { width: 30%; } :where(.ports, .requirements) td:last-child { width: 42%; }
thead th { color: var(--soft); font-size: 0.8125rem; font-weight: 600; }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.subnets tbody th { white-space: nowrap; }
.some-blocked { color: var(--blocked); font-weight: 600; }
.host { border: 1px solid var(--line); border-radius: 0.5rem; margin-bottom: 0.5rem; content-visibility: auto; contain-intrinsic-size: auto 3.25rem; }
.host > summary { padding: 0.75rem 1rem; cursor: pointer; }
.host > summary:hover { background: var(--sheet); }
.host[open] > summary { border-bottom: 1px solid var(--line); }
.host h3 { display: inline; font-size: 1rem; margin: 0 0.25rem; }
.host .reason { display: block; margin-top: 0.125rem; color: var(--soft); font-size: 0.9375rem; }
.host .body { padding: 0.75rem 1rem 1rem; }
.host .body > :first-child { margin-top: 0; }
.host ul { padding-left: 1.25rem; }
pre { margin-top: 0.5rem; padding: 0.625rem 0.75rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 0.375rem; overflow-x: auto; }
.rows { content-visibility: auto; contain-intrinsic-size: auto 60rem; }
.rows table { table-layout: fixed; }
.rows .wide { width: 34%; } .rows .narrow { width: 9rem; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.875rem; }
@media (max-width: 40rem) {
  body { padding: 1.25rem 1rem 3rem; }
  h1 { font-size: 1.5rem; }
  .counts { grid-template-columns: 1fr 1fr; }
  .counts li { padding: 0.5rem 0.625rem; white-space: nowrap; }
  .facts { grid-template-columns: 1fr 1fr; }
  .requirements thead, .ports thead, .rows thead { position: absolute; left: -100rem; }
  .requirements tr, .ports tr, .rows tr { display: block; padding: 0.375rem 0; border-bottom: 1px solid var(--line); }
  .requirements :is(th, td), .ports :is(th, td), .rows :is(th, td) { display: block; width: auto; padding: 0; border: 0; }
}
${PICTURE_STYLE}${TABLE_STYLE}@media print {
  :root {
    --ground: #ffffff; --sheet: #ffffff; --line: #b8bec7; --text: #000000; --soft: #3c434c; --link: #000000;
    --ready: #0f6238; --ready-ground: #ffffff; --blocked: #a1131b; --blocked-ground: #ffffff;
    --fill-ready: #2e8b57; --fill-clear: #2b8b9e; --fill-blocked: #c8242d; --fill-undetermined: #b07318; --faint: #767f8b;
    --undetermined: #6f4600; --undetermined-ground: #ffffff; --unreachable: #454e5a; --unreachable-ground: #ffffff; --clear: #0b5563; --clear-ground: #ffffff;
  }
  @page { margin: 1.5cm; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  .skip, nav, .live, .lanes, .copy { display: none; }
  .badge, .counts li { border: 1px solid currentColor; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .scroll { overflow: visible; }
  .scroll table { font-size: 8pt; }
  .scroll :is(th, td) { white-space: normal; padding-right: 0.375rem; }
  details.paper-open::details-content { content-visibility: visible; block-size: auto; }
  .host, .rows { content-visibility: visible; }
  .host::details-content { content-visibility: visible; block-size: auto; }
  h2, h3, h4, summary { break-after: avoid; }
  tr, li, pre, figure { break-inside: avoid; }
  pre { white-space: pre-wrap; }
}
`;

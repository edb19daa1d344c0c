import { createHash } from 'node:crypto';
import { html, type Markup, trusted } from './markup.ts';
import { STYLE } from './style.ts';

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * The beginning of a page up to its body. Nothing may be loaded; only the style sheet is applied and only `script` runs, if
 * there is one, even if something slipped through escaping.
 */
export const headOf = (title: string, script?: string): Markup => {
  const scripts = script === undefined ? '' : ` script-src ${sha256(script)};`;
  const policy = `default-src 'none'; style-src ${sha256(STYLE)};${scripts} base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
`;
};

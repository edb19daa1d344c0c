import { createHash } from 'node:crypto';
import type { RunDiff } from '../model/history.ts';
import { diffSection } from './html/history.ts';
import { html, trusted } from './html/markup.ts';
import { STYLE } from './html/style.ts';
import { minuteWords } from './words.ts';

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** Two runs compared, as one HTML page that needs nothing else and runs no script. Text from the network is escaped. */
export const renderDiffHtml = function* (diff: RunDiff): Iterable<string> {
  const { before, after } = diff;
  yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Remote Assistance pre-flight: what changed</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header>
<h1>What changed</h1>
<p class="lead">${minuteWords(before.startedAt)} to ${minuteWords(after.startedAt)}</p>
</header>
<main>
`.text;
  for (const part of diffSection(diff)) if (part) yield part.text;
  yield '</main>\n</body>\n</html>\n';
};

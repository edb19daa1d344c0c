import type { Remedy } from '../../model/report.ts';
import { html, type Markup } from './markup.ts';

/** Commands to copy, one a line; nothing when there are none. */
export const commandBlock = (commands: readonly string[]): Markup | null =>
  commands.length === 0
    ? null
    : html`<pre><code>${commands.map((command, i) => [i > 0 ? html`\n` : null, command])}</code></pre>`;

/** The remedies of one host, in the order in which to try them. */
export const remedyList = (remedies: readonly Remedy[]): Markup =>
  html`<ol class="remedies">${remedies.map(
    ({ title, where, text, commands }) =>
      html`<li><strong>${title}</strong> <span class="soft">(${where})</span><p>${text}</p>${commandBlock(commands)}</li>`,
  )}</ol>`;

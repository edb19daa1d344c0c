import type { Remedy } from '../../model/report.ts';
import type { Markup } from './markup.ts';
import { type Branch, el, LINE_END, markupOf, plain, type Tree } from './tree.ts';

const commandTree = (commands: readonly string[]): Branch | null =>
  commands.length === 0
    ? null
    : el(
        'pre',
        { tabindex: 0 },
        plain('code', ...commands.map((command, i): (Tree | null)[] => [i > 0 ? LINE_END : null, command])),
      );

/** Commands to copy, one a line; nothing when there are none. */
export const commandBlock = (commands: readonly string[]): Markup | null => {
  const tree = commandTree(commands);
  return tree && markupOf(tree);
};

/** The remedies of one host, in the order in which to try them. */
export const remedyList = (remedies: readonly Remedy[]): Branch =>
  el(
    'ol',
    { class: 'remedies' },
    remedies.map(({ title, where, text, commands }) =>
      plain(
        'li',
        plain('strong', title),
        el('span', { class: 'soft' }, ` (${where})`),
        plain('p', text),
        commandTree(commands),
      ),
    ),
  );

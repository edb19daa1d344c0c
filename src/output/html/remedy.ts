import type { Commands } from '../../model/commands.ts';
import type { Remedy } from '../../model/report.ts';
import { blocksOf, type CommandBlock, TOOL_WORDS, WHERE_WORDS } from '../report-words.ts';
import type { Markup } from './markup.ts';
import { type Branch, el, LINE_END, markupOf, plain, type Tree } from './tree.ts';

const blockTree = ({ tool, commands }: CommandBlock): readonly Tree[] => [
  ...(tool === null ? [] : [el('p', { class: 'soft' }, `${TOOL_WORDS[tool]}:`)]),
  el(
    'pre',
    { tabindex: 0 },
    plain('code', ...commands.map((command, i): (Tree | null)[] => [i > 0 ? LINE_END : null, command])),
  ),
];

/** Commands to copy, one a line in a labelled block for each tool; nothing when there are none. */
export const commandBlocks = (of: Commands): readonly Markup[] =>
  blocksOf(of).flatMap(blockTree).map(markupOf);

/** The remedies of one host, in the order in which to try them. */
export const remedyList = (remedies: readonly Remedy[]): Branch =>
  el(
    'ol',
    { class: 'remedies' },
    remedies.map((remedy) =>
      plain(
        'li',
        plain('strong', remedy.title),
        el('span', { class: 'soft' }, ` (${WHERE_WORDS[remedy.where]})`),
        plain('p', remedy.text),
        ...blocksOf(remedy).flatMap(blockTree),
      ),
    ),
  );

import { SCRIPT } from '../../src/output/html/client.ts';
import { STYLE } from '../../src/output/html/style.ts';

export const DATA = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/g;

/** The page without style sheet, script and data, which are no markup. What is left of them is not allowed to look like any. */
export const markupOnly = (page: string) =>
  page.replace(STYLE, '').replace(SCRIPT, '').replaceAll(DATA, '').replace('<script></script>', '');

export const VOID = new Set(['meta', 'rect', 'path', 'circle', 'input']);

/** Throws unless every element that is opened is closed in its turn and every attribute stands in quotes or alone. */
export const assertBalanced = (page: string): void => {
  const open: string[] = [];
  const text = markupOnly(page).replace('<!doctype html>', '');
  for (const [tag] of text.matchAll(/<[^>]*>/g)) {
    const parts = /^<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:[A-Z][A-Za-z]*)?(?:="[^"<>]*")?)*)\/?>$/.exec(tag);
    if (!parts) throw new Error(`odd tag ${tag}`);
    const [, closing, name = ''] = parts;
    if (closing) {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last}>`);
    } else if (!VOID.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`left open: ${open.join(', ')}`);
  const left = text.replaceAll(/<[^>]*>/g, '');
  if (/[<>]/.test(left)) throw new Error('a bracket that is no tag');
  if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(left)) throw new Error('an ampersand that is no entity');
};

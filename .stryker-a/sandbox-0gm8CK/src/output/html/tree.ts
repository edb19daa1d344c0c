import { html, Markup } from './markup.ts';

/** Text that differs from host to host where everything around it is the same, like a round-trip time. */
export class Slot {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An element. Tags and attributes are ours, never from outside; text in the children is not cleaned. */
export interface Branch {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly Tree[];
}

/** Between the lines of a `pre`: ours, and no text, for a line end in a text from outside is made visible. */
export const LINE_END: unique symbol = Symbol('line end');

/**
 * A piece of page that is built twice from one description: as HTML here, and as elements by the script of the page. The
 * details of 65,536 hosts differ in few places, so the page carries each distinct piece once.
 */
export type Tree = string | Slot | Branch | typeof LINE_END;

type Child = Tree | number | null;
type Children = readonly (Child | readonly Child[])[];

/** A loop and not `flatMap`: with 65,536 hosts this is where the time goes. */
const gather = (into: Tree[], children: Children): Tree[] => {
  for (const child of children) {
    if (child === null) continue;
    if (isList(child)) gather(into, child);
    else into.push(typeof child === 'number' ? String(child) : child);
  }
  return into;
};
const isList = (child: Child | readonly Child[]): child is readonly Child[] => Array.isArray(child);

/** An element with attributes. Lists are joined, null is nothing. */
export const el = (
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: Children
): Branch => ({ tag, attributes, children: gather([], children) });

/** An element without attributes. */
export const plain = (tag: string, ...children: Children): Branch => el(tag, {}, ...children);

/** What has no content and no end tag; those of SVG close themselves. */
const EMPTY = new Set(['rect', 'path', 'circle', 'line']);

/** A tree as HTML, escaped. */
export const markupOf = (tree: Tree): Markup => {
  if (tree === LINE_END) return new Markup('\n');
  if (typeof tree === 'string') return html`${tree}`;
  if (tree instanceof Slot) return html`${tree.text}`;
  const attributes = Object.entries(tree.attributes)
    .map(([name, value]) => ` ${name}="${html`${value}`.text}"`)
    .join('');
  if (EMPTY.has(tree.tag)) return new Markup(`<${tree.tag}${attributes}/>`);
  const inner = tree.children.map((child) => markupOf(child).text).join('');
  return new Markup(`<${tree.tag}${attributes}>${inner}</${tree.tag}>`);
};

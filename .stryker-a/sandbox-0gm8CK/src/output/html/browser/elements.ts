/** What an element may be given: attributes by name, and children that become text nodes where they are text. */
export type Attributes = Readonly<Record<string, string | number>>;

const SVG = new Set(['svg', 'g', 'path', 'rect', 'circle', 'title']);

/** The element of the page with this id; null on a page that has none. */
export const byId = (id: string): HTMLElement | null => document.getElementById(id);

/** The element of the page with this id, of this class. Throws where the page has none: the script came with the page. */
export const element = <T extends Element>(id: string, kind: new () => T): T => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
};

/** Makes an element. Text goes in as text nodes, so that nothing in the data can become markup. */
export const make = <T extends Element = HTMLElement>(
  tag: string,
  attributes: Attributes,
  ...children: readonly (Node | string)[]
): T => {
  const node = SVG.has(tag)
    ? document.createElementNS('http://www.w3.org/2000/svg', tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node as Element as T;
};

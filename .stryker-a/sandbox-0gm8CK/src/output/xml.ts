import XmlBuilder from 'fast-xml-builder';
import { cleanText } from '../text/clean-text.ts';

/** An element as fast-xml-builder takes it: `@name` is an attribute, `#text` its text, anything else children. */
export interface XmlNode {
  readonly [name: string]: string | number | undefined | XmlNode | readonly XmlNode[];
}

/**
 * Booleans are not suppressed: an attribute whose value is the text `true` would lose its value, which is HTML, not XML.
 */
const builder = new XmlBuilder({
  attributeNamePrefix: '@',
  ignoreAttributes: false,
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
  format: true,
});

/** Text that XML 1.0 can hold: it has no way to write control characters, U+FFFE and U+FFFF, not even escaped. */
export const xmlText = (text: string, most?: number): string =>
  cleanText(text, most).replaceAll(/[\uFFFE\uFFFF]/gu, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`);

/** Elements as markup, one a line. Escapes what XML reserves; texts must have gone through `xmlText`. */
export const xml = (nodes: XmlNode): string => builder.build(nodes);

/** The start tag of an element whose children follow piece by piece, on a line of its own. */
export const openTag = (name: string, attributes: XmlNode): string =>
  xml({ [name]: attributes }).replace(/\/>\n$/, '>\n');

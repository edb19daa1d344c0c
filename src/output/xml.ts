import { cleanText } from '../text/clean-text.ts';
import { type XmlNode, xml } from '../text/xml.ts';

/** Text that XML 1.0 can hold: it has no way to write control characters, U+FFFE and U+FFFF, not even escaped. */
export const xmlText = (text: string, most?: number): string =>
  cleanText(text, most).replaceAll(/[\uFFFE\uFFFF]/gu, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`);

/** The start tag of an element whose children follow piece by piece, on a line of its own. */
export const openTag = (name: string, attributes: XmlNode): string =>
  xml({ [name]: attributes }).replace(/\/>\n$/, '>\n');

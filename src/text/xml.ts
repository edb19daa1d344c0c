import XmlBuilder from 'fast-xml-builder';

/** An element as fast-xml-builder takes it: `@name` is an attribute, `#text` its text, a list an element each, '' an element without content. */
export interface XmlNode {
  readonly [name: string]:
    | string
    | number
    | boolean
    | undefined
    | XmlNode
    | readonly (string | number | XmlNode)[];
}

/** Booleans are not suppressed: an attribute whose value is the text `true` would lose its value, which is HTML, not XML. */
const OPTIONS = {
  attributeNamePrefix: '@',
  ignoreAttributes: false,
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
};

const [byLine, compact] = [new XmlBuilder({ ...OPTIONS, format: true }), new XmlBuilder(OPTIONS)];

/** Elements as markup, one a line. Escapes what XML reserves; what XML 1.0 cannot hold at all must not stand in the texts. */
export const xml = (nodes: XmlNode): string => byLine.build(nodes);

/** The same on one line, without a line end. */
export const compactXml = (nodes: XmlNode): string => compact.build(nodes);

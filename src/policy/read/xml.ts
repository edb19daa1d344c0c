import { SaxesParser } from 'saxes';
import { escapeControls } from '../../text/quoted.ts';
import { PolicyFault } from './fault.ts';
import { bounded, MOST_TEXT } from './limits.ts';
import { bytesOf, type Coding, codingOf, piecesOf } from './text.ts';

/** An element by its name without a prefix, its own text, and the elements in it. */
export interface Element {
  readonly name: string;
  /** The type that `xsi:type` gives, without a prefix. */
  readonly type: string | null;
  readonly text: string;
  readonly children: readonly Element[];
}

interface Open {
  readonly name: string;
  readonly type: string | null;
  text: string;
  readonly children: Element[];
}

/** Deeper than any report of Windows. */
const DEEPEST = 64;
/** Elements of one that is kept; the longest lists of policies have some thousand. */
const MOST_ELEMENTS = 50_000;

/** Attributes of one element; reports have five at most. */
const MOST_ATTRIBUTES = 100;

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

const codingOfXml = (bytes: Uint8Array): Coding => {
  const coding = codingOf(bytes);
  // XML without a declaration of something else is UTF-8, and what is not must not be guessed.
  return coding.encoding === 'windows-1252' ? { ...coding, encoding: 'utf-8' } : coding;
};

/** The first child of that name. */
export const childOf = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((child) => child.name === name);

/** The trimmed text of the child of that name, null where there is none. */
export const textOf = (element: Element | undefined, name: string): string | null =>
  childOf(element, name)?.text.trim() ?? null;

/**
 * A document type can only stand before the first element, which is in the first piece of every report. It is refused unread: its
 * text may be as large as the file, and may declare entities.
 */
const refuseDoctype = (beginning: string, coding: Coding): void => {
  const bare = beginning.replaceAll(/<!--.*?-->|<\?.*?\?>/gs, (match) => ' '.repeat(match.length));
  const root = bare.search(/<[a-z_:]/i);
  const doctype = bare.search(/<!doctype/i);
  const at = (index: number): number => coding.start + bytesOf(beginning.slice(0, index), coding.encoding);
  if (doctype >= 0 && (root < 0 || doctype < root))
    throw new PolicyFault('has a document type, as no report of Windows has', at(doctype));
  if (root < 0) throw new PolicyFault('is not XML: it has no element at its beginning', at(beginning.length));
};

/**
 * Reads an XML document and gives each element that `keeps` by the path of the names above it, with all in it, when it ends. What
 * is not kept takes no memory. Entities beyond the five of XML are not known, and a document type is refused, so nothing is
 * fetched or expanded. Throws PolicyFault.
 */
export const readXml = (
  bytes: Uint8Array,
  keeps: (path: readonly string[]) => boolean,
  take: (element: Element, path: readonly string[], offset: number) => void,
): void => {
  const coding = codingOfXml(bytes);
  const parser = new SaxesParser();
  const path: string[] = [];
  const kept: Open[] = [];
  const count = bounded<null>();
  let elements = 0;
  let attributes = 0;
  const before = { characters: 0, bytes: coding.start };
  let current = '';
  const offset = (): number =>
    before.bytes + bytesOf(current.slice(0, parser.position - before.characters), coding.encoding);
  parser.on('error', (error) => {
    throw new PolicyFault(
      `is not well-formed XML: ${escapeControls(
        error.message
          .replace(/^\d+:\d+: /, '')
          .replace(/\.$/, '')
          .slice(0, 100),
      )}`,
      offset(),
    );
  });
  parser.on('attribute', () => {
    attributes++;
    if (attributes > MOST_ATTRIBUTES)
      throw new PolicyFault(`has an element with more than ${MOST_ATTRIBUTES} attributes`, offset());
  });
  parser.on('opentag', (tag) => {
    attributes = 0;
    if (path.length === DEEPEST) throw new PolicyFault(`is nested deeper than ${DEEPEST} elements`, offset());
    path.push(localName(tag.name));
    if (kept.length === 0 && !keeps(path)) return;
    elements = kept.length === 0 ? 0 : elements + 1;
    if (elements > MOST_ELEMENTS)
      throw new PolicyFault(`has an element with more than ${MOST_ELEMENTS} others in it`, offset());
    const type = Object.entries(tag.attributes).find(([name]) => localName(name) === 'type')?.[1];
    kept.push({
      name: path.at(-1) ?? '',
      type: typeof type === 'string' ? localName(type) : null,
      text: '',
      children: [],
    });
  });
  const addText = (text: string): void => {
    const open = kept.at(-1);
    if (open && open.text.length < MOST_TEXT) open.text += text.slice(0, MOST_TEXT);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const open = kept.pop();
    if (open) {
      const parent = kept.at(-1);
      if (parent) parent.children.push(open);
      else {
        count.add(null, 0);
        take(open, path, offset());
      }
    }
    path.pop();
  });
  for (const piece of piecesOf(bytes, coding)) {
    if (before.characters === 0) refuseDoctype(piece, coding);
    current = piece;
    parser.write(piece);
    before.characters += piece.length;
    before.bytes += bytesOf(piece, coding.encoding);
  }
  current = '';
  parser.close();
};

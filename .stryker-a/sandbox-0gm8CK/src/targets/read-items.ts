import { readEach, type Sorted } from './bad-items.ts';
import { badItem, type ReadItem, readItem, splitItems, type TargetItem } from './item.ts';
import { asBlock } from './mask.ts';

/** A piece with the item that it was part of. */
interface Piece extends TargetItem {
  readonly source: TargetItem;
}

/** The pieces of all items. An address and its mask as two words stay together: apart they would be two hosts. */
const piecesOf = (items: readonly TargetItem[]): Piece[] => {
  const words = items.flatMap((source) => {
    const pieces = source.isWhole ? [] : splitItems(source.text, source.at);
    return (pieces.length === 0 ? [source] : pieces).map((piece): Piece => ({ ...piece, source }));
  });
  const pieces: Piece[] = [];
  for (const word of words) {
    const before = pieces.at(-1);
    if (before?.at === word.at && asBlock(before.text, word.text) !== null)
      pieces[pieces.length - 1] = { ...word, text: `${before.text} ${word.text}` };
    else pieces.push(word);
  }
  return pieces;
};

const readPiece = (piece: TargetItem): ReadItem => {
  const [address = '', mask = ''] = piece.text.split(' ');
  const block = asBlock(address, mask);
  if (block !== null) throw badItem(piece, `is an address and its mask; write ${block}`);
  return readItem(piece);
};

/** Words with only blanks between may be one name that has blanks in it: `PC 17` is not a host PC. */
const MAY_BE_ONE = /[^\s,]\s+[^\s,]/;

/**
 * Reads items that may hold several with commas or blanks between. `check` may refuse one, as reading does, with a UsageError. Of words
 * with blanks between, all are left out where one is bad.
 */
export const readItems = (
  items: readonly TargetItem[],
  check: (item: ReadItem) => void = () => {},
): Sorted<ReadItem> => {
  const spoiled = new Set<TargetItem>();
  const { good, bad } = readEach(piecesOf(items), (piece) => {
    try {
      const item = readPiece(piece);
      check(item);
      return { item, source: piece.source };
    } catch (error) {
      if (MAY_BE_ONE.test(piece.source.text)) spoiled.add(piece.source);
      throw error;
    }
  });
  return { good: good.flatMap(({ item, source }) => (spoiled.has(source) ? [] : [item])), bad };
};

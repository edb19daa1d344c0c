import { readEach, type Sorted } from './bad-items.ts';
import { badItem, type ReadItem, readItem, splitItems, type TargetItem } from './item.ts';
import { asBlock } from './mask.ts';

/** The pieces of all items. An address and its mask as two words stay together: apart they would be two hosts. */
const piecesOf = (items: readonly TargetItem[]): TargetItem[] => {
  const words = items.flatMap((item) => {
    const pieces = item.isWhole ? [] : splitItems(item.text, item.at);
    return pieces.length === 0 ? [item] : pieces;
  });
  const pieces: TargetItem[] = [];
  for (const word of words) {
    const before = pieces.at(-1);
    if (before?.at === word.at && asBlock(before.text, word.text) !== null)
      pieces[pieces.length - 1] = { text: `${before.text} ${word.text}`, at: word.at };
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

/**
 * Reads items that may hold several with commas or blanks between. `check` may refuse one, as reading does, with a UsageError.
 */
export const readItems = (
  items: readonly TargetItem[],
  check: (item: ReadItem) => void = () => {},
): Sorted<ReadItem> =>
  readEach(piecesOf(items), (piece) => {
    const item = readPiece(piece);
    check(item);
    return item;
  });

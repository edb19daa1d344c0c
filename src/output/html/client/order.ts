/** Second part of the script: which hosts are seen, and in which order. */
export const ORDER = String.raw`
const collator = new Intl.Collator('en', { numeric: true });

// IPv4 by number before IPv6 by text; hosts without an address last.
const addressKey = (row) => {
  const address = addressOf(row);
  const four = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (four) return 'a' + four.slice(1).map((part) => part.padStart(3, '0')).join('');
  return (address ? 'b' : 'c') + address;
};
const plainOrder = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const needKey = (place) => (row) => 'fupn-'.indexOf(row[LETTERS][place]);

// How each column gives a key and compares two.
const COLUMNS = {
  name: [nameOf, collator.compare],
  address: [addressKey, plainOrder],
  status: [(row) => 'bucrx'.indexOf(row[LETTERS][0]), plainOrder],
  'endpoint-mapper': [needKey(1), plainOrder],
  'remote-desktop': [needKey(2), plainOrder],
  'dynamic-rpc': [needKey(3), plainOrder],
  reason: [reasonOf, collator.compare],
};

// The worst first, as the reader finds it.
let column = 'status';
let direction = 1;
let order = rows.map((_, i) => i);
let view = order;
let haystack = null;

const sortRows = () => {
  order = rows.map((_, i) => i);
  if (column === '') return;
  const [keyOf, compare] = COLUMNS[column];
  const keys = rows.map(keyOf);
  order.sort((a, b) => direction * compare(keys[a], keys[b]) || a - b);
};

const textOf = (row) => {
  const slots = row[SLOTS];
  return [slots[0], addressOf(row), slots[2], verdictWord(row), reasonOf(row)].join(' ').toLowerCase();
};

const filterRows = () => {
  const words = $('query').value.toLowerCase().split(/\s+/).filter(Boolean);
  const verdict = $('verdict').value;
  const net = $('net').value;
  if (words.length > 0) haystack ??= rows.map(textOf);
  view = order.filter((i) => {
    const row = rows[i];
    if (verdict && verdictOf(row) !== verdict) return false;
    if (net && netOf(row) !== net) return false;
    return words.every((word) => haystack[i].includes(word));
  });
};
`;

/**
 * First part of the script of the page: the data, and elements made of it. Elements come from createElement and text from
 * createTextNode only, so that nothing in the data can become markup. Plain JavaScript in a string; see decision 13.
 */
export const PIECES = String.raw`
document.documentElement.classList.add('js');
const $ = (id) => document.getElementById(id);
const SVG = new Set(['svg', 'g', 'path', 'rect', 'circle', 'title']);
const VERDICTS = { b: 'blocked', u: 'undetermined', c: 'clear-so-far', r: 'ready', x: 'unreachable' };
const SIGNS = { b: '✕', u: '?', c: '○', r: '✓', x: '–', p: '✓', f: '✕', n: '·', '-': '', '.': '·' };
const STATES = { p: 'pass', f: 'fail', u: 'undetermined', n: 'not needed', '-': 'not probed' };

// A line is [new pieces or 0, letters, reason, details, subnet, slots, runs]; see intern.ts.
const pieces = [];
const rows = $('data') ? JSON.parse($('data').textContent) : [];
for (const row of rows) if (row[0]) for (const piece of row[0]) pieces.push(piece);
const [LETTERS, REASON, DETAILS, NET, SLOTS, RUNS] = [1, 2, 3, 4, 5, 6];

const slotText = (slots, slot) => (slot === 1 && slots[1] === '' ? slots[0] : (slots[slot] ?? ''));
const fill = (text, slots) =>
  text.replace(/[\ue000-\uf8ff]/g, (mark) => slotText(slots, mark.charCodeAt(0) - 0xe000));

const make = (tag, attributes, ...children) => {
  const node = SVG.has(tag)
    ? document.createElementNS('http://www.w3.org/2000/svg', tag)
    : document.createElement(tag);
  for (const name in attributes) node.setAttribute(name, String(attributes[name]));
  node.append(...children);
  return node;
};

const build = (number, slots) => {
  const piece = pieces[number];
  if (typeof piece === 'string') return document.createTextNode(fill(piece, slots));
  const [tag, attributes, ...children] = piece;
  return make(tag, attributes || {}, ...children.map((child) => build(child, slots)));
};

const nameOf = (row) => row[SLOTS][0];
const addressOf = (row) => (row[SLOTS][1] === null ? '' : row[SLOTS][1] || row[SLOTS][0]);
const verdictOf = (row) => VERDICTS[row[LETTERS][0]];
const verdictWord = (row) => verdictOf(row).replaceAll('-', ' ');
const reasonOf = (row) => fill(pieces[row[REASON]], row[SLOTS]);
const netOf = (row) => pieces[row[NET]] || 'no address';

const badge = (row) =>
  make(
    'span',
    { class: 'badge ' + verdictOf(row) },
    make('span', { 'aria-hidden': 'true' }, SIGNS[row[LETTERS][0]]),
    ' ' + verdictWord(row),
  );

const HEIGHTS = { r: 4, c: 5, b: 10, u: 7, x: 1 };
const runStrip = (letters) => {
  const words = [...letters].map((letter) => SIGNS[letter]).join(' ');
  const box = '0 0 ' + letters.length * 5 + ' 10';
  const strip = make('svg', { class: 'run-strip', viewBox: box, role: 'img', 'aria-label': words });
  strip.setAttribute('width', String(letters.length * 5));
  strip.append(make('title', {}, words));
  [...letters].forEach((letter, i) => {
    const height = HEIGHTS[letter];
    if (height)
      strip.append(make('rect', { class: VERDICTS[letter], x: i * 5, y: 10 - height, width: 4, height }));
  });
  return strip;
};
`;

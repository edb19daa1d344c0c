// node scripts/screen.mjs [FILE]: draws docs/screen.svg (or FILE). A report that was recorded in the lab is shown by the real screen in a
// pseudo-terminal, xterm's own engine says which character in which colour stands where, and that is written as SVG. A test draws it anew.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SIZE = { cols: 100, rows: 40 };
const RECORDED = 'test/docs/recorded-check.json';
const DRAWN = 'q leave';
const TIMEOUT_MS = 60_000;
const CELL = { width: 8.4, height: 18, baseline: 13.5 };
const MARGIN = 14;

/** Colours 16 to 255 of xterm: a cube of 6 x 6 x 6, then greys. The screen uses none of the first 16. */
const hex = (index) => {
  const step = (n) => (n === 0 ? 0 : 55 + 40 * n);
  const at = index - 16;
  const [red, green, blue] =
    index >= 232
      ? Array(3).fill(8 + 10 * (index - 232))
      : [step(Math.floor(at / 36)), step(Math.floor(at / 6) % 6), step(at % 6)];
  return `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
};

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What the screen shows when it has drawn the last of the run. */
const shown = async () => {
  const folder = await mkdtemp(join(root, 'node_modules', '.screen-'));
  const program = join(folder, 'replay.mjs');
  try {
    await build({
      absWorkingDir: root,
      entryPoints: ['test/docs/replay.ts'],
      outfile: program,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      jsx: 'automatic',
      logLevel: 'warning',
    });
    return await played(program);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const played = (program) =>
  new Promise((resolve, reject) => {
    const terminal = new xterm.Terminal({ ...SIZE, allowProposedApi: true });
    // CI makes Ink draw only the last frame, on the normal screen; NO_COLOR takes the colours.
    const { CI: _ci, NO_COLOR: _no, COLORTERM: _more, ...inherited } = process.env;
    const env = { ...inherited, TERM: 'xterm-256color', FORCE_COLOR: '2' };
    const child = pty.spawn(process.execPath, [program, join(root, RECORDED)], {
      ...SIZE,
      name: 'xterm-256color',
      env,
    });
    const giveUp = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    let isDrawn = false;
    child.onData((text) =>
      terminal.write(text, () => {
        if (isDrawn || !linesOf(terminal).some((line) => line.includes(DRAWN))) return;
        isDrawn = true;
        resolve(cellsOf(terminal));
        child.kill('SIGKILL');
      }),
    );
    child.onExit(() => {
      clearTimeout(giveUp);
      if (!isDrawn) reject(new Error(`the screen was never drawn:\n${linesOf(terminal).join('\n')}`));
    });
  });

const rowsOf = ({ buffer: { active }, rows }) =>
  Array.from({ length: rows }, (_, y) => active.getLine(active.viewportY + y));

const linesOf = (terminal) => rowsOf(terminal).map((line) => line?.translateToString(true) ?? '');

const styleOf = (cell) => ({
  colour: cell.isFgDefault() ? null : hex(cell.getFgColor()),
  ground: cell.isBgDefault() ? null : hex(cell.getBgColor()),
  bold: cell.isBold() !== 0,
});

/** For every row, its stretches of one style: where each begins, its text, and how it looks. */
const cellsOf = (terminal) =>
  rowsOf(terminal).map((line) => {
    const stretches = [];
    for (let x = 0; x < SIZE.cols; x++) {
      const cell = line.getCell(x);
      const style = styleOf(cell);
      const last = stretches.at(-1);
      const text = cell.getChars() || ' ';
      if (last && JSON.stringify(last.style) === JSON.stringify(style)) last.text += text;
      else stretches.push({ x, text, style });
    }
    return stretches;
  });

const place = (value) => String(Math.round(value * 10) / 10);

/** A piece of text without wide gaps, which a reader of SVG may fold, drawn as wide as its cells. */
const lineOf = (x, y, text, { colour, bold }) => {
  const look = `${colour === null ? '' : ` fill="${colour}"`}${bold ? ' font-weight="bold"' : ''}`;
  const at = `x="${place(MARGIN + x * CELL.width)}" y="${place(MARGIN + y * CELL.height + CELL.baseline)}"`;
  return `<text ${at} textLength="${place(text.length * CELL.width)}"${look}>${escaped(text)}</text>`;
};

const rectOf = (x, y, text, { ground }) => {
  const at = `x="${place(MARGIN + x * CELL.width)}" y="${place(MARGIN + y * CELL.height)}"`;
  return `<rect ${at} width="${place(text.length * CELL.width)}" height="${CELL.height}" fill="${ground}"/>`;
};

const marksOf = ({ x, text, style }, y) => [
  ...(style.ground === null ? [] : [rectOf(x, y, text, style)]),
  ...[...text.matchAll(/\S+(?: \S+)*/g)].map(({ 0: words, index }) => lineOf(x + index, y, words, style)),
];

const isEmpty = (stretches) =>
  stretches.every(({ text, style }) => text.trim() === '' && style.ground === null);

const drawing = (screen) => {
  const rows = screen.slice(0, 1 + screen.findLastIndex((stretches) => !isEmpty(stretches)));
  const width = place(2 * MARGIN + SIZE.cols * CELL.width);
  const height = place(2 * MARGIN + rows.length * CELL.height);
  const marks = rows.flatMap((stretches, y) => stretches.flatMap((one) => marksOf(one, y)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>ra-preflight check on a terminal</title>
<desc>Drawn by scripts/screen.mjs: the screen of check, with a run that was recorded in the lab.</desc>
<style>
.ground { fill: #fdfdfd; stroke: #c8c8c8 }
.words { fill: #1c1c1c; font: 14px ui-monospace, "Cascadia Mono", Consolas, Menlo, "DejaVu Sans Mono", monospace }
@media (prefers-color-scheme: dark) { .ground { fill: #161616; stroke: #444 } .words { fill: #e4e4e4 } }
</style>
<rect class="ground" x="0.5" y="0.5" width="${place(Number(width) - 1)}" height="${place(Number(height) - 1)}" rx="8"/>
<g class="words">
${marks.join('\n')}
</g>
</svg>
`;
};

await writeFile(process.argv[2] ?? join(root, 'docs', 'screen.svg'), drawing(await shown()));

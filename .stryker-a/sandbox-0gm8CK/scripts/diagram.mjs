// Draws which room imports which, from the imports themselves, into docs/architecture.md. `npm run diagram` writes it;
// test/repository/diagram.test.ts compares it.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import law from '../.dependency-cruiser.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Where the drawing is, below the root of the repository. */
export const PAGE = 'docs/architecture.md';
const DRAWING = /(?<=<!-- drawn by npm run diagram -->\n).*?(?=<!-- end -->)/s;
/** Everybody may import these three; drawn one by one, their arrows would cover all others. */
const GROUND = new Set(['model', 'ip', 'text']);

const roomOf = (path) => path.replace(/^src\//, '').split('/')[0];
const nodeOf = (room) => (GROUND.has(room) ? 'ground' : room);

/** Which room imports which others, types included: `cli` to a set of `scanner` and so on. */
const imports = async () => {
  const options = { ...law.options, includeOnly: '^(src|probes)/', baseDir: root };
  const { output } = await cruise(['src', 'probes'], options, undefined, {
    tsConfig: extractTsConfig(join(root, 'tsconfig.json')),
  });
  const found = new Map();
  for (const { source, dependencies } of output.modules) {
    const from = nodeOf(roomOf(source));
    if (!found.has(from)) found.set(from, new Set());
    for (const { resolved } of dependencies) {
      const to = nodeOf(roomOf(resolved));
      if (to !== from) found.get(from).add(to);
    }
  }
  return found;
};

/** The drawing as a block of Markdown. Rooms that import the same and are imported by the same stand on one line. */
export const draw = async () => {
  const found = await imports();
  const arrows = new Map();
  for (const [from, targets] of [...found].sort()) {
    const sources = [...found].filter(([, others]) => others.has(from)).map(([room]) => room);
    const key = `${sources.sort()} ${[...targets].sort()}`;
    arrows.set(key, [...(arrows.get(key) ?? []), from]);
  }
  const lineOf = (rooms) => {
    const targets = [...found.get(rooms[0])].sort();
    return targets.length > 0 ? [`  ${rooms.join(' & ')} --> ${targets.join(' & ')}`] : [];
  };
  const ground = `  ground["${[...GROUND].join(', ')}"]`;
  return ['```mermaid', 'flowchart TD', ground, ...[...arrows.values()].flatMap(lineOf), '```', ''].join(
    '\n',
  );
};

/** The drawing that stands in a page. Throws TypeError for a page without one. */
export const drawn = (page) => {
  const found = DRAWING.exec(page);
  if (!found) throw new TypeError('the page has no place for the diagram');
  return found[0];
};

if (argv[1] === fileURLToPath(import.meta.url)) {
  const page = await readFile(join(root, PAGE), 'utf8');
  drawn(page);
  const now = await draw();
  await writeFile(
    join(root, PAGE),
    page.replace(DRAWING, () => now),
  );
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the checkout. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** A command line that a document shows. */
export interface Shown {
  readonly file: string;
  /** Behind `ra-preflight`, as a shell reads them. */
  readonly words: readonly string[];
  /** In running text, where a command may be only named. */
  readonly isNamed: boolean;
}

/** The pages that show commands, by their paths from the root. */
export const PAGES = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'windows/README.txt',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

/** `$ `, `novice$ `, `PS> `, `npm ci && npx `, `.\` and the like, before the name of the program. */
const LINE =
  /^\s*(?:\w*[$>] )?(?:.*&& )?(?:npx |sudo )?(?:\.\\)?ra-preflight(?:\.cmd)? (?<rest>[A-Za-z-].*)$/;
const SPAN = /`(?:npx |sudo )?(?:\.\\)?ra-preflight(?:\.cmd)? (?<rest>[^`]+)`/g;

/** Texts that keys are made from, and heads of screens: no commands. */
const LABELS = /^(?:(?:responder|ports) 1:|fleet {2}\d)/;

/** What ends a command: a remark two spaces or a `#` away, a pipe, a redirection, another command. */
const END = /\s{2,}.*| (?:#|\\?\||>|&&|;).*/s;

/** Words of a shell: quotation marks hold them together. Placeholders in brackets stand for what may be there: it is. */
const wordsOf = (text: string): string[] =>
  [...text.replace(END, '').matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replaceAll(/["']/g, '').replace(/^\[(.+?)(?:\.\.\.)?\]$/, '$1'),
  );

/** A page in pieces: running text and the inside of code blocks in turn. */
const piecesOf = (file: string): string[] => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return file.endsWith('.md') ? text.split(/^ *```.*$/m) : ['', text];
};

/** The command lines of a page: those in code blocks, and those in running text between backquotes. */
const shownIn = (file: string): Shown[] =>
  piecesOf(file).flatMap((piece, at) => {
    const isNamed = at % 2 === 0;
    const rests = isNamed
      ? [...piece.replaceAll(/\s*\n\s*/g, ' ').matchAll(SPAN)].map(({ groups }) => groups?.['rest'] ?? '')
      : piece.split('\n').flatMap((line) => line.match(LINE)?.groups?.['rest'] ?? []);
    return rests
      .filter((rest) => !LABELS.test(rest))
      .map((rest) => ({ file, words: wordsOf(rest), isNamed }));
  });

/** Every command line that a document of the project shows. */
export const allShown = (): Shown[] => PAGES.flatMap(shownIn);

/** Options that running text names by themselves, `--like-this`, with the page. */
export const allNamedOptions = (): { readonly file: string; readonly option: string }[] =>
  PAGES.flatMap((file) =>
    piecesOf(file)
      .filter((_, at) => at % 2 === 0)
      .flatMap((piece) => [...piece.matchAll(/`(--[a-z][a-z-]*)/g)])
      .map(([, option = '']) => ({ file, option })),
  );

// Every export of src/ and probes/ has a doc comment: what it is, in which shape and units, what it throws. `npm run documented`
// lists those that have none, and fails when there are any. Constants without a blank line between share the comment of the first.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Numbers out of C headers, which document them, and sentences, which say what they are. */
const TABLES = /\/(layout|phrases)\.ts$/;

const isExported = (statement) =>
  ts.canHaveModifiers(statement) &&
  ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** Whether a statement stands right under one that is documented, as constants of one kind do. */
const isShared = (file, statement) => {
  const before = file.statements[file.statements.indexOf(statement) - 1];
  if (!before) return false;
  const lineOf = (place) => file.getLineAndCharacterOfPosition(place).line;
  const follows = lineOf(statement.getStart()) === lineOf(before.getEnd()) + 1;
  return follows && (ts.getJSDocCommentsAndTags(before).length > 0 || isShared(file, before));
};

/** The exports of a file without a doc comment, as `path:line name`. */
const undocumented = (path) => {
  const file = ts.createSourceFile(
    path,
    readFileSync(join(root, path), 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
  );
  return file.statements
    .filter((statement) => isExported(statement) && ts.getJSDocCommentsAndTags(statement).length === 0)
    .filter((statement) => !isShared(file, statement))
    .map((statement) => {
      const { line } = file.getLineAndCharacterOfPosition(statement.getStart());
      const [declaration] = ts.isVariableStatement(statement)
        ? statement.declarationList.declarations
        : [statement];
      return `${path}:${line + 1} ${declaration?.name?.getText() ?? ''}`;
    });
};

const files = ['src', 'probes'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
);
const missing = files.filter((file) => !TABLES.test(file)).flatMap(undocumented);
for (const one of missing) console.error(one);
if (missing.length > 0) {
  console.error(`${missing.length} exports without a doc comment`);
  process.exitCode = 1;
}

// A reporter of vitest that writes what decides, and nothing else, into the file that RA_DECISIVE names: one stanza for each test that
// failed, each error outside of tests, and each test that passed only at its second try. `.ci/run` prints it last.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Lines of one error: enough for the message and the first places where two values differ. */
const LINES_OF_ERROR = 8;
const LINES = 60;
const WIDTH = 200;

const cut = (line) => (line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line);
const lines = (text) => stripVTControlCharacters(String(text ?? '')).split('\n');

/** The message, then the lines that differ, then where in the tests it was. */
function stanza(title, error, most) {
  const message = lines(error?.message ?? error).filter((line) => line.trim());
  const differs = lines(error?.diff).filter(
    (line) => /^\s*[-+] /.test(line) && !/^\s*[-+] (Expected|Received)$/.test(line),
  );
  const frame = error?.stacks?.find((at) => at.file.includes('/test/')) ?? error?.stacks?.[0];
  const where = frame ? [`at ${relative(process.cwd(), frame.file)}:${frame.line}`] : [];
  const said = [...message, ...differs].slice(0, Math.max(0, most - 1 - where.length));
  return [title, ...[...said, ...where].slice(0, most - 1).map((line) => `  ${line.trim()}`)];
}

export default class Decisive {
  onTestRunEnd(modules, unhandled) {
    const failed = unhandled.map((error) => ({ title: 'ERROR outside of tests', error }));
    const again = [];
    for (const module of modules) {
      const file = module.relativeModuleId;
      for (const error of module.errors()) failed.push({ title: `FAIL ${file}`, error });
      for (const suite of module.children.allSuites())
        for (const error of suite.errors()) failed.push({ title: `FAIL ${file} > ${suite.fullName}`, error });
      for (const test of module.children.allTests()) {
        const title = `${file} > ${test.fullName}`;
        const { state, errors } = test.result();
        if (state === 'failed') failed.push({ title: `FAIL ${title}`, error: errors?.[0] });
        else if (test.diagnostic()?.flaky)
          again.push(`AGAIN, passed at the second try: ${title}: ${lines(errors?.[0]?.message)[0]}`);
      }
    }
    const most = Math.max(1, Math.min(LINES_OF_ERROR, Math.floor((LINES - 10) / Math.max(1, failed.length))));
    const all = [...failed.flatMap(({ title, error }) => stanza(title, error, most)), ...again];
    const kept =
      all.length > LINES ? [...all.slice(0, LINES - 1), `and ${all.length - LINES + 1} lines more`] : all;
    if (process.env['RA_DECISIVE'])
      writeFileSync(process.env['RA_DECISIVE'], kept.map((line) => `${cut(line)}\n`).join(''));
  }
}

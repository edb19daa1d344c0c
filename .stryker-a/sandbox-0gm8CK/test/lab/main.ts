import { spawn } from 'node:child_process';
import Table from 'cli-table3';
import pLimit from 'p-limit';
import { Lab } from './lab.ts';
import { HOSTS } from './layout.ts';
import { limitOf, type Row, WIRES, type WireName, wiresOf } from './row.ts';
import { matrix } from './rows/index.ts';
import { AT_ONCE, whyNotHere, wrongAbout } from './run-matrix.ts';
import { whyNoLab } from './tools.ts';

const USAGE = `usage: npm run lab -- [shell | up | matrix [WORD]...]

  shell    build the lab and open a shell on the expert's machine (default)
  up       build the lab and leave it until Ctrl-C
  matrix   run the program against every row, or those whose name has a WORD, with every engine`;

const network = (lab: Lab): string => {
  const names = ['expert', 'r1', 'r2', ...HOSTS] as const;
  return names.map((name) => `  ${name.padEnd(8)} ip netns exec ${lab.namespaceOf(name)} ...`).join('\n');
};

const banner = (lab: Lab): string => {
  const rows = matrix.map((row) => {
    const missing = whyNotHere(row);
    return `  ${lab.addressOf(row).padEnd(14)} ${row.name.padEnd(29)} ${missing ?? row.about}`;
  });
  return `${rows.join('\n')}\n\n${network(lab)}\n`;
};

interface Outcome {
  readonly word: 'right' | 'as known' | 'WRONG' | 'skipped';
  readonly lines: readonly string[];
}

const outcomeOf = async (lab: Lab, row: Row, wire: WireName, binary: string): Promise<Outcome> => {
  const missing = whyNotHere(row);
  if (missing) return { word: 'skipped', lines: [missing] };
  const wrong = await wrongAbout(lab, row, wire, binary).catch((error: unknown) => [String(error)]);
  if (wrong.length > 0) return { word: 'WRONG', lines: wrong };
  const limit = limitOf(row, wire)?.knownLimit;
  return limit ? { word: 'as known', lines: [limit] } : { word: 'right', lines: [] };
};

/** A word a cell, and below the table the reasons of all that is not simply right. */
const runMatrix = async (lab: Lab, rows: readonly Row[], binary: string): Promise<number> => {
  const limit = pLimit(AT_ONCE);
  const done = await Promise.all(
    rows.flatMap((row) =>
      wiresOf(row).map((wire) =>
        limit(async () => ({ row, wire, outcome: await outcomeOf(lab, row, wire, binary) })),
      ),
    ),
  );
  const table = new Table({
    head: ['row', 'must be', ...WIRES],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const word = (wire: WireName): string =>
      done.find((one) => one.row === row && one.wire === wire)?.outcome.word ?? '';
    table.push([row.name, row.expect.verdict, ...WIRES.map(word)]);
  }
  console.log(table.toString());
  for (const { row, wire, outcome } of done) {
    if (outcome.lines.length > 0) {
      console.log(`${row.name}, ${wire}: ${outcome.word}\n  ${outcome.lines.join('\n  ')}`);
    }
  }
  const wrong = done.filter(({ outcome }) => outcome.word === 'WRONG').length;
  console.log(`${done.length} runs, ${wrong} wrong`);
  return wrong === 0 ? 0 : 1;
};

const openShell = (lab: Lab, folder: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const command = ['netns', 'exec', lab.namespaceOf('expert'), process.env['SHELL'] ?? 'sh'];
    // Ctrl-C is for what runs in the shell.
    const ignore = (): void => {};
    process.on('SIGINT', ignore);
    const shell = spawn('ip', command, { stdio: 'inherit', cwd: folder });
    shell.once('error', reject);
    shell.once('close', () => {
      process.off('SIGINT', ignore);
      resolve();
    });
  });

const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    // Nothing else keeps the process alive.
    const alive = setInterval(() => {}, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
    }
  });

/** `npm run lab`: gives the exit code. `root` is the project's folder. */
export const main = async (argv: readonly string[], root: string): Promise<number> => {
  const [mode = 'shell', ...words] = argv;
  if (!['shell', 'up', 'matrix'].includes(mode) || (mode !== 'matrix' && words.length > 0)) {
    console.error(USAGE);
    return 2;
  }
  const why = await whyNoLab();
  if (why) {
    console.error(`no lab here: ${why}`);
    return 2;
  }
  const lab = await Lab.open(matrix);
  try {
    if (mode === 'matrix') {
      const rows = matrix.filter(
        ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
      );
      return await runMatrix(lab, rows, `${root}/bin/ra-preflight.js`);
    }
    console.log(banner(lab));
    if (mode === 'shell') {
      console.log("You are on the expert's machine; leave the shell to take the lab down.\n");
      await openShell(lab, root);
    } else {
      console.log('Ctrl-C takes the lab down.');
      await untilStopped();
    }
    return 0;
  } finally {
    await lab.close();
  }
};

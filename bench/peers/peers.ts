import { mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { DYNAMIC_PORTS } from '../../src/model/target.ts';
import { samplePorts } from '../../src/scanner/sample.ts';
import { whyMissing, whyNoLab } from '../../test/lab/tools.ts';
import { median } from '../median.mjs';
import { jobOf, SIZES, type Size } from './campus.ts';
import { type Contender, contendersHere, SAMPLE, SEED } from './contenders.ts';
import { LIMIT_SECONDS, measure, type Run } from './measure.ts';
import { CampusNetwork } from './network.ts';

// The audit, against those who could do it instead: every host of a block, TCP 135, 3389 and a sample of dynamic ports,
// 10 ms away, filters of every kind. Contenders take turns, so that a machine that slows down does so for all.

/** Packets lost each way of a hundred, where nothing else is asked for. */
const LOSSES: readonly number[] = [0, 1];

/** Throws RangeError for what is no whole number of packets in a hundred. */
const lossOf = (text: string): number => {
  const loss = Number(text);
  if (!(Number.isInteger(loss) && loss >= 0 && loss < 100))
    throw new RangeError(`--loss ${text}: expected 0 to 99`);
  return loss;
};

interface Scene {
  readonly size: Size;
  readonly lossPercent: number;
}

/** The dynamic ports that ours will draw, for all the others. */
const SAMPLED = samplePorts(DYNAMIC_PORTS, SAMPLE, SEED);

interface Turn {
  readonly contender: Contender;
  readonly runs: Run[];
}

interface Result extends Scene {
  readonly contender: string;
  readonly runs: Run[];
}

const rowOf = ({ size, lossPercent, contender, runs }: Result): (string | number)[] => {
  const middle = (of: (run: Run) => number): number => median(runs.map(of));
  const [first] = runs;
  const failed = runs.find(({ failure }) => failure !== null);
  if (!first || failed)
    return [size, `${lossPercent} %`, contender, runs.length, `failed (${failed?.exitCode})`];
  return [
    size,
    `${lossPercent} %`,
    contender,
    runs.length,
    runs.some(({ isOver }) => isOver) ? `over ${LIMIT_SECONDS}` : middle(({ seconds }) => seconds).toFixed(1),
    middle(({ cpuSeconds }) => cpuSeconds).toFixed(1),
    Math.round(middle(({ rssMb }) => rssMb)),
    middle(({ sent }) => sent),
    middle(({ received }) => received),
    (100 * middle(({ score }) => score.right)).toFixed(2),
    `${middle(({ score }) => score.routerResetsTold)}/${first.score.routerResets}`,
    middle(({ score }) => score.absent),
  ];
};

const tableOf = (results: readonly Result[]): string => {
  const table = new Table({
    head: [
      ...['hosts', 'loss', 'who', 'runs', 'seconds', 'CPU s', 'RSS MB', 'sent', 'received'],
      ...['right %', 'router resets told', 'absent'],
    ],
    style: { head: [], border: [], compact: true },
  });
  for (const result of results) table.push(rowOf(result));
  return table.toString();
};

const machine = (): string =>
  `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.versions.node}`;

/** One run of everybody in a scene. Who once took longer than the limit there is not asked to do it again. */
const play = async (network: CampusNetwork, scene: Scene, turns: readonly Turn[]): Promise<void> => {
  const job = jobOf(scene.size, SAMPLED);
  await network.lose(scene.lossPercent);
  for (const { contender, runs } of turns) {
    if (runs.some(({ isOver }) => isOver)) continue;
    const run = await measure(network, contender, job);
    runs.push(run);
    const { seconds, score, failure, load } = run;
    console.log(
      `${scene.size} hosts, ${scene.lossPercent} % loss, run ${runs.length}: ${contender.name}: ${seconds} s, ` +
        `${(100 * score.right).toFixed(2)} % right, load ${load.toFixed(1)}${failure === null ? '' : `: ${failure}`}`,
    );
  }
};

/**
 * Runs the bench, prints the table and writes every run as JSON. `argv`: how many runs each; `--hosts N`, and `--loss PERCENT`,
 * `--only TEXT`, `--without TEXT`, which may be repeated, choose scenes and contenders.
 */
export const main = async (argv: readonly string[]): Promise<void> => {
  const why = (await whyNoLab()) ?? whyMissing('delay');
  if (why) throw new Error(`no lab here: ${why}`);
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      hosts: { type: 'string' },
      loss: { type: 'string', multiple: true },
      only: { type: 'string', multiple: true },
      without: { type: 'string', multiple: true },
    },
  });
  const times = Number(positionals[0] ?? 3);
  const { contenders, absent } = await contendersHere();
  if (absent.length > 0) console.log(`not installed, so left out: ${absent.join(', ')}`);
  const isIn = (texts: readonly string[], name: string): boolean => texts.some((text) => name.includes(text));
  const wanted = contenders.filter(
    ({ name }) => isIn(values.only ?? [''], name) && !isIn(values.without ?? [], name),
  );
  const losses = values.loss?.map(lossOf) ?? LOSSES;
  const sizes = SIZES.filter((size) => `${size}` === (values.hosts ?? `${size}`));
  const scenes = sizes.flatMap((size) => losses.map((lossPercent) => ({ size, lossPercent })));
  const startedAt = new Date().toISOString();
  const played = scenes.map((scene) => ({
    scene,
    turns: wanted.map((contender): Turn => ({ contender, runs: [] })),
  }));
  const resultsNow = (): Result[] =>
    played.flatMap(({ scene, turns }) =>
      turns.map(({ contender, runs }) => ({ ...scene, contender: contender.name, runs })),
    );
  const folder = join(process.cwd(), '.lab');
  const file = join(folder, `peers-${startedAt.replaceAll(/[:.]/g, '-')}.json`);
  const network = await CampusNetwork.open();
  try {
    await mkdir(folder, { recursive: true });
    for (let time = 0; time < times; time++) {
      for (const { scene, turns } of played) {
        await play(network, scene, turns);
        // After every scene, so that who stops a long bench keeps what it has.
        const about = { startedAt, machine: machine(), times, ports: jobOf(scene.size, SAMPLED).ports };
        await writeFile(file, `${JSON.stringify({ ...about, results: resultsNow() }, null, 1)}\n`);
      }
    }
    console.log(`medians of ${times} runs, 10 ms round trip, two routers; ${machine()}`);
    console.log(tableOf(resultsNow()));
    console.log(`every run: ${file}`);
  } finally {
    await network.close();
    await rm(join(process.cwd(), '.lab', 'peers.mjs'), { force: true });
  }
};

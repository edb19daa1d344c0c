import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { finish } from '../../test/lab/shell.ts';
import { median } from '../median.mjs';
import type { Meets, TalkFigures, TalkJob } from './one-talk-run.ts';

export { oneTalkRun } from './one-talk-run.ts';

// What a conversation costs, from the connect to the close, held by the probes on loopback. The peers are a process of
// their own, every run is one too, and the wires take turns.

const WIRES = ['linux', 'node'] as const;

const scenes: readonly {
  readonly title: string;
  readonly meets: Meets;
  readonly talks: number;
  readonly inFlight: number;
}[] = [
  { title: 'hangs up at once', meets: 'hangsUp', talks: 20_000, inFlight: 256 },
  { title: 'refuses the bind', meets: 'naks', talks: 20_000, inFlight: 256 },
  { title: 'confirms Remote Desktop', meets: 'confirms', talks: 20_000, inFlight: 256 },
  { title: 'says nothing for 1.5 s', meets: 'mute', talks: 3000, inFlight: 1500 },
];

const CHILD = `
const [bundle, job] = process.argv.slice(1);
const { oneTalkRun } = await import(bundle);
console.log(JSON.stringify(await oneTalkRun(JSON.parse(job))));
process.exit();
`;

const measure = async (job: TalkJob): Promise<TalkFigures> => {
  const node = ['--input-type=module', '-e', CHILD];
  const { code, stdout, stderr } = await finish(process.execPath, [
    ...[...node, fileURLToPath(import.meta.url), JSON.stringify(job)],
  ]);
  if (code !== 0) throw new Error(`${job.wire} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as TalkFigures;
};

/** Runs the bench and prints the table. `argv[0]`: how many runs each. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const runs = Number(argv[0] ?? 5);
  const script = join(process.cwd(), 'bench/wire/talkers.mjs');
  const peers = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(peers.stdout, 'data')) as [Buffer];
  const ports = JSON.parse(line.toString()) as Record<Meets, number>;
  const table = new Table({
    head: ['peer', 'wire', 'CPU us each', 'RSS MB'],
    style: { head: [], border: [] },
  });
  for (const { title, ...job } of scenes) {
    const figures = WIRES.map((wire) => ({ wire, runs: [] as TalkFigures[] }));
    for (let run = 0; run < runs; run++) {
      for (const one of figures) {
        one.runs.push(await measure({ ...job, wire: one.wire, port: ports[job.meets] }));
      }
    }
    for (const { wire, runs } of figures) {
      const middle = (key: keyof TalkFigures): number => median(runs.map((one) => one[key]));
      table.push([title, wire, middle('cpuUs').toFixed(1), Math.round(middle('rssMb'))]);
    }
  }
  peers.stdin.end();
  console.log(`medians of ${runs} runs`);
  console.log(table.toString());
};

import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { finish } from '../../test/lab/shell.ts';
import { median } from '../median.mjs';
import { CONTENDERS, type Contender } from './contenders.ts';
import type { Figures, Job } from './one-run.ts';

export { oneRun } from './one-run.ts';

// What a question costs: the linux wire, the syn wire, the node wire, and what anybody would write first (net.connect and
// p-limit), on a loopback of their own. Every run is a process of its own; the contenders take turns.

type Scene = Omit<Job, 'contender'> & { readonly title: string };

const SILENT_PORT = 7;

const scenes: readonly Scene[] = [
  {
    title: 'closed ports',
    meets: 'refused',
    connects: 60_000,
    inFlight: 4000,
    silentPort: SILENT_PORT,
    timeoutMs: 5000,
  },
  {
    title: 'silence, 700 ms each',
    meets: 'silent',
    connects: 12_000,
    inFlight: 4000,
    silentPort: SILENT_PORT,
    timeoutMs: 700,
  },
];

/** A network with a loopback and nothing else, so that no port is anybody's and nothing leaves; needs no root. */
const ALONE = `
ip link set lo up
nft 'add table ip bench'
nft 'add chain ip bench in { type filter hook input priority 0; }'
nft 'add rule ip bench in tcp dport ${SILENT_PORT} drop'
exec "$@"
`;

const CHILD = `
const [bundle, job] = process.argv.slice(1);
const { oneRun } = await import(bundle);
console.log(JSON.stringify(await oneRun(JSON.parse(job))));
process.exit();
`;

const measure = async (job: Job): Promise<Figures> => {
  const node = [process.execPath, '--input-type=module', '-e', CHILD];
  const { code, stdout, stderr } = await finish('unshare', [
    ...['-rn', 'sh', '-euc', ALONE, 'sh'],
    ...[...node, fileURLToPath(import.meta.url), JSON.stringify(job)],
  ]);
  if (code !== 0) throw new Error(`${job.contender} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Figures;
};

/** Runs the bench and prints the table. `argv[0]`: how many runs each. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const runs = Number(argv[0] ?? 5);
  const table = new Table({
    head: ['meets', 'who', 'connects/s', 'ratio', 'CPU us each', 'ratio', 'worst delay ms', 'RSS MB'],
    style: { head: [], border: [] },
  });
  for (const { title, ...job } of scenes) {
    const figures = new Map<Contender, Figures[]>(CONTENDERS.map((name) => [name, []]));
    for (let run = 0; run < runs; run++) {
      for (const [contender, list] of figures) list.push(await measure({ ...job, contender }));
    }
    const middle = (contender: Contender, key: keyof Figures): number =>
      median((figures.get(contender) ?? []).map((one) => one[key]));
    for (const name of CONTENDERS) {
      const ratio = (key: keyof Figures): string => (middle(name, key) / middle('linux', key)).toFixed(2);
      table.push([
        title,
        name,
        Math.round(middle(name, 'perSecond')),
        ratio('perSecond'),
        middle(name, 'cpuUs').toFixed(1),
        ratio('cpuUs'),
        Math.round(middle(name, 'worstDelayMs')),
        Math.round(middle(name, 'rssMb')),
      ]);
    }
  }
  console.log(`medians of ${runs} runs, ${scenes[0]?.inFlight} in flight; ratios to the linux wire`);
  console.log(table.toString());
};

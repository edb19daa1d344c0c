import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { finish } from '../../test/lab/shell.ts';
import { median } from '../median.mjs';
import type { SweepFigures, SweepJob } from './one-sweep.ts';

export { oneSweep } from './one-sweep.ts';

// What a probe of the syn wire's sweep costs, on a loopback and on a cable to a neighbour of their own. The kernel does the
// work of both ends within our system calls, so the CPU time holds that of the target too.

const NEIGHBOUR = { 4: '10.7.0.2', 6: 'fd07::2' } as const;
const BEHIND = '10.71';
const SILENT = '10.72';

type Scene = SweepJob & { readonly title: string };

const fast = { meets: 'refused', perSecond: 400_000, timeoutMs: 1000 } as const;
const scenes: readonly Scene[] = [
  { title: 'loopback, one host', ...fast, probes: 400_000, addresses: '127.0.0.1', ports: 60_000 },
  { title: 'loopback, 32,000 hosts', ...fast, probes: 400_000, addresses: '127.1', ports: 60_000 },
  { title: 'loopback, IPv6', ...fast, probes: 400_000, addresses: '::1', ports: 60_000 },
  { title: 'cable, one host', ...fast, probes: 400_000, addresses: NEIGHBOUR[4], ports: 60_000 },
  { title: 'cable, 32,000 hosts', ...fast, probes: 400_000, addresses: BEHIND, ports: 60_000 },
  { title: 'cable, IPv6', ...fast, probes: 400_000, addresses: NEIGHBOUR[6], ports: 60_000 },
  {
    title: 'cable, nobody answers',
    ...{ meets: 'silent', perSecond: 400_000, timeoutMs: 500, probes: 400_000, addresses: SILENT },
    ports: 60_000,
  },
];

/** A network of our own with a neighbour that has a kernel's manners; nothing leaves, and it needs no root. */
const A_NEIGHBOUR = `
ip link set lo up
ip link add here type veth peer name there
ip addr add 10.7.0.1/24 dev here
ip addr add fd07::1/64 dev here nodad
ip link set here up
ip route add ${BEHIND}.0.0/16 via ${NEIGHBOUR[4]}
ip route add ${SILENT}.0.0/16 via ${NEIGHBOUR[4]}
unshare --net sleep 600 &
neighbour=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
  [ "$(readlink /proc/$neighbour/ns/net)" != "$(readlink /proc/self/ns/net)" ] && break
  sleep 0.1
done
ip link set there netns $neighbour
nsenter --net=/proc/$neighbour/ns/net sh -eu <<'END'
ip link set lo up
ip addr add ${NEIGHBOUR[4]}/24 dev there
ip addr add ${NEIGHBOUR[6]}/64 dev there nodad
ip link set there up
ip route add local ${BEHIND}.0.0/16 dev lo
ip route add blackhole ${SILENT}.0.0/16
sysctl -qw net.ipv4.ip_forward=1
END
sleep 2
exec "$@"`;

const CHILD = `
const [bundle, job] = process.argv.slice(1);
const { oneSweep } = await import(bundle);
console.log(JSON.stringify(await oneSweep(JSON.parse(job))));
`;

const measure = async ({ title, ...job }: Scene): Promise<SweepFigures> => {
  const node = [process.execPath, '--input-type=module', '-e', CHILD];
  const { code, stdout, stderr } = await finish('unshare', [
    ...['-rn', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-euc', A_NEIGHBOUR, 'sh'],
    ...[...node, fileURLToPath(import.meta.url), JSON.stringify(job)],
  ]);
  if (code !== 0) throw new Error(`${title} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as SweepFigures;
};

/** Runs the bench and prints the table. `argv[0]`: how many runs each. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const runs = Number(argv[0] ?? 5);
  const table = new Table({
    head: ['meets', 'probes/s', 'CPU us each', 'of it ours', 'worst delay ms', 'RSS MB', 'wrong'],
    style: { head: [], border: [] },
  });
  const figures = new Map<Scene, SweepFigures[]>(scenes.map((scene) => [scene, []]));
  for (let run = 0; run < runs; run++) {
    for (const [scene, list] of figures) list.push(await measure(scene));
  }
  for (const [{ title }, list] of figures) {
    const middle = (key: keyof SweepFigures): number => median(list.map((one) => one[key]));
    table.push([
      title,
      Math.round(middle('perSecond')),
      middle('cpuUs').toFixed(1),
      middle('userUs').toFixed(1),
      Math.round(middle('worstDelayMs')),
      Math.round(middle('rssMb')),
      list.reduce((sum, { wrong }) => sum + wrong, 0),
    ]);
  }
  console.log(`medians of ${runs} runs of 400,000 probes each; "wrong" is the sum of all runs`);
  console.log(table.toString());
};

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Table from 'cli-table3';
import type { HostReport, Report } from '../src/model/report.ts';
import { Lab } from '../test/lab/lab.ts';
import { type Row, r1 } from '../test/lab/row.ts';
import { run } from '../test/lab/shell.ts';
import { whyNoLab } from '../test/lab/tools.ts';
import { median } from './median.mjs';

// "What is filtered between 1025 and 65535 on this host": ra-preflight against nmap, 10 ms away, whole processes. The
// contenders take turns, so that a machine that slows down does so for all. Packets are counted by the expert's own
// firewall, everything that leaves for the host.

const nobody = { verdict: 'blocked', requirements: {} as never, ports: {} } as const;
const rows: readonly (Row & { readonly filtered: readonly [number, number] | null })[] = [
  { name: 'nothing dropped', about: '', host: 'plain', way: '10ms', expect: nobody, filtered: null },
  {
    name: 'half of the range dropped',
    about: '',
    host: 'plain',
    way: '10ms',
    rules: [r1('$to tcp dport 32768-65535 drop')],
    expect: nobody,
    filtered: [32_768, 65_535],
  },
];

type Answer = readonly [number, number] | null | 'something else';

interface Contender {
  readonly name: string;
  readonly command: (address: string) => string[];
  readonly answer: (stdout: string) => Answer;
}

const ours = (stdout: string): Answer => {
  const [host] = (JSON.parse(stdout) as Report).hosts as readonly HostReport[];
  const filtered = host?.ranges.filter(({ state }) => state !== 'reachable') ?? [];
  const [only] = filtered;
  if (!only) return null;
  return filtered.length === 1 && only.state === 'filtered' && only.exact
    ? [only.from, only.to]
    : 'something else';
};

/** nmap's grepable line ends in "Ignored State: closed (31743)"; its XML lists the counts of what it leaves out. */
const nmaps = (stdout: string): Answer => {
  const filtered = /state="filtered" count="(\d+)"/.exec(stdout)?.[1];
  if (filtered === undefined) return stdout.includes('state="filtered"') ? 'something else' : null;
  return Number(filtered) === 32_768 ? [32_768, 65_535] : 'something else';
};

const bin = join(process.cwd(), 'bin/ra-preflight.js');
const ranges = ['-n', '-Pn', '-sS', '-p1025-65535', '-oX', '-'];
const contenders: readonly Contender[] = [
  {
    name: 'ra-preflight check',
    command: (address) => [process.execPath, bin, 'check', address, '--format', 'json', '--no-ping'],
    answer: ours,
  },
  {
    name: 'nmap -sS, its best settings',
    command: (address) => [
      'nmap',
      ...ranges,
      '-T4',
      '--max-retries',
      '1',
      '--min-rate',
      '20000',
      '--max-rtt-timeout',
      '200ms',
      address,
    ],
    answer: nmaps,
  },
  { name: 'nmap -sS -T5', command: (address) => ['nmap', ...ranges, '-T5', address], answer: nmaps },
];

/** Counts what leaves the expert's machine for an address while `work` runs. */
const counting = async <T>(
  lab: Lab,
  address: string,
  work: () => Promise<T>,
): Promise<{ result: T; packets: number }> => {
  const nft = (script: string): Promise<string> =>
    run('ip', ['netns', 'exec', lab.namespaceOf('expert'), 'nft', script]);
  await nft(
    `table ip bench { chain out { type filter hook output priority 0; ip daddr ${address} counter; }; }`,
  );
  try {
    const result = await work();
    const listed = await run('ip', [
      'netns',
      'exec',
      lab.namespaceOf('expert'),
      'nft',
      'list',
      'table',
      'ip',
      'bench',
    ]);
    return { result, packets: Number(/packets (\d+)/.exec(listed)?.[1]) };
  } finally {
    await nft('delete table ip bench');
  }
};

/** Runs the bench; gives the table. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const why = await whyNoLab();
  if (why) throw new Error(`no lab here: ${why}`);
  const runs = Number(argv[0] ?? 3);
  const lab = await Lab.open(rows);
  try {
    const table = new Table({
      head: ['filter', 'who', 'seconds', 'packets', 'ratio of time', 'ratio of packets', 'right'],
      style: { head: [], border: [] },
    });
    for (const row of rows) {
      const address = lab.addressOf(row);
      const seen = contenders.map((contender) => ({
        contender,
        seconds: [] as number[],
        packets: [] as number[],
        right: 0,
      }));
      for (let i = 0; i < runs; i++) {
        for (const one of seen) {
          const started = performance.now();
          const { result, packets } = await counting(lab, address, () =>
            lab.asExpert(one.contender.command(address)),
          );
          one.seconds.push((performance.now() - started) / 1000);
          one.packets.push(packets);
          if (JSON.stringify(one.contender.answer(result.stdout)) === JSON.stringify(row.filtered))
            one.right++;
        }
      }
      const [first] = seen;
      for (const { contender, seconds, packets, right } of seen) {
        const [s, p] = [median(seconds), median(packets)];
        const [fs, fp] = [median(first?.seconds ?? []), median(first?.packets ?? [])];
        table.push([
          row.name,
          contender.name,
          s.toFixed(2),
          p,
          (s / fs).toFixed(1),
          (p / fp).toFixed(0),
          `${right} of ${runs}`,
        ]);
      }
    }
    console.log(
      `medians of ${runs} runs, 10 ms round trip, two routers; ratios to the first line of each filter`,
    );
    console.log(table.toString());
  } finally {
    await lab.close();
    await rm(join(process.cwd(), '.lab', 'ranges.mjs'), { force: true });
  }
};

import { readFile, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { finish } from '../../test/lab/shell.ts';
import type { Job } from './campus.ts';
import type { Contender } from './contenders.ts';
import type { CampusNetwork } from './network.ts';
import { type Score, score } from './score.ts';

/** Longest time that a contender may take, seconds; then it is ended. */
export const LIMIT_SECONDS = 90;
/** How `timeout` says that it ended somebody, softly or not. */
const ENDED = [124, 137];
/** Our verdicts; everybody else ends with 0. */
const MOST_EXPECTED_CODE = 3;

/** One run of one contender, whole process, start-up included. */
export interface Run {
  readonly seconds: number;
  /** User and system, of the process and all its children. */
  readonly cpuSeconds: number;
  /** Of the largest process, MB. */
  readonly rssMb: number;
  /** Packets through the expert's interface. */
  readonly sent: number;
  readonly received: number;
  /** It took longer than the limit and was ended. */
  readonly isOver: boolean;
  readonly exitCode: number | null;
  /** What it said on standard error when it failed. */
  readonly failure: string | null;
  /** Load of the machine when the run began, all that others did included. */
  readonly load: number;
  readonly score: Score;
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

/** Lets a contender do a job and compares what it says with what is so. */
export const measure = async (network: CampusNetwork, contender: Contender, job: Job): Promise<Run> => {
  const output = join(network.folder, 'answers');
  const figures = join(network.folder, 'figures');
  const limited = [
    'timeout',
    '-k',
    '2',
    `${LIMIT_SECONDS}`,
    ...contender.command(job, network.uplink, output),
  ];
  const [command = '', ...args] = await network.asExpert([
    ...['/usr/bin/time', '-f', '%e %U %S %M', '-o', figures],
    ...limited,
  ]);
  await network.untilQuiet();
  const load = loadavg()[0] ?? Number.NaN;
  const before = await network.counters();
  const { code, stderr } = await finish(command, args, {
    // Nobody's settings but those given: not our history, not the user's configuration.
    env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, HOME: network.folder },
  });
  await network.untilQuiet();
  const after = await network.counters();
  const [seconds = Number.NaN, user = Number.NaN, system = Number.NaN, rssKb = Number.NaN] = (
    (await textOf(figures)).trim().split('\n').at(-1) ?? ''
  )
    .split(' ')
    .map(Number);
  const isOver = code !== null && ENDED.includes(code);
  const hasFailed = !isOver && (code === null || code > MOST_EXPECTED_CODE);
  const answers = contender.read(await textOf(output), job.ports);
  await rm(output, { force: true });
  return {
    seconds,
    cpuSeconds: user + system,
    rssMb: rssKb / 1024,
    sent: after.sent - before.sent,
    received: after.received - before.received,
    isOver,
    exitCode: code,
    failure: hasFailed || answers.size === 0 ? stderr.trim().slice(-400) : null,
    load,
    score: score(job, answers),
  };
};

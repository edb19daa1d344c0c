import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finished, finish, run } from '../../test/lab/shell.ts';
import { findProgram } from '../../test/lab/tools.ts';
import { fromMasscan, fromNmap, fromOurs, fromPlain, fromZmap, type Reader } from './answers.ts';
import type { Job } from './campus.ts';
import type { Uplink } from './network.ts';

/** Questions a second that ours may ask, and nmap must; the others run at the rates that their authors advertise. */
const RATE = 20_000;
export const SAMPLE = 16;
export const SEED = 1;

/** Somebody who does the audit. `command` writes its answers to the file `output`; `read` reads that. */
export interface Contender {
  readonly name: string;
  readonly command: (job: Job, uplink: Uplink, output: string) => readonly string[];
  readonly read: Reader;
}

const bin = join(process.cwd(), 'bin/ra-preflight.js');

/** Raw SYNs go as fast as masscan's. */
const rateOf = (engine: string): string => String(engine === 'syn' ? 100_000 : RATE);

const ours = (name: string, engine: string, ...options: readonly string[]): Contender => ({
  name,
  command: ({ block }, _, output) => [
    ...[process.execPath, bin, 'audit', block, '--engine', engine, '--format', 'ndjson', '-o', output],
    ...['--db', ':memory:', '--sample', `${SAMPLE}`, '--seed', `${SEED}`, '-q'],
    ...['--rate', rateOf(engine), '--subnet-rate', rateOf(engine)],
    ...options,
  ],
  read: fromOurs,
});

const QUICK = ['--no-map', '--no-locate', '--no-ping'];

const nmap = (name: string, ...options: readonly string[]): Contender => ({
  name,
  command: ({ block, ports }, _, output) => [
    ...['nmap', '-n', '-Pn', ...options, `-p${ports.join(',')}`, '-oX', output, block],
  ],
  read: fromNmap,
});

/**
 * masscan has a stack of its own, so it must be told what the kernel knows; its port is one that the kernel does not use.
 */
const masscan = (name: string, ...options: readonly string[]): Contender => ({
  name,
  command: ({ block, ports }, uplink, output) => [
    ...['masscan', block, `-p${ports.join(',')}`, '--rate', '100000', '--wait', '1', '--seed', `${SEED}`],
    ...['--adapter', uplink.device, '--adapter-ip', uplink.address, '--adapter-port', '61000'],
    ...['--adapter-mac', uplink.hardware, '--router-mac', uplink.routerHardware],
    ...['--show', 'open,closed', '-oL', output],
    ...options,
  ],
  read: fromMasscan,
});

/** zmap 2 asks one port a run, so as many runs as there are ports go at the same time and share the rate. */
const ZMAP = `
block=$1 ports=$2 output=$3; shift 3
for port in \${ports//,/ }; do
  zmap -p "$port" "$@" -o "$output.$port" "$block" &
done
wait
cat "$output".* >"$output"
`;

const zmap: Contender = {
  name: 'zmap, a run a port at once',
  command: ({ block, ports }, { device, address, hardware, routerHardware }, output) => [
    ...['bash', '-c', ZMAP, 'zmap', block, ports.join(','), output],
    ...['-C', '/dev/null', '-b', '/dev/null', '-i', device, '-S', address],
    ...['--source-mac', hardware, '-G', routerHardware, '-e', `${SEED}`, '-r', '5000', '-c', '1'],
    ...[
      '-T',
      '1',
      '-O',
      'csv',
      '-f',
      'saddr,sport,classification',
      '--output-filter',
      'success = 1 || success = 0',
      '-q',
    ],
    ...['--disable-syslog', '-v', '1'],
  ],
  read: fromZmap,
};

const plain: Contender = {
  name: 'net.connect + p-limit',
  command: ({ block, ports }, _, output) => [
    ...[process.execPath, join(process.cwd(), 'bench/peers/plain-connect.mjs')],
    ...[block, ports.join(','), output, '4000', '1500'],
  ],
  read: fromPlain,
};

/** Looks at a port that stays silent: as many as ours. */
const LOOKS = 7;

/** The same policy as ours without anything around it. */
const bare = (program: string, rate: number): Contender => ({
  name: `bare loop in C, ${rate}/s`,
  command: ({ block, ports }, _, output) => [program, block, ports.join(','), output, `${rate}`, `${LOOKS}`],
  read: fromPlain,
});

const compileBare = async (): Promise<string> => {
  const folder = join(process.cwd(), '.lab');
  await mkdir(folder, { recursive: true });
  const program = join(folder, 'bare-connect');
  await run('cc', ['-O2', '-o', program, join(process.cwd(), 'bench/peers/bare-connect.c')]);
  return program;
};

const ENGINES = ['syn', 'linux', 'node'] as const;

/** Engines that this build of the program takes, as its help says. */
const engines = async (): Promise<string[]> => {
  const { stdout }: Finished = await finish(process.execPath, [bin, 'audit', '--help']);
  const line = /--engine <name>([\s\S]*?)\n {2}--/.exec(stdout)?.[1] ?? '';
  return ENGINES.filter((name) => line.includes(name));
};

/** All contenders that can run here, ours first; and the names of programs that are not installed. */
export const contendersHere = async (): Promise<{ contenders: Contender[]; absent: string[] }> => {
  const own = await engines();
  const program = await compileBare();
  const others: readonly (readonly [program: string, Contender])[] = [
    [
      'nmap',
      nmap(
        'nmap -sS, its best settings',
        ...['-sS', '-T4', '--max-retries', '1', '--min-rate', `${RATE}`],
        ...['--min-hostgroup', '1024', '--max-rtt-timeout', '200ms'],
      ),
    ],
    [
      'nmap',
      nmap(
        `nmap -sS, ${LOOKS} looks`,
        ...['-sS', '-T4', '--max-retries', `${LOOKS - 1}`, '--min-rate', `${RATE}`],
        ...['--min-hostgroup', '1024', '--max-rtt-timeout', '200ms'],
      ),
    ],
    [
      'nmap',
      nmap(
        `nmap -sT, ${LOOKS} looks`,
        ...['-sT', '-T4', '--max-retries', `${LOOKS - 1}`, '--min-rate', `${RATE}`],
        ...['--min-hostgroup', '1024', '--max-rtt-timeout', '200ms'],
      ),
    ],
    ['nmap', nmap('nmap -sS -T4', '-sS', '-T4')],
    ['nmap', nmap('nmap -sS -T5', '-sS', '-T5')],
    [
      'nmap',
      nmap('nmap -sT -T4, min-rate', '-sT', '-T4', '--min-rate', `${RATE}`, '--min-hostgroup', '1024'),
    ],
    ['masscan', masscan('masscan, one packet each', '--retries', '0')],
    ['masscan', masscan('masscan --retries 1', '--retries', '1')],
    ['zmap', zmap],
    ['bash', plain],
    ['cc', bare(program, RATE)],
    ['cc', bare(program, 5 * RATE)],
  ];
  const isThere = ([program]: readonly [string, Contender]): boolean => findProgram(program) !== null;
  return {
    contenders: [
      ...own.map((engine) => ours(`ours, ${engine}`, engine, ...QUICK)),
      // The node wire cannot trace, so that it has nothing to locate with.
      ...own.filter((engine) => engine !== 'node').map((engine) => ours(`ours, ${engine}, locating`, engine)),
      ...others.filter(isThere).map(([, contender]) => contender),
    ],
    absent: [...new Set(others.filter((other) => !isThere(other)).map(([program]) => program))],
  };
};

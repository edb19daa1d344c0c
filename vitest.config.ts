import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { viteBrowserText } from './scripts/browser-text.mjs';

/** Minutes and half minutes: whoever starts them last waits for them alone. The first takes longest. */
const LONG = [
  'test/lab/matrix.test.ts',
  'test/lab/audit/campus.test.ts',
  'test/fleet/kills.test.ts',
  'test/contract/wires.test.ts',
  'test/fleet/fleet.test.ts',
  'test/fleet/fleet-store.test.ts',
  'test/fleet/cut.test.ts',
  'test/policy/fuzz.test.ts',
  'test/windows/wine.test.ts',
  'test/cli/schedule.test.ts',
  'test/cli/schedule-once.test.ts',
  'test/fuzz/decoders.test.ts',
  'test/lab/packets.test.ts',
  'test/lab/responder-pictures.test.ts',
  'test/fleet/rate.test.ts',
  'test/cli/serve.test.ts',
  'test/library/package.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((file) => moduleId.endsWith(file));
      if (at >= 0) return at;
      // A process goes on to the next file of these only if that is the next file of all.
      return IN_ONE_PROCESS.some((file) => moduleId.endsWith(`/${file}`)) ? LONG.length : LONG.length + 1;
    };
    // A stable sort: what is not named here stays in vitest's order.
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Real networks, in namespaces of this machine: what they show depends on when the kernel runs whom. */
const IN_NAMESPACES = [
  'test/lab/**/*.test.ts',
  'test/cli/{killed-silent,rates}.test.ts',
  'test/fleet/rate.test.ts',
  'test/wire-linux/{local-faults,min-ttl}.test.ts',
  'test/wire-syn/{machine,path}.test.ts',
];

const textOf = (file: string): string => readFileSync(file, 'utf8');

/** What starts the built program for tests: `run.ts`, and helpers that call it. */
const STARTERS = readdirSync('test/cli')
  .filter((file) => !file.endsWith('.test.ts') && file.endsWith('.ts'))
  .filter((file) => file === 'run.ts' || textOf(`test/cli/${file}`).includes("from './run.ts'"))
  .map((file) => file.replace('.ts', ''));

const FILES = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.test\.tsx?$/.test(file))
  .map((file) => `test/${file.replaceAll('\\', '/')}`);

/** Those that start the built program, which probes real sockets in real time. */
const START_THE_PROGRAM = FILES.filter((file) =>
  new RegExp(`from '(\\.|\\.\\./cli)/(${STARTERS.join('|')})\\.ts'`).test(textOf(file)),
);

/** Sockets and ports of this machine, which other files of tests use at the same time. */
const ON_SOCKETS = [
  'test/{contract,fleet,library,notify,respond,serve,wire,wire-linux,wire-syn}/**/*.test.ts',
];

/** A responder listens on TCP 135 of all addresses: meanwhile no loopback host refuses it, which audits of others rest on. */
const ON_ALL_ADDRESSES = ['test/cli/respond.test.ts'];

const REAL = [...new Set([...IN_NAMESPACES, ...ON_SOCKETS, ...START_THE_PROGRAM])];

/** Arithmetic and text: what these folders test keeps nothing between two calls. */
const PURE =
  /^test\/(bench|ip|model|output|policy|responder-protocol|scanner|scenarios|schedule|targets|text|verdict)\//;

/** Hooks where a helper is loaded, which is once in a process: the next file of tests in it would go without them. */
const HOOKS = /^(export )?(const \w+ = )?(fakeClock|(before|after)(Each|All))\(/m;

/** What counts on a process of its own: it changes what all share, or measures memory. */
const CHANGES_ALL = /\bvi\.|\bmemoryUsage\b|\bWeakRef\b|\bgc\(/;

const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/from '(\.[^']+)'/g)].map(([, to = '']) => posix.join(posix.dirname(file), to));

/** Whether a helper that the file loads, or one that such a helper loads, has hooks. */
const loadsHooks = (file: string): boolean =>
  importsOf(file)
    .filter((one) => one.startsWith('test/'))
    .some((one) => HOOKS.test(textOf(one)) || loadsHooks(one));

/**
 * Files that share a process with others of their kind: to start one for each and load all modules anew takes longer than most of
 * them.
 */
const IN_ONE_PROCESS = FILES.filter(
  (file) =>
    PURE.test(file) &&
    !REAL.includes(file) &&
    !LONG.includes(file) &&
    !CHANGES_ALL.test(textOf(file)) &&
    !loadsHooks(file),
);

/** Globs of tests that are not wanted this time. The option of vitest does not reach projects that leave out files themselves. */
const LEFT_OUT = process.env['RA_TEST_WITHOUT']?.split(/\s+/) ?? [];

const ALL = {
  // A test that hangs is found all the same; one beside busy neighbours is not failed for them.
  testTimeout: 90_000,
  hookTimeout: 120_000,
  // What is waited for comes at once or never, save on a busy machine.
  expect: { poll: { timeout: 15_000 } },
};

export default defineConfig({
  test: {
    globalSetup: process.env['RA_TEST_NO_BUILD'] ? [] : ['test/build.ts'],
    // Most of the time of most files is waiting for sockets, networks and processes: three leave a third of two cores idle.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins: [viteBrowserText],
        test: {
          ...ALL,
          name: 'alone',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...REAL, ...IN_ONE_PROCESS, ...LEFT_OUT],
        },
      },
      {
        plugins: [viteBrowserText],
        test: {
          ...ALL,
          name: 'in one process',
          include: IN_ONE_PROCESS,
          exclude: LEFT_OUT,
          isolate: false,
        },
      },
      {
        plugins: [viteBrowserText],
        test: {
          ...ALL,
          name: 'real time',
          include: REAL,
          exclude: [...ON_ALL_ADDRESSES, ...LEFT_OUT],
          // On a busy machine an answer comes too late now and then, or a network loses more than it was made to lose: a limit on
          // packets a second is one of time. Who is wrong is wrong each time, and the output says who needed it.
          retry: 2,
        },
      },
      {
        plugins: [viteBrowserText],
        test: {
          ...ALL,
          name: 'on all addresses',
          include: ON_ALL_ADDRESSES,
          exclude: LEFT_OUT,
          retry: 1,
          // After all others.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

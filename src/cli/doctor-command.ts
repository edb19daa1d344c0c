import { Command } from 'commander';
import { UsageError } from '../model/fault.ts';
import { jsonText } from '../output/json-text.ts';
import { cleanText } from '../text/clean-text.ts';
import { messageOf } from '../text/error-message.ts';
import { quoted } from '../text/quoted.ts';
import { loadPinger, type PingWay } from '../wire/icmp.ts';
import { nodeWire } from '../wire/node-connect.ts';
import { loadConfig, standardConfigPath } from './config.ts';
import { examineControls } from './control-probe.ts';
import { deliver } from './deliver.ts';
import { examineMachine, type MachineFinding } from './doctor-machine.ts';
import { chooseEngine, examineEngines } from './engine.ts';
import { standardHistoryPath } from './history-file.ts';
import { addOptions, typedValues, type ValuesOf, valuesOf } from './options/declare.ts';
import { DOCTOR } from './options/doctor.ts';
import { CHECK } from './options/scan-mode.ts';
import { resolveOptions } from './options.ts';
import { version } from './version.ts';

/** The lines of a finding, for people. `bad`: what is printed for one that is not in order. */
const shown =
  (bad: 'missing' | 'problem') =>
  ({ name, ok, lines: [first = '', ...more] }: MachineFinding): string[] => [
    `${ok ? 'ok     ' : bad}  ${name.padEnd(14)} ${first}`,
    ...more.map((line) => `${' '.repeat(24)}${line}`),
  ];

/** Longest line that is shown, characters: a path may have 4,096. */
const LONGEST = 5000;

/** What each way of pinging is. */
const PING_WAYS: Readonly<Record<PingWay, string>> = {
  datagram: 'an ICMP datagram socket, without privileges',
  system: "Windows' own calls, without an administrator",
  raw: 'net-ping and a raw socket',
};
/** Lets every user of this machine ping, until it starts again (icmp(7)). */
const PING_FOR_ALL = 'sudo sysctl net.ipv4.ping_group_range="0 2147483647" lets every user ping';

const echo = async (): Promise<MachineFinding> => {
  const pinger = await loadPinger(process.platform);
  try {
    const signal = AbortSignal.timeout(2000);
    const said = await pinger.echo('127.0.0.1', 4, { signal, timeoutMs: 1000 });
    const first =
      said.kind === 'not-observed'
        ? `${said.why}; nothing else depends on it`
        : said.kind === 'reply'
          ? `${PING_WAYS[pinger.way]}; sent beside TCP, never before it`
          : `this machine does not answer its own echo (${PING_WAYS[pinger.way]})`;
    const isForAll = process.platform !== 'linux' || pinger.way === 'datagram';
    return {
      name: 'ICMP echo',
      ok: said.kind === 'reply',
      lines: isForAll ? [first] : [first, PING_FOR_ALL],
    };
  } finally {
    pinger.close();
  }
};

const history = async (): Promise<MachineFinding> => {
  const name = 'history';
  const { sqlite } = await import('../store/sqlite.ts');
  try {
    sqlite()(':memory:', 0).close();
    return { name, ok: true, lines: ['SQLite can be loaded'] };
  } catch (error) {
    return { name, ok: false, lines: [messageOf(error), 'checks and audits work, but are not kept'] };
  }
};

/** The store of a fleet. Throws UsageError for a URL that is none. */
const fleetStore = async (url: string): Promise<MachineFinding[]> => {
  const [{ openStore, readStoreUrl }, { checkStore }] = await Promise.all([
    import('../fleet/fleet-store.ts'),
    import('../fleet/health.ts'),
  ]);
  const name = 'fleet store';
  readStoreUrl(url);
  try {
    const store = await openStore(url);
    try {
      const found = await checkStore(store);
      return found.map(({ ok, text }) => ({ name, ok, lines: [text] }));
    } finally {
      store.close();
    }
  } catch (error) {
    return [{ name, ok: false, lines: [messageOf(error)] }];
  }
};

/** `doctor --self-test`: loaded only now, as it brings along all that a check needs. */
const runSelfTest = async (
  host: string,
  { format, config, ...given }: ValuesOf<typeof DOCTOR>,
): Promise<void> => {
  const { chooseHost, selfTest, selfTestExitCode, selfTestText } = await import('./self-test/self-test.ts');
  const options = resolveOptions({ engine: given.engine }, await loadConfig(config ?? undefined), CHECK);
  const chosen = host === '' ? null : await chooseHost('--self-test', host, options);
  const engine = await chooseEngine(options.engine, 'few', process.platform);
  const test = await selfTest(engine, chosen, new AbortController().signal);
  await deliver([format === 'json' ? `${jsonText(test, 2)}\n` : selfTestText(test)], null);
  process.exitCode = selfTestExitCode(test);
};

/** The address that `--control` names, held against the scope as a target is. Throws UsageError where `check` would. */
const controlAddress = async (text: string, config: string | null) => {
  const { chooseHost } = await import('./self-test/self-test.ts');
  const options = resolveOptions({}, await loadConfig(config ?? undefined), CHECK);
  const { target } = await chooseHost('--control', text, options);
  if (target.kind === 'name') throw new UsageError(`--control ${quoted(text)}: expected an address, no name`);
  return target;
};

/** `ra-preflight doctor`: what works on this machine, what is missing, and how to get it. */
export const doctorCommand = (): Command =>
  addOptions(new Command('doctor'), DOCTOR)
    .summary('what works on this machine, and what is missing')
    .description(
      'Shows which engines run here, what the others lack and how to provide it. Sends nothing to other machines, unless --self-test or --control names one or --redis a store.',
    )
    .action(async (_: unknown, command: Command) => {
      const values = valuesOf(command, DOCTOR);
      const { format, selfTest, redis, control, config } = values;
      if (selfTest !== null && control !== null)
        throw new UsageError('--control: does not go with --self-test; give one of them');
      if (selfTest !== null) return runSelfTest(selfTest, values);
      const typed = typedValues(command, DOCTOR);
      if (typed.engine !== undefined) throw new UsageError('--engine: goes with --self-test');
      if (typed.config !== undefined && control === null)
        throw new UsageError('--config: goes with --self-test or --control');
      const asked = control === null ? null : await controlAddress(control, config);
      const engines = await examineEngines(process.platform);
      const parts: MachineFinding[] = [
        ...engines.map((engine) => ({ ...engine, name: `engine ${engine.name}` })),
        await echo(),
        await history(),
        ...(redis === null ? [] : await fleetStore(redis)),
      ];
      const machine = [
        ...(await examineMachine(process.platform)),
        ...(await examineControls(nodeWire(process.platform), asked)),
      ];
      const findings = [...parts, ...machine];
      const about = {
        version,
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        config: standardConfigPath(),
        history: standardHistoryPath(),
      };
      const text =
        format === 'json'
          ? `${jsonText({ ...about, findings }, 2)}\n`
          : [
              `ra-preflight ${about.version}, Node ${about.node}, ${about.platform}`,
              `configuration: ${about.config}`,
              `history:       ${about.history}`,
              ...parts.flatMap(shown('missing')),
              ...machine.flatMap(shown('problem')),
            ]
              // Paths come from the environment, reasons from the system.
              .map((line) => `${cleanText(line, LONGEST)}\n`)
              .join('');
      await deliver([text], null);
    });

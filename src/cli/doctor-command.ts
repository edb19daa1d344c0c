import { Command } from 'commander';
import { jsonText } from '../output/json-text.ts';
import { cleanText } from '../text/clean-text.ts';
import { messageOf } from '../text/error-message.ts';
import { loadPinger, type PingWay } from '../wire/icmp.ts';
import { standardConfigPath } from './config.ts';
import { deliver } from './deliver.ts';
import { type EngineFinding, examineEngines } from './engine.ts';
import { standardHistoryPath } from './history-file.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { SCAN } from './options/scan.ts';
import { TABLE_OR_JSON } from './options/shared.ts';
import { version } from './version.ts';

/** What is there, or what is missing and how to get it. */
interface Finding extends EngineFinding {
  readonly name: string;
}

/** Longest line that is shown, characters: a path may have 4,096. */
const LONGEST = 5000;

/** What each way of pinging is. */
const PING_WAYS: Readonly<Record<PingWay, string>> = {
  datagram: 'an ICMP datagram socket, without privileges',
  raw: 'net-ping and a raw socket',
};
/** Lets every user of this machine ping, until it starts again (icmp(7)). */
const PING_FOR_ALL = 'sudo sysctl net.ipv4.ping_group_range="0 2147483647" lets every user ping';

const echo = async (): Promise<Finding> => {
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

const history = async (): Promise<Finding> => {
  const name = 'history';
  const { sqlite } = await import('../store/sqlite.ts');
  try {
    sqlite()(':memory:', 0).close();
    return { name, ok: true, lines: ['SQLite can be loaded'] };
  } catch (error) {
    return { name, ok: false, lines: [messageOf(error), 'checks and audits work, and are not kept'] };
  }
};

/** The store of a fleet. Throws UsageError for a URL that is none. */
const fleetStore = async (url: string): Promise<Finding[]> => {
  const [{ openStore, readStoreUrl }, { checkStore }] = await Promise.all([
    import('../fleet/store.ts'),
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

const DOCTOR = {
  ...TABLE_OR_JSON,
  redis: { ...SCAN.redis, help: 'look at this store of a fleet, too', standardWords: null },
} as const;

/** `ra-preflight doctor`: what works on this machine, what is missing, and how to get it. */
export const doctorCommand = (): Command =>
  addOptions(new Command('doctor'), DOCTOR)
    .summary('what works on this machine, and what is missing')
    .description(
      'Shows which engines run here, what the others lack and how to provide it. Sends nothing to other machines, but to a store that is named.',
    )
    .action(async (_: unknown, command: Command) => {
      const { format, redis } = valuesOf(command, DOCTOR);
      const engines = await examineEngines(process.platform);
      const findings: Finding[] = [
        ...engines.map((engine) => ({ ...engine, name: `engine ${engine.name}` })),
        await echo(),
        await history(),
        ...(redis === null ? [] : await fleetStore(redis)),
      ];
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
              ...findings.flatMap(({ name, ok, lines: [first = '', ...more] }) => [
                `${ok ? 'ok     ' : 'missing'}  ${name.padEnd(14)} ${first}`,
                ...more.map((line) => `${' '.repeat(24)}${line}`),
              ]),
            ]
              // Paths come from the environment, reasons from the system.
              .map((line) => `${cleanText(line, LONGEST)}\n`)
              .join('');
      await deliver([text], null);
    });

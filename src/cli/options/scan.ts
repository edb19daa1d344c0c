import { GENERATIONS, type Generation } from '../../model/plan.ts';
import { DYNAMIC_PORTS, portCount } from '../../model/target.ts';
import { WIRE_NAMES, type WireName } from '../../model/wire.ts';
import { formatNames } from '../../output/formats.ts';
import { PATIENT_MS, USUAL_MS } from '../waits.ts';
import { file, files, flag, oneOf, orNull, specs, text, texts, whole } from './kinds.ts';
import { AUDIT, CHECK, usualConcurrency } from './manner.ts';
import { eachTime, ofRun, ofTargets, raw } from './scan-declaration.ts';
import { IN_FLIGHT, pauseBetween, RATE, resumed, rpcRange, shard, vantages, wait } from './scan-kinds.ts';

const NOVICES: readonly (Generation | 'auto')[] = ['auto', ...GENERATIONS];
const ENGINES: readonly (WireName | 'auto')[] = ['auto', ...WIRE_NAMES];

/**
 * The options of `check` and `audit`, each once: from here come the command line and its help, the keys of the config file and of
 * schedules, what a run keeps and what a resumed one is given anew, shell completion, the manual and docs/options.md.
 * By the names that the values have in ScanOptions, and of those of a run in stored plans: such a name stays.
 */
export const SCAN = {
  novice: ofRun({
    long: 'novice',
    kind: oneOf(NOVICES, 'generation'),
    help: `Windows of the novice: ${NOVICES.join(', ')}`,
    standard: 'auto',
  }),
  rpcRange: ofRun({
    long: 'rpc-ports',
    kind: rpcRange,
    help: 'dynamic range of the novice when it was narrowed, e.g. 50000-50100',
    standard: null,
  }),
  sample: ofRun({
    long: 'sample',
    kind: whole([1, portCount(DYNAMIC_PORTS)]),
    help: 'dynamic ports to probe',
    standard: 32,
  }),
  seed: ofRun({
    long: 'seed',
    kind: orNull(whole([0, 2 ** 32 - 1])),
    help: 'draw the same sample again',
    standard: null,
    standardWords: 'random, printed in the report',
  }),
  timeoutMs: ofRun({
    long: 'timeout',
    kind: wait,
    help: 'longest wait for one answer, e.g. 500ms or 3s',
    standard: null,
    standardWords: `${USUAL_MS / 1000}s, with the node engine on Windows ${PATIENT_MS / 1000}s`,
  }),
  retries: ofRun({
    long: 'retries',
    kind: whole([0, 10]),
    help: 'how often an unanswered probe is repeated',
    standard: 2,
  }),
  concurrency: ofRun({
    long: 'concurrency',
    kind: whole(IN_FLIGHT),
    help: 'probes in flight over all hosts',
    standard: CHECK.concurrency.least,
    standardIn: ({ manner, rate }) => usualConcurrency(manner, rate),
    at: { audit: { standardWords: `${AUDIT.concurrency.least}, or as many as --rate` } },
  }),
  perHost: ofRun({
    long: 'per-host',
    kind: whole(IN_FLIGHT),
    help: 'probes in flight to one host',
    standard: 64,
  }),
  rate: ofRun({
    long: 'rate',
    kind: whole(RATE),
    help: 'probes a second over all hosts, 15 % of it to one host',
    standard: 1000,
    at: {
      audit: {
        help: 'probes a second over all hosts, 15 % of it to one host, half of it to one subnet',
      },
    },
  }),
  engine: ofRun({
    long: 'engine',
    kind: oneOf(ENGINES),
    help: 'how to probe: auto, node (everywhere), linux and syn (on Linux), windows (on Windows)',
    standard: 'auto',
  }),
  excludes: ofTargets({
    long: 'exclude',
    kind: specs,
    help: 'leave out this host, block or range; may be repeated',
    standard: [],
  }),
  excludeFiles: ofTargets({
    long: 'exclude-file',
    kind: files,
    help: 'leave out what this file lists; may be repeated',
    fromFolder: true,
    standard: [],
  }),
  /** Other machines of the subnet of the targets. */
  witnesses: eachTime({
    long: 'witness',
    kind: texts('host', null),
    help: 'another machine of the subnet that answers on unused ports; may be repeated',
    standard: [],
    commands: ['check'],
    config: 'nowhere',
  }),
  rehearse: eachTime({
    long: 'rehearse',
    kind: flag,
    help: 'on Windows: activate Remote Assistance on the novice as the signed-in user, without an offer',
    standard: false,
    commands: ['check'],
    config: 'nowhere',
  }),
  map: ofRun({
    long: 'map',
    kind: flag,
    help: 'do not search the exact edges of filtered ranges',
    standard: true,
  }),
  locate: ofRun({ long: 'locate', kind: flag, help: 'do not trace where a filter sits', standard: true }),
  ping: ofRun({ long: 'ping', kind: flag, help: 'send no ICMP echo', standard: true }),
  ptr: eachTime({
    long: 'ptr',
    kind: flag,
    help: 'look up the names of addresses (DNS PTR)',
    standard: false,
  }),
  /** Modules with probes of the user's own. Not kept with a run: a history may come from somebody else. */
  probes: eachTime({
    long: 'probes',
    kind: files,
    help: 'run the probes of your own in this module; may be repeated',
    fromFolder: true,
    standard: [],
  }),
  ipv4: raw('run', {
    long: 'ipv4',
    short: '4',
    kind: flag,
    help: 'probe only IPv4 addresses',
    standard: false,
  }),
  ipv6: raw('run', {
    long: 'ipv6',
    short: '6',
    kind: flag,
    help: 'probe only IPv6 addresses',
    standard: false,
  }),
  yes: eachTime({
    long: 'yes',
    kind: flag,
    help: 'probe more than 4,096 hosts',
    standard: false,
    config: 'nowhere',
  }),
  /** Null: whatever suits the terminal. */
  format: eachTime({
    long: 'format',
    kind: orNull(oneOf(formatNames)),
    help: `print the result as ${formatNames.join(', ')}, and nothing interactive (default: by the ending of -o FILE)`,
    standard: null,
    config: 'top',
  }),
  outputs: eachTime({
    long: 'output',
    short: 'o',
    kind: files,
    help: 'write the result there instead of to standard output; may be repeated, each in the format of its ending',
    standard: [],
    config: 'top',
  }),
  policies: eachTime({
    long: 'policy',
    kind: files,
    help: 'judge this policy file or GPO folder of the novice too (see policy check); may be repeated, the last one wins',
    fromFolder: true,
    standard: [],
  }),
  /** `ok`: hosts that are clear so far count as ready for the exit code and the nagios state. */
  undetermined: eachTime({
    long: 'undetermined',
    kind: oneOf(['ok', 'warn'], 'as'),
    help: 'how hosts that are clear so far count for the exit code and nagios: ok or warn',
    standard: 'warn',
  }),
  config: raw('each time', {
    long: 'config',
    kind: orNull(file),
    help: 'read options and scope from this TOML file',
    standard: null,
    config: 'nowhere',
  }),
  colour: eachTime({
    long: 'color',
    kind: flag,
    help: 'no colours (NO_COLOR is honoured too)',
    standard: true,
  }),
  quiet: eachTime({
    long: 'quiet',
    short: 'q',
    kind: flag,
    help: 'no progress and no notices',
    standard: false,
  }),
  verbose: eachTime({
    long: 'verbose',
    short: 'v',
    kind: flag,
    help: 'every port and every host in full',
    standard: false,
  }),
  perSubnetRate: ofRun({
    long: 'subnet-rate',
    kind: whole(RATE),
    help: 'probes a second to the hosts of one /24 (IPv6: /64) together',
    standard: 500,
    standardIn: ({ manner, rate }) => Math.ceil(rate * manner.subnetShare),
    standardWords: null,
    commands: ['audit'],
  }),
  lists: raw('targets', {
    long: 'list',
    kind: files,
    help: 'probe the targets in this list, as @FILE does; may be repeated',
    standard: [],
    commands: ['audit'],
    config: 'nowhere',
  }),
  /** Entries that are wrong are left out and said, instead of refused. */
  skipBad: ofTargets({
    long: 'skip-bad',
    kind: flag,
    help: 'skip entries that cannot be probed, and say which',
    standard: false,
    commands: ['audit'],
  }),
  csvColumn: ofTargets({
    long: 'csv-column',
    kind: orNull(text('name')),
    help: 'lists are CSV, and this column holds the targets',
    standard: null,
    commands: ['audit'],
  }),
  /** Only this share of the targets; null for all of them. */
  shard: ofTargets({
    long: 'shard',
    kind: shard,
    help: 'probe only this share of the targets, e.g. 2/5: a part for merge',
    standard: null,
    commands: ['audit'],
    config: 'nowhere',
  }),
  fleet: eachTime({
    long: 'fleet',
    kind: flag,
    help: 'let the workers of a fleet probe, and compare what they see',
    standard: false,
    commands: ['audit'],
    config: 'schedule',
  }),
  redis: eachTime({
    long: 'redis',
    kind: orNull(text('url')),
    help: 'store of the fleet, redis:// or rediss:// (TLS)',
    standard: null,
    standardWords: 'RA_PREFLIGHT_REDIS in the environment',
    commands: ['audit'],
    config: 'schedule',
  }),
  /** Null for all that have a worker. */
  vantages: ofTargets({
    long: 'vantage',
    kind: vantages,
    help: 'vantages of the fleet, e.g. hq,branch-7',
    standard: null,
    standardWords: 'all with a worker',
    commands: ['audit'],
    config: 'schedule',
  }),
  fleetKeyFile: eachTime({
    long: 'fleet-key-file',
    kind: orNull(file),
    fromFolder: true,
    help: 'file with the key of the fleet',
    standard: null,
    standardWords: 'RA_PREFLIGHT_FLEET_KEY in the environment',
    commands: ['audit'],
    config: 'schedule',
  }),
  resume: raw('each time', {
    long: 'resume',
    kind: resumed,
    help: 'resume the newest unfinished audit, or this one',
    standard: null,
    commands: ['audit'],
    config: 'nowhere',
  }),
  verify: raw('each time', {
    long: 'verify',
    kind: orNull(text('run')),
    help: 'probe the hosts of this run that were not ready again, as it did, and print what changed',
    standard: null,
    commands: ['audit'],
    config: 'nowhere',
  }),
  /** History file, null for the platform's. */
  db: eachTime({
    long: 'db',
    kind: orNull(file),
    help: 'history file (default in the data folder of the platform; :memory: keeps nothing)',
    fromFolder: true,
    standard: null,
    config: 'top',
  }),
  keep: eachTime({
    long: 'keep',
    kind: flag,
    help: 'keep the result in the history, as audits do',
    standard: false,
    commands: ['check'],
    config: 'top',
  }),
  watch: eachTime({
    long: 'watch',
    kind: flag,
    help: 'check again and again until nothing seen blocks an offer, and ring the bell then',
    standard: false,
    commands: ['check'],
    config: 'nowhere',
  }),
  everyMs: eachTime({
    long: 'every',
    kind: pauseBetween,
    help: 'pause between two checks of --watch',
    standard: 10_000,
    standardWords: '10s',
    commands: ['check'],
    config: 'nowhere',
  }),
  offer: eachTime({
    long: 'offer',
    kind: flag,
    help: 'on Windows, offer Remote Assistance to the host once it is ready (msra.exe /offerRA); asks where the verdict is undetermined',
    standard: false,
    commands: ['check'],
    config: 'nowhere',
  }),
};

/** The table of options, as a type. */
export type Scan = typeof SCAN;

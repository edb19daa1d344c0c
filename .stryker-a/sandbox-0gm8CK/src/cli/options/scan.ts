import { formatNames } from '../../output/formats.ts';
import { file, files, flag, oneOf, orNull } from './kinds.ts';
import { AUDIT_ONLY } from './scan-audit.ts';
import { eachTime, raw } from './scan-declaration.ts';
import { pauseBetween } from './scan-kinds.ts';
import { PROBING } from './scan-probing.ts';

/**
 * The options of `check` and `audit`, each once: from here come the command line and its help, the keys of the config file and of
 * schedules, what a run keeps and what a resumed one is given anew, shell completion, the manual and docs/options.md.
 * By the names that the values have in ScanOptions, and of those of a run in stored plans: such a name stays.
 */
export const SCAN = {
  ...PROBING,
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
  ...AUDIT_ONLY,
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

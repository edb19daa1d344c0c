import { file, files, flag, orNull, text, whole } from './kinds.ts';
import { eachTime, ofRun, ofTargets, raw } from './scan-declaration.ts';
import { RATE, resumed, shard, vantages } from './scan-kinds.ts';

/** What only `audit` takes: lists, shares, fleets, runs that are resumed or verified. */
export const AUDIT_ONLY = {
  perSubnetRate: ofRun({
    long: 'subnet-rate',
    kind: whole(RATE),
    help: 'probes a second to the hosts of one /24 (IPv6: /64) together',
    standard: 500,
    standardIn: ({ mode, rate }) => Math.ceil(rate * mode.subnetShare),
    standardWords: null,
    commands: ['audit'],
  }),
  lists: raw('targets', {
    long: 'list',
    kind: files,
    help: 'probe the targets in this list (- for standard input), as @FILE does; may be repeated',
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
};

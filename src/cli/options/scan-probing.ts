import { NOVICE_CHOICES } from '../../model/plan.ts';
import { DYNAMIC_PORTS, portCount } from '../../model/target.ts';
import { WIRE_NAMES, type WireName } from '../../model/wire.ts';
import { PATIENT_MS, USUAL_MS } from '../waits.ts';
import { files, flag, oneOf, orNull, specs, texts, whole } from './kinds.ts';
import { eachTime, ofRun, ofTargets, raw } from './scan-declaration.ts';
import { IN_FLIGHT, RATE, rpcRange, wait } from './scan-kinds.ts';
import { AUDIT, CHECK, usualConcurrency } from './scan-mode.ts';

const ENGINES: readonly (WireName | 'auto')[] = ['auto', ...WIRE_NAMES];

/** What is probed and how. */
export const PROBING = {
  novice: ofRun({
    long: 'novice',
    kind: oneOf(NOVICE_CHOICES, 'generation'),
    help: `Windows of the novice: ${NOVICE_CHOICES.join(', ')}`,
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
    standardIn: ({ mode, rate }) => usualConcurrency(mode, rate),
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
    help: 'do not search for the exact edges of filtered ranges',
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
    help: 'run your own probes from this module; may be repeated',
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
};

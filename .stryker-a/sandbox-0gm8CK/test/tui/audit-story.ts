import type { JudgedEvent } from '../../src/model/event.ts';
import type { Group, HostReport, Verdict } from '../../src/model/report.ts';
import type { RunControl } from '../../src/model/run-control.ts';
import { finishedRun, type Kind, observation, RUN, report } from './story.ts';

/** A made-up audit: hosts of 10.0.0.0/8 in order, what each turns out to be, and the events of a run over them. */
export const addressOf = (index: number): string =>
  `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

const KIND_OF: Readonly<Record<Verdict, Kind>> = {
  ready: 'ready',
  blocked: 'blocked',
  undetermined: 'undetermined',
  unreachable: 'unreachable',
};

/** Networks are blocked, stealthy, half empty or ready as a whole, with strays in between: what a heat map is for. */
export const verdictOf = (index: number): Verdict => {
  const block = index >> 8;
  const stray = (Math.imul(index, 2654435761) >>> 0) % 100;
  if (block % 11 === 3 && (index & 255) >= 128) return 'blocked';
  if (block % 7 === 5) return stray < 80 ? 'undetermined' : 'unreachable';
  if (stray < 3) return 'blocked';
  if (stray < 8) return 'undetermined';
  return (index & 255) > 200 || stray > 90 ? 'unreachable' : 'ready';
};

export const auditReport = (index: number): HostReport =>
  report(KIND_OF[verdictOf(index)], addressOf(index), addressOf(index));

const prefixes = (size: number): string[] =>
  Array.from({ length: Math.ceil(size / 256) }, (_, block) => block)
    .filter((block) => block % 11 === 3)
    .map((block) => `${addressOf(block * 256 + 128)}/25`);

/** Findings over a run of `size` hosts. */
export const auditGroups = (size: number): Group[] => [
  {
    id: 'rd-10.0.3.1',
    signature: 'remote-desktop icmp from 10.0.3.1',
    hosts: 128 * prefixes(size).length,
    prefixes: prefixes(size),
    text: 'TCP 3389 is rejected by the router 10.0.3.1 (ICMP admin-prohibited).',
    commands: ['nft add rule inet filter forward ip daddr 10.0.3.128/25 tcp dport 3389 accept'],
  },
  {
    id: 'dyn-10.0.3.2',
    signature: 'dynamic-rpc drop after 10.0.3.2',
    hosts: 41,
    prefixes: ['10.0.9.0/27', '10.0.9.32/29', '10.0.12.7/32'],
    commands: [],
    text: 'Dynamic RPC ports 20000-41999 are silently dropped after 10.0.3.2.',
  },
];

/** The events of one host: started, some answers, judged. */
export const hostEventsOf = (
  index: number,
  made: (index: number) => HostReport = auditReport,
): JudgedEvent[] => [
  {
    type: 'host-started',
    host: index,
    target: { kind: 'address', text: addressOf(index), address: addressOf(index), family: 4 },
    address: addressOf(index),
    names: [],
  },
  { type: 'answered', host: index, observation: observation('ready', 135) },
  { type: 'answered', host: index, observation: observation('ready', 3389) },
  { type: 'host-judged', host: index, report: made(index) },
];

export const runStarted = (hosts: number): JudgedEvent => ({ type: 'run-started', run: RUN, hosts });
export const runFinished = (interrupted = false): JudgedEvent => ({
  type: 'run-finished',
  run: finishedRun(interrupted),
});

/** Steering that remembers what it was told. `sent` is what `send` was called with. */
export const fakeSteering = (rate = 2000): RunControl & { send(questions: number): void } => {
  let isPaused = false;
  let now = rate;
  let sent = 0;
  return {
    get paused() {
      return isPaused;
    },
    get rate() {
      return now;
    },
    get sent() {
      return sent;
    },
    send: (questions) => {
      sent += questions;
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
    setRate: (perSecond) => {
      now = Math.min(100_000, perSecond);
    },
  };
};

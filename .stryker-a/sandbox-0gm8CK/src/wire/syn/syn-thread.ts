import { parentPort } from 'node:worker_threads';
import type { Reply } from '../../model/reply.ts';
import { loadLibc } from '../linux/libc.ts';
import type { LocalPorts } from './bpf-filter.ts';
import { SynRun } from './scan-loop.ts';
import { SourcePorts } from './source-ports.ts';
import {
  type NumberedProbe,
  type PackedProbes,
  packReplies,
  type ThreadEvent,
  type ThreadRequest,
  unpackProbes,
} from './thread-messages.ts';
import { SequenceKey } from './validate.ts';

// The thread of the syn engine, which does one run after the other: sends and reads while the main thread judges hosts, draws and
// keeps. See run-in-thread.ts.

const port = parentPort;
if (!port) throw new Error('this file is the thread of a sweep');
const post = (event: ThreadEvent): void => port.postMessage(event);

const libc = loadLibc();
const sequences = new SequenceKey();

/** One run, as the thread knows it. */
class ThreadRun {
  readonly stop = new AbortController();
  perSecond: number;
  isEnd = false;
  readonly #messages: PackedProbes[] = [];
  #taken = 0;
  #reportedTaken = 0;
  #replies: [number, Reply][] = [];
  #reporting: NodeJS.Immediate | null = null;
  #wake = (): void => {};

  constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  ask(probes: PackedProbes): void {
    this.#messages.push(probes);
    this.#wake();
  }

  /** Something other than probes has changed. */
  wake(): void {
    this.#wake();
  }

  async run(ports: LocalPorts): Promise<void> {
    try {
      const run = this;
      const setup = { libc: await libc, ports: new SourcePorts(ports), sequences };
      const end = await new SynRun(setup, this.#probes(), {
        signal: this.stop.signal,
        get perSecond() {
          return run.perSecond;
        },
        subscribe: (wake) => {
          this.#wake = wake;
        },
        onReplies: (batch) => {
          for (const { probe, reply } of batch) this.#replies.push([probe.id, reply]);
          this.#reportSoon();
        },
      }).run();
      this.#report();
      post({ kind: 'end', end });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      post({ kind: 'failed', name, message });
    }
    if (this.#reporting) clearImmediate(this.#reporting);
  }

  *#probes(): Generator<NumberedProbe | null> {
    for (;;) {
      const probes = this.#messages.shift();
      if (probes) {
        for (const probe of unpackProbes(probes)) {
          this.#taken++;
          yield probe;
        }
        continue;
      }
      this.#reportSoon();
      if (this.isEnd) return;
      yield null;
    }
  }

  #reportSoon(): void {
    this.#reporting ??= setImmediate(() => this.#report());
  }

  #report(): void {
    if (this.#reporting) clearImmediate(this.#reporting);
    this.#reporting = null;
    if (this.#replies.length === 0 && this.#taken === this.#reportedTaken) return;
    post({ kind: 'replies', ...packReplies(this.#replies), taken: this.#taken });
    this.#reportedTaken = this.#taken;
    this.#replies = [];
  }
}

let run: ThreadRun | null = null;

port.on('message', (request: ThreadRequest) => {
  if (request.kind === 'begin') {
    run = new ThreadRun(request.perSecond);
    void run.run(request.ports);
    return;
  }
  if (request.kind === 'ask') return run?.ask(request);
  if (!run) return;
  if (request.kind === 'pace') run.perSecond = request.perSecond;
  else if (request.kind === 'end') run.isEnd = true;
  else run.stop.abort();
  run.wake();
});

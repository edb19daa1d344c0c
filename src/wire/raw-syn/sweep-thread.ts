import { parentPort } from 'node:worker_threads';
import type { Reply } from '../../model/reply.ts';
import { loadLibc } from '../linux/libc.ts';
import type { LocalPorts } from './filter.ts';
import { PortChoice } from './local-ports.ts';
import { Sequences } from './sequence.ts';
import { Sweep } from './sweep.ts';
import {
  type NumberedProbe,
  type Order,
  type PackedProbes,
  packReplies,
  unpackProbes,
  type Word,
} from './sweep-messages.ts';

// The thread of the syn wire, which does one run after the other: sends and reads while the main thread judges hosts, draws and
// keeps. See threaded-sweep.ts.

const port = parentPort;
if (!port) throw new Error('this file is the thread of a sweep');
const say = (word: Word): void => port.postMessage(word);

const libc = loadLibc();
const sequences = new Sequences();

/** One run, as the thread knows it. */
class ThreadRun {
  readonly stop = new AbortController();
  perSecond: number;
  isEnd = false;
  readonly #messages: PackedProbes[] = [];
  #taken = 0;
  #toldTaken = 0;
  #replies: [number, Reply][] = [];
  #telling: NodeJS.Immediate | null = null;
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
      const ground = { libc: await libc, ports: new PortChoice(ports), sequences };
      const end = await new Sweep(ground, this.#probes(), {
        signal: this.stop.signal,
        get perSecond() {
          return run.perSecond;
        },
        subscribe: (wake) => {
          this.#wake = wake;
        },
        onReplies: (batch) => {
          for (const { probe, reply } of batch) this.#replies.push([probe.id, reply]);
          this.#tellSoon();
        },
      }).run();
      this.#tell();
      say({ kind: 'ended', end });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      say({ kind: 'failed', name, message });
    }
    if (this.#telling) clearImmediate(this.#telling);
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
      this.#tellSoon();
      if (this.isEnd) return;
      yield null;
    }
  }

  #tellSoon(): void {
    this.#telling ??= setImmediate(() => this.#tell());
  }

  #tell(): void {
    if (this.#telling) clearImmediate(this.#telling);
    this.#telling = null;
    if (this.#replies.length === 0 && this.#taken === this.#toldTaken) return;
    say({ kind: 'told', ...packReplies(this.#replies), taken: this.#taken });
    this.#toldTaken = this.#taken;
    this.#replies = [];
  }
}

let run: ThreadRun | null = null;

port.on('message', (order: Order) => {
  if (order.kind === 'begin') {
    run = new ThreadRun(order.perSecond);
    void run.run(order.ports);
    return;
  }
  if (order.kind === 'ask') return run?.ask(order);
  if (!run) return;
  if (order.kind === 'pace') run.perSecond = order.perSecond;
  else if (order.kind === 'end') run.isEnd = true;
  else run.stop.abort();
  run.wake();
});

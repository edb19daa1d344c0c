import { parentPort } from 'node:worker_threads';
import type { Family } from '../../model/target.ts';
import type { Patience, SweepProbe } from '../../model/wire.ts';
import { loadLibc } from '../linux/libc.ts';
import { startSweep } from './start-sweep.ts';
import { type Beginning, type Order, type Other, PROBE_NUMBERS, pack, type Word } from './sweep-messages.ts';

// The thread of one sweep, which waits until it begins: sends and reads while the main thread judges hosts, draws and keeps.
// See threaded-sweep.ts.

interface Probe extends SweepProbe {
  readonly id: number;
  /** It has been asked. */
  isTaken: boolean;
}

/** Probes that were taken are let go in pieces of so many. */
const PIECE = 1024;

const port = parentPort;
if (!port) throw new Error('this file is the thread of a sweep');
const say = (word: Word): void => port.postMessage(word);

const stop = new AbortController();
const libc = loadLibc();
const lines: Patience[] = [];
/** All that wait or were asked, and are not told. */
const known = new Map<number, Probe>();
let perSecond = 0;
let waiting: Probe[] = [];
let at = 0;
let isEnd = false;
let taken = 0;
let toldTaken = 0;
let replies: Other[] = [];
let telling: NodeJS.Immediate | null = null;

const tell = (): void => {
  telling = null;
  if (replies.length === 0 && taken === toldTaken) return;
  say({ kind: 'told', ...pack(replies), taken });
  toldTaken = taken;
  replies = [];
};

const tellSoon = (): void => {
  telling ??= setImmediate(tell);
};

const patienceOf = (line: number): Patience => {
  const patience = lines[line];
  if (!patience) throw new Error(`no patience for line ${line}`);
  return patience;
};

const take = (addresses: readonly string[], numbers: Float64Array): void => {
  for (let i = 0; i < addresses.length; i++) {
    const first = i * PROBE_NUMBERS;
    const id = numbers[first] ?? -1;
    const patience = patienceOf(numbers[first + 3] ?? -1);
    const address = addresses[i] ?? '';
    if (address === '') {
      const probe = known.get(id);
      // Its reply may be on its way already.
      if (!probe) continue;
      probe.patience = patience;
      if (probe.isTaken) waiting.push(probe);
      continue;
    }
    const family = (numbers[first + 1] ?? 4) as Family;
    const probe = { id, address, family, port: numbers[first + 2] ?? 0, patience, isTaken: false };
    known.set(id, probe);
    waiting.push(probe);
  }
};

function* probes(): Generator<Probe | null> {
  for (;;) {
    const probe = waiting[at];
    if (!probe) {
      waiting = [];
      at = 0;
      tellSoon();
      if (isEnd) return;
      yield null;
      continue;
    }
    at++;
    // The queue may never run empty, and must not keep what was taken.
    if (at >= PIECE && at * 2 > waiting.length) {
      waiting = waiting.slice(at);
      at = 0;
    }
    if (!probe.isTaken) taken++;
    probe.isTaken = true;
    if (known.has(probe.id)) yield probe;
  }
}

const run = async (beginning: Beginning): Promise<void> => {
  try {
    const end = await startSweep(await libc, probes(), {
      ...beginning,
      signal: stop.signal,
      get perSecond() {
        return perSecond;
      },
      onReplies: (batch) => {
        for (const { endpoint, reply, attempts } of batch) {
          known.delete(endpoint.id);
          replies.push([endpoint.id, reply, attempts]);
        }
        tellSoon();
      },
    });
    tell();
    say({ kind: 'ended', end });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    say({ kind: 'failed', name, message });
  } finally {
    if (telling) clearImmediate(telling);
    port.close();
  }
};

port.on('message', (order: Order) => {
  switch (order.kind) {
    case 'begin':
      perSecond = order.beginning.perSecond;
      void run(order.beginning);
      break;
    case 'ask':
      take(order.addresses, order.numbers);
      break;
    case 'patience': {
      // The same object: the sweep knows lines by it.
      lines[order.line] = Object.assign(lines[order.line] ?? {}, order.patience);
      break;
    }
    case 'pace':
      perSecond = order.perSecond;
      break;
    case 'end':
      isEnd = true;
      break;
    case 'stop':
      stop.abort();
      break;
  }
});

import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint } from '../../src/model/target.ts';
import type { WireEnd, WireProbe } from '../../src/model/wire.ts';
import { loadLibc } from '../../src/wire/linux/libc.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { SOCKET_BUFFERS, type SocketBuffers } from '../../src/wire/syn/raw-sockets.ts';
import { synWire, whyNoRaw } from '../../src/wire/syn-engine.ts';
import { askAll } from '../contract/ask.ts';
import { sweepOf } from './start-run.ts';

/** What to do in another process; times in milliseconds. */
export interface Job {
  readonly ask?: readonly (Endpoint & { readonly ttl?: number; readonly timeoutMs?: number })[];
  readonly sweep?: {
    readonly address: string;
    readonly ports: readonly [from: number, to: number];
    readonly perSecond: number;
    readonly timeoutMs: number;
    /** How often silence, or what passes, is asked again. */
    readonly retries?: number;
    readonly sizes?: Partial<SocketBuffers>;
  };
}

export interface Answers {
  readonly why: string | null;
  readonly replies: readonly Reply[];
  /** What each port said last, and how often it was asked. */
  readonly swept: readonly (readonly [port: number, reply: Reply, asked: number])[];
  readonly end: WireEnd | null;
}

// It neither closes the wire nor ends the process: that an idle wire keeps nothing alive is part of what its tests see.
const { ask = [], sweep } = JSON.parse(process.argv[2] ?? '{}') as Job;
const { signal } = new AbortController();
const why = await whyNoRaw(process.platform);
const replies: Reply[] = [];
if (why === null && ask.length > 0) {
  const wire = await synWire(process.platform, process.arch, await linuxWire(process.platform, process.arch));
  replies.push(...(await askAll(wire, ask, { timeoutMs: 3000 })));
}

const swept: [number, Reply, number][] = [];
let end: WireEnd | null = null;
if (why === null && sweep) {
  const { address, ports, sizes, perSecond, timeoutMs, retries = 0 } = sweep;
  const again: WireProbe[] = [];
  let left = ports[1] - ports[0] + 1;
  function* probes(): Generator<WireProbe | null> {
    for (let port = ports[0]; port <= ports[1]; port++) {
      yield { address, family: address.includes(':') ? 6 : 4, port, timeoutMs, attempt: 0 };
    }
    while (left > 0) yield again.shift() ?? null;
  }
  end = await sweepOf(await loadLibc(), probes(), {
    ...{ signal, perSecond, sizes: { ...SOCKET_BUFFERS, ...sizes } },
    onReplies: (batch) => {
      for (const { probe, reply } of batch) {
        const attempt = probe.attempt ?? 0;
        const isOver = reply.kind !== 'silent' && reply.kind !== 'unknown';
        if (!isOver && attempt < retries) {
          // As the scanner does it: what is unknown for a reason that passes does not count.
          again.push(reply.kind === 'unknown' ? probe : { ...probe, attempt: attempt + 1 });
        } else {
          left--;
          swept.push([probe.port, reply, attempt + 1]);
        }
      }
    },
  });
}
process.stdout.write(JSON.stringify({ why, replies, swept, end } satisfies Answers));

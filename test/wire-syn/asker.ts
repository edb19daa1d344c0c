import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint } from '../../src/model/target.ts';
import type { SweepEnd } from '../../src/model/wire.ts';
import { loadLibc } from '../../src/wire/linux/libc.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { CHANNEL_SIZES, type ChannelSizes } from '../../src/wire/raw-syn/channel.ts';
import { Sweep } from '../../src/wire/raw-syn/sweep.ts';
import { synWire, whyNoRaw } from '../../src/wire/raw-syn.ts';

/** What to do in another process; times in milliseconds. */
export interface Job {
  readonly ask?: readonly (Endpoint & { readonly ttl?: number; readonly timeoutMs?: number })[];
  readonly sweep?: {
    readonly address: string;
    readonly ports: readonly [from: number, to: number];
    readonly perSecond: number;
    readonly retries: number;
    readonly timeoutMs: number;
    readonly sizes?: Partial<ChannelSizes>;
  };
}

export interface Answers {
  readonly why: string | null;
  readonly replies: readonly Reply[];
  /** What each port said, with the attempts it took. */
  readonly swept: readonly (readonly [port: number, reply: Reply, attempts: number])[];
  readonly end: SweepEnd | null;
}

// It neither closes the wire nor ends the process: that an idle wire keeps nothing alive is part of what its tests see.
const { ask = [], sweep } = JSON.parse(process.argv[2] ?? '{}') as Job;
const { signal } = new AbortController();
const why = await whyNoRaw(process.platform);
const replies: Reply[] = [];
if (why === null && ask.length > 0) {
  const wire = await synWire(process.platform, process.arch, await linuxWire(process.platform, process.arch));
  replies.push(
    ...(await Promise.all(
      ask.map(({ ttl, timeoutMs = 3000, ...endpoint }) =>
        wire.connect(endpoint, { signal, timeoutMs, ...(ttl === undefined ? {} : { ttl }) }),
      ),
    )),
  );
}

const swept: [number, Reply, number][] = [];
let end: SweepEnd | null = null;
if (why === null && sweep) {
  const { address, ports, sizes, ...options } = sweep;
  function* probes(): Generator<Endpoint> {
    for (let port = ports[0]; port <= ports[1]; port++) {
      yield { address, family: address.includes(':') ? 6 : 4, port };
    }
  }
  end = await new Sweep(
    await loadLibc(),
    probes(),
    {
      ...options,
      signal,
      onReplies: (batch) => {
        for (const { endpoint, reply, attempts } of batch) swept.push([endpoint.port, reply, attempts]);
      },
    },
    { ...CHANNEL_SIZES, ...sizes },
  ).run();
}
process.stdout.write(JSON.stringify({ why, replies, swept, end } satisfies Answers));

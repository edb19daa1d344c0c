import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Reply } from '../../../src/model/reply.ts';
import type { Endpoint, Family } from '../../../src/model/target.ts';
import type { Echo, Resolution, Talk, Wire, WireName } from '../../../src/model/wire.ts';
import { loadPinger } from '../../../src/wire/icmp.ts';
import { linuxWire } from '../../../src/wire/linux-connect.ts';
import { nodeWire } from '../../../src/wire/node-connect.ts';
import { systemResolver } from '../../../src/wire/resolve.ts';
import { synWire } from '../../../src/wire/syn-engine.ts';
import { askAll } from '../ask.ts';

/** What to ask in another process. All of it at once. */
export interface Job {
  readonly wire: WireName;
  /** Listeners to open there first; they accept and say nothing. */
  readonly listen?: readonly Endpoint[];
  /** `holdMs`: stay on the accepted connection for so long. */
  readonly ask?: readonly {
    readonly endpoint: Endpoint;
    readonly timeoutMs: number;
    readonly holdMs?: number;
  }[];
  readonly echo?: readonly { readonly address: string; readonly family: Family }[];
  readonly resolve?: readonly string[];
}

export interface Answers {
  readonly replies: readonly Reply[];
  readonly echoes: readonly Echo[];
  readonly resolutions: readonly Resolution[];
}

const { signal } = new AbortController();

const silence = (ms: number): Talk => ({
  limits: { totalMs: 10 * ms, idleMs: ms, maxBytes: 1 },
  exchange: async (io) => void (await io.read(1)),
});

const makeWire = async (name: WireName): Promise<Wire> => {
  if (name === 'node') return nodeWire(process.platform);
  const linux = await linuxWire(process.platform, process.arch);
  return name === 'linux' ? linux : synWire(process.platform, process.arch, linux);
};

const listen = (endpoint: Endpoint) =>
  new Promise<() => void>((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => {}).resume());
    server.once('error', reject);
    server.listen({ host: endpoint.address, port: endpoint.port }, () => resolve(() => server.close()));
  });

const job = JSON.parse(await text(process.stdin)) as Job;
const closers = await Promise.all((job.listen ?? []).map(listen));
const [wire, pinger] = await Promise.all([makeWire(job.wire), loadPinger(process.platform)]);
const replies = await askAll(
  wire,
  (job.ask ?? []).map(({ endpoint, timeoutMs, holdMs }) => ({
    ...endpoint,
    timeoutMs,
    ...(holdMs ? { talk: silence(holdMs) } : {}),
  })),
  { signal },
);
const echoes = await Promise.all(
  (job.echo ?? []).map(({ address, family }) => pinger.echo(address, family, { signal, timeoutMs: 900 })),
);
const resolutions = await Promise.all(
  (job.resolve ?? []).map((name) => systemResolver().resolve(name, signal)),
);
pinger.close();
await wire.close();
for (const close of closers) close();
// No exit(): a wire or a pinger that is closed must not keep a process.
process.stdout.write(JSON.stringify({ replies, echoes, resolutions } satisfies Answers));

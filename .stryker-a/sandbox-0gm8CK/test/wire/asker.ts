import { setMaxListeners } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Family } from '../../src/model/target.ts';
import type { Echo, Resolution } from '../../src/model/wire.ts';
import { loadPinger, type PingWay } from '../../src/wire/icmp.ts';
import { systemResolver } from '../../src/wire/resolve.ts';

/** What to ask in another process: first all echoes at once, then all names at once. */
export interface Job {
  readonly echo?: readonly { readonly address: string; readonly family: Family }[];
  readonly resolve?: readonly string[];
  /** Longest wait for an echo, milliseconds; 900 when absent. */
  readonly timeoutMs?: number;
  /** Stops everything so long after it began, milliseconds. */
  readonly stopAfterMs?: number;
  /** Holds the event loop for so long from the moment that all was sent, milliseconds. */
  readonly busyMs?: number;
}

/** What came of it, and how long the look-ups took, milliseconds. */
export interface Answers {
  readonly way: PingWay;
  readonly echoes: readonly Echo[];
  readonly resolutions: readonly Resolution[];
  readonly lookUpMs: number;
}

const stopper = new AbortController();
const { signal } = stopper;
setMaxListeners(0, signal);

const {
  echo = [],
  resolve = [],
  timeoutMs = 900,
  stopAfterMs,
  busyMs,
} = JSON.parse(await text(process.stdin)) as Job;
const pinger = await loadPinger(process.platform);
if (stopAfterMs !== undefined) setTimeout(() => stopper.abort(), stopAfterMs);
const asked = echo.map(({ address, family }) => pinger.echo(address, family, { signal, timeoutMs }));
if (busyMs) {
  // What was asked is sent by promises, and read by the event loop, which gets no turn in between.
  for (let i = 0; i < 100; i++) await null;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMs);
}
const echoes = await Promise.all(asked);
pinger.close();
const resolver = systemResolver();
const begunAt = performance.now();
const resolutions = await Promise.all(resolve.map((name) => resolver.resolve(name, signal)));
const lookUpMs = performance.now() - begunAt;
// No exit(): neither a closed pinger nor a resolver without questions may keep a process.
process.stdout.write(JSON.stringify({ way: pinger.way, echoes, resolutions, lookUpMs } satisfies Answers));

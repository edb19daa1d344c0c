import { randomBytes } from 'node:crypto';
import type { Family } from '../../model/target.ts';
import type { Flow, Wire, WireProbe } from '../../model/wire.ts';
import { latencyWords } from '../../text/duration.ts';
import { messageOf } from '../../text/error-message.ts';
import { type LoopbackPeer, openLoopbackPeer } from '../../wire/loopback-peer.ts';
import { askOne, replyWords, type Step, step, talkOnce } from './step.ts';

const LOOPBACK: Readonly<Record<Family, string>> = { 4: '127.0.0.1', 6: '::1' };
/** More than one read of a wire, and less than what a kernel keeps. */
const TALK_BYTES = 100_000;
const AT_ONCE = 200;

const talk = async (wire: Wire, probe: WireProbe, name: string, signal: AbortSignal): Promise<Step> => {
  const bytes = randomBytes(TALK_BYTES);
  const { reply, read } = await talkOnce(wire, probe, bytes, signal);
  if (reply.kind !== 'accepted') return step(name, false, replyWords(reply));
  const isSame = read !== null && bytes.equals(read);
  return step(
    name,
    isSame,
    isSame ? `${TALK_BYTES} bytes there and back` : 'other bytes came back, or fewer',
  );
};

const flow = async (wire: Wire, probe: WireProbe, other: number, signal: AbortSignal): Promise<Step> => {
  const shared: Flow = { sourcePort: null };
  const ports: (number | null)[] = [];
  for (const port of [probe.port, other]) {
    await askOne(wire, { ...probe, port, flow: shared }, signal);
    ports.push(shared.sourcePort);
  }
  return step(
    'one local port',
    ports[0] === ports[1] && ports[0] !== null,
    `two probes left from ${ports.join(' and ')}`,
  );
};

/** As many listeners as probes, since no two probes under way may have the same endpoint. */
const many = async (
  wire: Wire,
  probe: WireProbe,
  ports: readonly number[],
  signal: AbortSignal,
): Promise<Step> => {
  const began = performance.now();
  const count = new Map<string, number>();
  await wire.run(
    ports.map((port) => ({ ...probe, port })),
    {
      signal,
      perSecond: 100_000,
      onReplies: (batch) => {
        for (const { reply } of batch) count.set(reply.kind, (count.get(reply.kind) ?? 0) + 1);
      },
    },
  );
  const tookMs = performance.now() - began;
  const said = [...count].map(([kind, times]) => `${times} ${kind}`).join(', ');
  return step(
    'many at once',
    count.get('accepted') === ports.length,
    `${said} after ${latencyWords(tookMs)}`,
  );
};

/** Everything that the wire can do, once, against this machine itself; nothing leaves it. */
export async function* loopbackSteps(wire: Wire, family: Family, signal: AbortSignal): AsyncGenerator<Step> {
  const address = LOOPBACK[family];
  const { minTimeoutMs, ttl, minTtl } = wire.capabilities;
  let peer: LoopbackPeer;
  try {
    peer = await openLoopbackPeer(address, AT_ONCE);
  } catch (error) {
    const why = messageOf(error);
    yield { name: `IPv${family} loopback`, state: family === 6 ? 'absent' : 'failed', said: why };
    return;
  }
  const timeoutMs = Math.max(2000, minTimeoutMs);
  const probe: WireProbe = { address, family, port: peer.open[0] ?? 0, timeoutMs };
  const asked = async (name: string, wanted: string, options: Partial<WireProbe>): Promise<Step> => {
    const reply = await askOne(wire, { ...probe, ...options }, signal);
    return step(name, reply.kind === wanted, replyWords(reply));
  };
  try {
    yield await asked(`IPv${family} connect`, 'accepted', {});
    yield await asked(`IPv${family} refusal`, 'refused', { port: peer.closed });
    yield await talk(wire, probe, `IPv${family} talk`, signal);
    if (ttl) yield await asked(`IPv${family} TTL 1`, 'accepted', { ttl: 1 });
    if (minTtl)
      yield await asked(`IPv${family} least TTL`, 'silent', {
        port: peer.closed,
        minTtl: 255,
        timeoutMs: 300,
      });
    if (family === 6) return;
    yield await flow(wire, probe, peer.closed, signal);
    yield await many(wire, probe, peer.open, signal);
  } finally {
    peer.close();
  }
}

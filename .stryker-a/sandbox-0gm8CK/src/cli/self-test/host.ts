import type { Target } from '../../model/target.ts';
import type { Pinger, Wire, WireProbe } from '../../model/wire.ts';
import type { Guard } from '../../scanner/host/resolve-target.ts';
import { systemResolver } from '../../wire/resolve.ts';
import { echoStep } from './echo.ts';
import { askOne, replyWords, type Step } from './step.ts';

/** TCP ports that are asked, one packet each. */
const PORTS = [135, 3389];
/** Hops that are looked at on the way to TCP 135, one packet each. */
const MOST_HOPS = 8;

const seen = (name: string, said: string): Step => ({ name, state: 'seen', said });

/** Where the host is, or the step that says why it must not or cannot be asked. */
const whereIs = async (target: Target, guard: Guard, signal: AbortSignal): Promise<WireProbe | Step> => {
  const name = 'name';
  const resolution =
    target.kind === 'address'
      ? ({ kind: 'resolved', addresses: [target] } as const)
      : await systemResolver().resolve(target.name, signal);
  if (resolution.kind !== 'resolved') {
    return {
      name,
      state: 'failed',
      said: resolution.kind === 'failed' ? resolution.fault.text : resolution.code,
    };
  }
  const checked = resolution.addresses.map((one) => ({ ...one, why: guard(one.address, one.family) }));
  const allowed = checked.find(({ why }) => why === null);
  if (!allowed)
    return { name, state: 'failed', said: `not asked: ${checked.map(({ why }) => why).join('; ')}` };
  return { address: allowed.address, family: allowed.family, port: 0, timeoutMs: 3000 };
};

/** What comes back from a host of the user's choice: an echo, TCP 135 and 3389, and the hops on the way. A packet each. */
export async function* hostSteps(
  wire: Wire,
  pinger: Pinger,
  { target, guard }: { readonly target: Target; readonly guard: Guard },
  signal: AbortSignal,
): AsyncGenerator<Step> {
  const where = await whereIs(target, guard, signal);
  if ('state' in where) {
    yield where;
    return;
  }
  const { ttl: canTrace, minTimeoutMs } = wire.capabilities;
  const probe: WireProbe = { ...where, timeoutMs: Math.max(where.timeoutMs, minTimeoutMs) };
  const echo = await echoStep(pinger, where.address, where.family, signal);
  yield seen('host echo', echo.said);
  for (const port of PORTS) {
    yield seen(`host TCP ${port}`, replyWords(await askOne(wire, { ...probe, port }, signal)));
  }
  if (!canTrace) {
    yield { name: 'host hops', state: 'absent', said: 'this engine cannot trace' };
    return;
  }
  for (let ttl = 1; ttl <= MOST_HOPS; ttl++) {
    const reply = await askOne(wire, { ...probe, port: 135, ttl, timeoutMs: 1000 }, signal);
    yield seen(`host hop ${ttl}`, replyWords(reply));
    if (reply.kind === 'accepted' || reply.kind === 'refused' || reply.kind === 'unknown') return;
  }
}

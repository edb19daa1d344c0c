import { describe, expect, it } from 'vitest';
import { PATIENT_LOOK } from '../../../src/scanner/retry/policy.ts';
import { fakeClock } from '../clock.ts';
import { collect, portOf } from '../collect.ts';
import { accepted, FakeWire, refused, unreachable } from '../fakes.ts';
import { FakeNetwork, windows } from '../network.ts';

const held = fakeClock();
const HOST = '192.0.2.1';

describe('silence beside controls', () => {
  it('that a control shared does not count: it is asked about once more', async () => {
    // The first control after the first look is lost.
    const wire = new FakeWire(({ port, turn }) => (port === 135 && turn !== 1 ? accepted : 'silence'));
    const { evidence } = await collect(held.clock, wire);
    expect(evidence[0]?.control).toMatchObject({ stoppedAfter: null });
    const sampled = evidence[0]?.ports.filter(({ why }) => why === 'sampled') ?? [];
    // Three probes are enough where nothing says that the host refuses.
    expect(new Set(sampled.map(({ attempts }) => attempts))).toEqual(new Set([4]));
    const calm = new FakeWire(({ port }) => (port === 135 ? accepted : 'silence'));
    const still = await collect(held.clock, calm);
    expect(portOf(still.evidence[0], 20_000)?.attempts).toBe(3);
  });

  const losing = (lost: readonly number[]) =>
    new FakeWire(({ port, turn }) => {
      if (port === 3389) return 'silence';
      if (port === 135) return lost.includes(turn) ? 'silence' : accepted;
      return refused;
    });

  it('waits longest at the look after which it stands, not in each round that a lost control adds', async () => {
    const patient = async (lost: readonly number[]): Promise<number> => {
      const wire = losing(lost);
      await collect(held.clock, wire);
      const waits = wire.sent.filter(({ port }) => port === 3389).map(({ timeoutMs }) => timeoutMs);
      return waits.filter((wait) => wait >= PATIENT_LOOK.leastMs).length;
    };
    expect(await patient([])).toBe(1);
    expect(await patient([1, 3])).toBe(1);
  });

  it('needs two more rounds for each control that was lost', async () => {
    const attempts = async (lost: readonly number[]) =>
      portOf((await collect(held.clock, losing(lost))).evidence[0], 3389)?.attempts;
    expect(await attempts([])).toBe(7);
    expect(await attempts([1])).toBe(8);
    expect(await attempts([1, 3])).toBe(11);
  });

  it('is no matter where answers have stopped: nothing more is sent', async () => {
    const host = windows({
      port: (port) => (port === 3389 ? 'drop' : port === 135 ? 'accept' : 'refuse'),
      ban: { after: 13 },
    });
    const { wire } = new FakeNetwork({ hosts: { [HOST]: host } });
    const { evidence } = await collect(held.clock, wire);
    expect(evidence[0]?.control?.stoppedAfter).toBe(wire.sent.length);
  });
});

describe('controls where nothing is silent', () => {
  it('are asked three times beside a rejection: what rejects may have shut us out', async () => {
    const wire = new FakeWire(({ port }) => (port === 135 ? accepted : unreachable(13)));
    const { evidence } = await collect(held.clock, wire);
    const { asked = 0, answered } = evidence[0]?.control ?? {};
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(answered).toBe(asked);
  });
});

describe('sampled ports that are silent', () => {
  const flowsOf = (wire: FakeWire, port: number): number =>
    new Set(wire.sent.filter((sent) => sent.port === port).map(({ sourcePort }) => sourcePort)).size;

  it('are asked over further flows where the host refuses, and on one where silence is expected', async () => {
    const refusing = new FakeWire(({ port }) =>
      port === 20_000 ? 'silence' : port === 135 ? accepted : refused,
    );
    await collect(held.clock, refusing);
    expect(flowsOf(refusing, 20_000)).toBe(4);
    const stealthy = new FakeWire(({ port }) => (port === 135 ? accepted : 'silence'));
    await collect(held.clock, stealthy);
    expect(flowsOf(stealthy, 20_000)).toBe(1);
  });
});

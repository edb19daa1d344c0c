import { describe, expect, it } from 'vitest';
import type { PlannedPort } from '../../../src/model/probe.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { RetryPlan } from '../../../src/scanner/host/host-prober.ts';
import { accepted, fault, refused, unreachable } from '../fakes.ts';
import { ABORTED, once, REQUIRED, SAMPLED, scanOf, silentFor, thrice } from './port-scans.ts';

describe('the flow of a port', () => {
  it('is one until it is changed, and tells something once the port has answered on another', async () => {
    const { scan, probeAll } = scanOf({ replies: (_, turn) => (turn === 0 ? silentFor(5) : refused) });
    const first = scan.flowOf(135);
    expect([scan.flowOf(135), first]).toEqual([first, { sourcePort: null }]);
    expect(scan.flowOf(135)).toBe(first);
    expect(scan.flowOf(3389)).not.toBe(first);
    await probeAll();
    expect(scan.hasAnsweredOnOtherFlow).toBe(false);
    scan.changeFlow(135);
    expect(scan.flowOf(135)).not.toBe(first);
    expect(scan.flowOf(135)).toEqual({ sourcePort: null });
    expect(scan.hasAnsweredOnOtherFlow).toBe(false);
    expect(await scan.probeAgain(135, 9)).toBe(true);
    expect(scan.hasAnsweredOnOtherFlow).toBe(true);
    // The silence on the flow before counts as lost.
    expect(scan.observations[0]).toMatchObject({ lost: 1 });
  });

  it('that is set begins without silences', async () => {
    const { scan, probeAll, calls } = scanOf({ replies: (_, turn) => (turn === 0 ? silentFor(5) : refused) });
    await probeAll();
    const flow = { sourcePort: 9 };
    scan.setFlow(135, flow);
    await scan.probeAgain(135, 9);
    expect(calls.at(-1)?.flow).toBe(flow);
    expect([scan.observations[0]?.lost, scan.hasAnsweredOnOtherFlow]).toEqual([0, false]);
  });
});

describe('the ports of a host', () => {
  it('are asked once each when they are due, and known in their order', async () => {
    const planned: readonly PlannedPort[] = [...SAMPLED, ...REQUIRED];
    const { scan, probeAll, calls, events } = scanOf({ ports: () => planned });
    await probeAll(thrice, ({ port }) => port === 2000);
    expect(calls.map(({ port }) => port)).toEqual([2000]);
    await probeAll();
    expect(calls.map(({ port }) => port)).toEqual([2000, 135]);
    await probeAll();
    expect(scan.observations.map(({ port, requirement, why }) => [port, requirement, why])).toEqual([
      [135, 'endpoint-mapper', 'required'],
      [2000, 'endpoint-mapper', 'sampled'],
    ]);
    expect(events.map((event) => [event.type, 'host' in event && event.host])).toEqual(
      ['asking', 'answered', 'asking', 'answered'].map((type) => [type, 7]),
    );
    expect(events[0]).toMatchObject({ ports: [{ port: 2000, requirement: 'endpoint-mapper' }] });
    expect(events[1]).toMatchObject({ observation: { port: 2000 } });
  });

  it('are asked anew for by what was found, and by the first answer', async () => {
    const more = scanOf({
      ports: (known) => (known.length === 0 ? REQUIRED : [...REQUIRED, ...SAMPLED]),
      observe: async (endpoint, dial) => {
        const seen = await dial(endpoint);
        return endpoint.port === 135 ? { ...seen, finding: { kind: 'responder', speech: 'spoke' } } : seen;
      },
      replies: (port) => (port === 135 ? accepted : silentFor(1)),
    });
    await more.probeAll();
    expect(more.scan.observations.map(({ port }) => port)).toEqual([135, 2000]);
    expect(more.scan.observations[0]?.finding).toEqual({ kind: 'responder', speech: 'spoke' });
    const silent = scanOf({
      ports: (known) => (known.length === 0 ? REQUIRED : [...REQUIRED, ...SAMPLED]),
      replies: () => silentFor(1),
    });
    await silent.probeAll();
    expect(silent.scan.observations.map(({ port }) => port)).toEqual([135]);
    const grown = async (reply: Reply) => {
      const { scan, probeAll } = scanOf({
        ports: (known) => (known.length === 0 ? REQUIRED : [...REQUIRED, ...SAMPLED]),
        replies: () => reply,
      });
      await probeAll();
      return scan.observations.length;
    };
    expect([await grown(refused), await grown(fault('no-route', 'E'))]).toEqual([2, 1]);
    const answering = scanOf({
      ports: (known) => (known.length === 0 ? REQUIRED : [...REQUIRED, ...SAMPLED]),
      replies: () => unreachable(1),
    });
    await answering.probeAll();
    expect(answering.scan.observations.map(({ port }) => port)).toEqual([135, 2000]);
  });

  it('are asked anew for by what is found later, and by no further answer', async () => {
    let looks = 0;
    const five = [2000, 2001, 2002, 2003, 2004].map((port): PlannedPort => ({ port, why: 'sampled' }));
    const plain = scanOf({
      ports: () => {
        looks++;
        return five;
      },
    });
    await plain.probeAll(once);
    expect([looks, plain.scan.observations.length]).toEqual([2, 5]);
    const late = scanOf({
      ports: (known) => [...REQUIRED, ...SAMPLED, ...(known.some((one) => 'finding' in one) ? five : [])],
      observe: async (endpoint, dial) => {
        const seen = await dial(endpoint);
        if (endpoint.port !== 2000) return seen;
        await new Promise((resolve) => setImmediate(resolve));
        return { ...seen, finding: { kind: 'responder', speech: 'spoke' } };
      },
    });
    await late.probeAll();
    expect(late.scan.observations.map(({ port }) => port)).toEqual([135, 2000, 2001, 2002, 2003, 2004]);
  });

  it('are known when the last has been answered, with all that a probe saw of each', async () => {
    const more = [{ service: 'x' }, { detail: 'y' }, { flows: { asked: 2, answered: 1 } }];
    const three = [2000, 2001, 2002].map((port): PlannedPort => ({ port, why: 'sampled' }));
    const { scan, probeAll } = scanOf({
      ports: () => three,
      observe: async (endpoint, dial) => {
        const seen = await dial(endpoint);
        if (endpoint.port === 2002) await new Promise((resolve) => setImmediate(resolve));
        return { ...seen, ...more[endpoint.port - 2000] };
      },
    });
    await probeAll();
    expect(scan.observations).toMatchObject(more);
  });

  it('are not asked once the run is stopped, and what was cut off is not recorded', async () => {
    const { scan, probeAll, calls, events, stop } = scanOf();
    stop.abort();
    await probeAll();
    expect([calls, events]).toEqual([[], []]);
    const cut = scanOf({ replies: () => ABORTED });
    await cut.probeAll();
    expect([cut.calls.length, cut.scan.observations]).toEqual([1, []]);
    expect(scan.observations).toEqual([]);
  });

  it('show that the host lives, once, by its own answers', async () => {
    const aliveBy = async (reply: Reply) => {
      const { scan, probeAll, reached } = scanOf({
        ports: () => [...REQUIRED, ...SAMPLED],
        replies: () => reply,
      });
      await probeAll();
      return [scan.isAlive, reached];
    };
    expect(await aliveBy(refused)).toEqual([true, ['alive']]);
    expect(await aliveBy(unreachable(1, '192.0.2.1'))).toEqual([true, ['alive']]);
    expect(await aliveBy(unreachable(1))).toEqual([false, []]);
    expect(await aliveBy(silentFor(1))).toEqual([false, []]);
  });

  it('give the bug of a probe to who asks', async () => {
    const bug = async () => {
      throw new TypeError('bug');
    };
    await expect(scanOf({ observe: bug }).probeAll()).rejects.toThrow('bug');
    let events = 0;
    const onEvent = () => {
      if (++events === 2) throw new TypeError('bug');
    };
    await expect(scanOf({ ports: () => SAMPLED, onEvent }).probeAll(once)).rejects.toThrow('bug');
    await expect(
      scanOf({ observe: bug, ports: () => SAMPLED, replies: () => accepted }).probeAll(once),
    ).rejects.toThrow('bug');
    await expect(
      scanOf({
        ports: () => SAMPLED,
        replies: () => {
          throw new TypeError('bug');
        },
      }).probeAll(once),
    ).rejects.toThrow('bug');
  });

  it('need nobody who follows', async () => {
    const { scan, probeAll } = scanOf({ isFollowed: false });
    await probeAll();
    expect(scan.observations).toHaveLength(1);
  });

  it('may be asked as soon as it is known how', async () => {
    const { scan, calls } = scanOf({ ports: () => SAMPLED });
    await scan.probeAll(async () => once);
    expect(calls.map(({ how }) => how)).toEqual(['ask']);
  });
});

describe('a port that is asked again', () => {
  it('keeps its attempts and silences of both', async () => {
    const { scan, probeAll, calls } = scanOf({ replies: (_, turn) => silentFor(10 * (turn + 1)) });
    await probeAll();
    expect(await scan.probeAgain(135, 99)).toBe(true);
    expect(scan.observations[0]).toMatchObject({
      reply: { kind: 'silent', waitedMs: 30, attempts: 2 },
      ...{ attempts: 2, lost: 0, why: 'required' },
    });
    expect(calls[1]).toMatchObject({ asking: { attempts: 1, earlier: 1 } });
    expect(calls[1]?.asking.waitMs?.(0)).toBe(99);
    expect(calls[1]?.flow).toBe(calls[0]?.flow);
  });

  it('is as it was where this machine could not send, which is recorded where nothing else is', async () => {
    const { scan, probeAll } = scanOf({
      replies: (_, turn) => (turn === 0 ? silentFor(1) : fault('no-route', 'E')),
    });
    await probeAll();
    expect(await scan.probeAgain(135, 9)).toBe(false);
    expect(scan.observations[0]?.reply.kind).toBe('silent');
    const first = scanOf({ replies: () => fault('no-route', 'E') });
    await first.probeAll();
    expect(first.scan.observations[0]?.reply.kind).toBe('unknown');
  });

  it('must have been asked', async () => {
    const { scan, calls } = scanOf();
    expect([await scan.probeAgain(135, 9), calls]).toEqual([false, []]);
  });
});

describe('one packet', () => {
  it.each<[string, readonly PlannedPort[], boolean, RetryPlan, string]>([
    ['a port of the sample that is asked once', SAMPLED, false, once, 'send 70'],
    ['a required one where conversations have connections of their own', REQUIRED, true, once, 'send 70'],
    ['not a required one that may be spoken to at once', REQUIRED, false, once, 'ask'],
    ['nor what is asked more often', SAMPLED, true, thrice, 'ask'],
  ])('is all for %s', async (_, ports, talksApart, asking, how) => {
    const { probeAll, calls } = scanOf({ ports: () => ports, talksApart });
    await probeAll(asking);
    expect(calls.map((one) => one.how)).toEqual([how]);
  });

  it('says how often the port was asked before, and counts what it does not wait for', async () => {
    const { scan, probeAll, calls } = scanOf({
      ports: () => SAMPLED,
      replies: (_, turn) => (turn === 0 ? silentFor(8) : refused),
    });
    await probeAll(once);
    expect(calls[0]).toMatchObject({ asking: { earlier: 0 } });
    expect(calls[0]?.flow).toBe(scan.flowOf(2000));
    expect(scan.observations[0]).toEqual({
      ...{ port: 2000, requirement: 'endpoint-mapper', why: 'sampled', attempts: 1, lost: 1 },
      reply: { kind: 'silent', waitedMs: 8, attempts: 1 },
    });
    const observe = async () => {
      throw new TypeError('nothing to say to a port that does not accept');
    };
    const answered = scanOf({ ports: () => SAMPLED, observe });
    await answered.probeAll(once);
    expect(answered.scan.observations[0]).toMatchObject({ reply: refused, lost: 0 });
    const later = scanOf({ ports: () => SAMPLED });
    await later.probeAll({ ...once, earlier: 4 });
    expect(later.calls[0]).toMatchObject({ asking: { earlier: 4 } });
  });
});

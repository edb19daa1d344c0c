import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import { accepted, refused, unreachable } from '../fakes.ts';
import { confirm, listener, type Network, observed, sample, silence } from './flow-network.ts';

describe('ports that are probed over further flows', () => {
  it('are the required ones over eight, unless they were rejected', async () => {
    const both = await confirm([listener, observed(3389, refused)]);
    expect([both.flowsOf(135), both.flowsOf(3389)]).toEqual([
      { asked: 8, answered: 8 },
      { asked: 8, answered: 8 },
    ]);
    expect(both.of(135)?.attempts).toBe(8);
    expect(both.did).toEqual([
      ['amend', 135],
      ['amend', 3389],
    ]);
    const rejected = await confirm([listener, observed(3389, unreachable(13))]);
    expect([rejected.flowsTo(3389), rejected.amended]).toEqual([0, [135]]);
    const silent = await confirm([listener, observed(3389, silence)], { passes: (port) => port === 135 });
    expect([silent.flowsTo(3389), silent.amended]).toEqual([8, [135]]);
  });

  it('are silent ones of the sample, eight at most over four, where silence is not expected', async () => {
    const silent = { passes: (port: number) => port === 135 };
    const flows = async (observations: readonly PortObservation[]) => {
      const { flowsTo } = await confirm(observations, silent);
      return observations.map(({ port }) => flowsTo(port));
    };
    expect(await flows([listener, ...sample('srs')])).toEqual([8, 0, 0, 0]);
    expect(await flows([listener, ...sample('srsr')])).toEqual([8, 4, 0, 4, 0]);
    const many = await flows([listener, ...sample('srsssssssssssssr')]);
    expect(many.filter((count) => count === 4)).toHaveLength(8);
    // A required one has eight, and no more.
    const required = [
      listener,
      ...sample('rr').map((one, at) => ({ ...one, port: 2000 + 2000 * at })),
      observed(3389, silence),
    ];
    expect(await flows(required)).toEqual([8, 0, 0, 8]);
    const keyed = observed(9000, accepted, { finding: { kind: 'responder', speech: 'spoke' } });
    expect(await flows([keyed, ...sample('ss')])).toEqual([0, 4, 4]);
  });
});

describe('a port that answers on some flows only', () => {
  const thirdSilent: Network = { passes: (port, flow) => port !== 3389 || flow !== 3 };
  const both = [listener, observed(3389, refused)];

  it('is no control, and its silent flows stand while controls hold', async () => {
    const { did, flowsOf, packets } = await confirm(both, thirdSilent);
    expect(did.slice(0, 2)).toEqual([['leaveOut', 3389], ['check']]);
    expect([flowsOf(3389), flowsOf(135), packets]).toEqual([
      { asked: 8, answered: 7 },
      { asked: 8, answered: 8 },
      0,
    ]);
    const alone = await confirm(both, { ...thirdSilent, isPossible: false, check: 'stopped' });
    expect([alone.did[1], alone.flowsOf(3389)]).toEqual([['amend', 135], { asked: 8, answered: 7 }]);
  });

  it.each(['void', 'stopped'] as const)('is as it was where controls are %s', async (check) => {
    const { amended, flowsOf } = await confirm(both, { ...thirdSilent, check });
    expect([amended, flowsOf(3389)]).toEqual([[135], undefined]);
  });

  it('is probed once more beside flows that answer, where anything was lost', async () => {
    for (const loss of [{ own: 0.01 }, { path: 0.01 }]) {
      const { packets, flowsOf } = await confirm(both, { ...thirdSilent, loss });
      expect([packets > 0, flowsOf(3389)]).toEqual([true, { asked: 8, answered: 7 }]);
    }
    // A flow that was late shows loss, too.
    const late = await confirm(both, {
      passes: (port, flow, turn) => port !== 3389 || (flow !== 3 && (flow !== 4 || turn > 0)),
      single: (port) => port !== 3389,
    });
    expect([late.packets > 0, late.flowsOf(3389)]).toEqual([true, { asked: 8, answered: 7 }]);
  });

  it('is not where a limit slowed its subnet down: then nothing is said', async () => {
    const { packets, amended } = await confirm(both, {
      ...thirdSilent,
      loss: { path: 0.01 },
      isSlowed: true,
    });
    expect([packets, amended]).toEqual([0, [135]]);
  });

  it('is not confirmed where all its flows are silent', async () => {
    const { packets, did } = await confirm([listener, observed(3389, silence, { attempts: 7 })], {
      passes: (port) => port === 135,
      loss: { path: 0.01 },
    });
    expect([packets, did]).toEqual([0, [['amend', 135]]]);
  });

  it('but not on the first is spoken to over one that passes', async () => {
    const { did, of } = await confirm([listener, observed(3389, silence, { attempts: 7 })], {
      passes: (port, flow) => port === 135 || flow > 0,
    });
    expect(did).toContainEqual(['setFlow', 3389, 1]);
    expect(did).toContainEqual(['again', 3389, 71]);
    expect(of(3389)).toMatchObject({
      reply: { kind: 'accepted' },
      attempts: 8 + 7,
      flows: { asked: 8, answered: 7 },
    });
  });

  it('is placed by traces of two such flows, where filters are located', async () => {
    const located: Network = {
      ...thirdSilent,
      // Flows 2 and 3 take another second router.
      passes: (port, flow) => port !== 3389 || flow !== 3,
      routerOf: (flow, ttl) => (ttl === 2 && flow === 3 ? '10.0.2.9' : `10.0.${ttl}.1`),
    };
    const { hops, flowsOf } = await confirm(both, { ...located, locate: true });
    // One silent flow is too few to name a router.
    expect(flowsOf(3389)).toEqual({ asked: 8, answered: 7 });
    expect(new Set(hops?.map(({ address }) => address))).toEqual(
      new Set(['10.0.1.1', '10.0.2.1', '10.0.2.9', null]),
    );
    const two = await confirm(both, {
      passes: (port, flow) => port !== 3389 || (flow !== 3 && flow !== 4),
      routerOf: (flow, ttl) => (ttl === 2 && (flow === 3 || flow === 4) ? '10.0.2.9' : `10.0.${ttl}.1`),
      locate: true,
    });
    expect(two.flowsOf(3389)).toEqual({ asked: 8, answered: 6, over: '10.0.2.9' });
    expect((await confirm(both, located)).hops).toEqual([]);
    expect((await confirm(both, { locate: true })).hops).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../../../src/model/fault.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Family, Target } from '../../../src/model/target.ts';
import type { Resolution } from '../../../src/model/wire.ts';
import { chooseAddress, type Guard, resolveTarget } from '../../../src/scanner/host/resolve-target.ts';
import { fakeClock } from '../clock.ts';
import { accepted, address, exceeded, fault, plan, refused } from '../fakes.ts';

const held = fakeClock();
const NAME: Target = { kind: 'name', text: 'PC1', name: 'pc1' };
const at = (text: string, family: Family = 4) => ({ address: text, family });
const found = (...addresses: readonly { address: string; family: Family }[]): Resolution => ({
  kind: 'resolved',
  addresses,
});
const failed = (kind: FaultKind): Resolution => ({ kind: 'failed', fault: { kind, code: 'X', text: 'x' } });

/** Looks a target up; `answers` are those of the resolver, the last one again and again. */
const resolve = async (
  target: Target,
  answers: readonly Resolution[],
  { guard = () => null, families = { v4: true, v6: true } }: { guard?: Guard; families?: object } = {},
  stop = new AbortController(),
) => {
  const asked: number[] = [];
  const resolver = {
    resolve: async (name: string, signal: AbortSignal) => {
      expect([name, signal]).toEqual(['pc1', stop.signal]);
      asked.push(held.clock.now);
      return answers[Math.min(asked.length, answers.length) - 1] ?? failed('other');
    },
  };
  const how = plan({ families: { v4: true, v6: true, ...families } });
  const work = resolveTarget(target, how, { resolver, guard, signal: stop.signal });
  return { resolution: await held.clock.run(work), asked };
};

describe('a look-up', () => {
  it('that meets a shortage of this machine is repeated, each time later', async () => {
    const { resolution, asked } = await resolve(NAME, [
      failed('descriptors'),
      failed('descriptors'),
      found(at('192.0.2.1')),
    ]);
    expect(asked).toEqual([0, 100, 300]);
    expect(resolution).toEqual(found(at('192.0.2.1')));
  });

  it('fails when the shortage lasts for ten', async () => {
    const { resolution, asked } = await resolve(NAME, [failed('descriptors')]);
    expect(asked).toHaveLength(10);
    expect(asked.at(-1)).toBe(4500);
    expect(resolution).toEqual(failed('descriptors'));
  });

  it('that failed for good is not repeated', async () => {
    const { resolution, asked } = await resolve(NAME, [failed('no-route'), found(at('192.0.2.1'))]);
    expect(asked).toEqual([0]);
    expect(resolution).toEqual(failed('no-route'));
  });

  it('gives the addresses of the families in the plan', async () => {
    const both = [found(at('192.0.2.1'), at('2001:db8::1', 6))];
    const only = async (v4: boolean, v6: boolean) =>
      (await resolve(NAME, both, { families: { v4, v6 } })).resolution;
    expect(await only(true, true)).toEqual(both[0]);
    expect(await only(true, false)).toEqual(found(at('192.0.2.1')));
    expect(await only(false, true)).toEqual(found(at('2001:db8::1', 6)));
    expect(await only(false, false)).toEqual({ kind: 'not-found', code: 'ENODATA' });
  });

  it('gives the first eight of those that may be probed', async () => {
    const many = Array.from({ length: 12 }, (_, i) => at(`192.0.2.${i}`));
    const { resolution } = await resolve(NAME, [found(...many)], {
      guard: (one) => (one === '192.0.2.3' ? 'is excluded' : null),
    });
    expect(resolution).toEqual(found(...many.filter((_, i) => i !== 3).slice(0, 8)));
  });

  it('says once why none may be probed, with the addresses', async () => {
    const addresses = [at('192.0.2.1'), at('2001:db8::1', 6), at('224.0.0.1')];
    const { resolution } = await resolve(NAME, [found(...addresses)], {
      guard: (one, family) =>
        one.startsWith('224') ? 'is what is multicast' : `is out of scope${family === 6 ? ' too' : ''}`,
    });
    const text = 'out of scope (192.0.2.1); out of scope too (2001:db8::1); what is multicast (224.0.0.1)';
    expect(resolution).toEqual({
      kind: 'failed',
      fault: { kind: 'blocked-locally', code: 'FORBIDDEN', text },
    });
    const same = await resolve(NAME, [found(at('192.0.2.1'), at('192.0.2.2'))], {
      guard: () => 'that is wrong',
    });
    expect(same.resolution).toMatchObject({ fault: { text: 'that is wrong (192.0.2.1, 192.0.2.2)' } });
  });

  it('of an address asks the guard and nobody else', async () => {
    const ok = await resolve(address('192.0.2.1'), []);
    expect(ok.resolution).toEqual(found(at('192.0.2.1')));
    const denied = await resolve(address('192.0.2.1'), [], {
      guard: (one, family) => `is ${one} of IPv${family}`,
    });
    expect(denied.resolution).toMatchObject({
      kind: 'failed',
      fault: { code: 'FORBIDDEN', text: '192.0.2.1 of IPv4 (192.0.2.1)' },
    });
    expect([...ok.asked, ...denied.asked]).toEqual([]);
  });
});

describe('the address of a host', () => {
  const silent: Reply = { kind: 'silent', waitedMs: 1, attempts: 1 };
  /** Which of the addresses 1, 2, ... that answer so is probed. */
  const choose = async (target: Target, replies: readonly Reply[]) => {
    const addresses = replies.map((_, i) => at(`192.0.2.${i + 1}`));
    let asked = 0;
    const chosen = await chooseAddress(target, found(...addresses), async (one) => {
      expect(one).toEqual(addresses[asked]);
      return replies[asked++] ?? silent;
    });
    return { chosen, asked };
  };

  it('is the only one, without a probe', async () => {
    const { chosen, asked } = await choose(NAME, [silent]);
    const resolution = found(at('192.0.2.1'));
    expect(chosen).toEqual({ ...at('192.0.2.1'), resolution, otherAddresses: [] });
    expect(asked).toBe(0);
  });

  it('says nothing of a resolution where none was needed', async () => {
    const { chosen } = await choose(address('192.0.2.1'), [silent]);
    expect(chosen).toEqual({ ...at('192.0.2.1'), resolution: null, otherAddresses: [] });
  });

  it.each([NAME, address('192.0.2.1')])('is none where none may be probed: %j', async (target) => {
    const resolution = failed('blocked-locally');
    const chosen = await chooseAddress(target, resolution, async () => refused);
    expect(chosen).toEqual({ address: null, family: null, resolution, otherAddresses: [] });
  });

  it.each([
    [accepted, refused],
    [refused, exceeded('192.0.2.254')],
    [exceeded('192.0.2.254'), silent],
    [silent, fault('no-route', 'X')],
  ])('is the one that serves best: %j before %j', async (better, worse) => {
    const { chosen } = await choose(NAME, [worse, better, better, worse]);
    expect(chosen).toMatchObject({ ...at('192.0.2.2'), resolution: { kind: 'resolved' } });
    expect(chosen.otherAddresses).toEqual([
      { ...at('192.0.2.1'), reply: worse },
      { ...at('192.0.2.3'), reply: better },
      { ...at('192.0.2.4'), reply: worse },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { mayBeRaised, Tally } from '../../src/verdict/tally.ts';
import { enough, FILTER, host, met } from './blocks.ts';
import { HOPS, range, STEALTH, tallied } from './networks.ts';
import { type Sketch, type Stop, sketch } from './reports.ts';

describe('a tally', () => {
  it('counts each host once, whatever its number', () => {
    const tally = new Tally();
    const numbers = [0, 1, 255, 256, 257, 511, 512, 65_536];
    for (const number of [...numbers, ...numbers]) tally.add(number, host(1, {}));
    expect(tally.summary).toMatchObject({ hosts: numbers.length, ready: numbers.length });
  });

  it('counts those that neighbours raise by what they were called', () => {
    const filtered = enough((low) => met(low, FILTER));
    const tally = tallied([
      ...filtered,
      host(20, STEALTH),
      host(21, { ...STEALTH, rule: 'clear-so-far' }),
      host(22, { ...STEALTH, rule: 'clear-so-far' }),
    ]);
    expect(tally.raised).toBe(3);
    expect(tally.summary).toEqual({
      hosts: 11,
      ready: 0,
      blocked: 11,
      undetermined: 0,
      clearSoFar: 0,
      unreachable: 0,
    });
    const raised = tally.raise(host(20, STEALTH));
    expect(raised).toMatchObject({ verdict: 'blocked', confidence: 'likely' });
    expect(raised.remedies[0]).toMatchObject({
      id: 'open-network-filter',
      where: 'network',
      text: expect.stringMatching(
        /^Allow TCP 49152-65535 from the experts' network to 10\.1\.2\.20, and return/,
      ),
    });
  });

  it('leaves a host of another block, or without an address, as it is', () => {
    const tally = tallied(enough((low) => met(low, FILTER)));
    const far = sketch({ address: '10.1.3.20', ...STEALTH });
    expect(tally.raise(far)).toBe(far);
    const nameless = sketch({ address: null, ...STEALTH });
    expect(tally.raise(nameless)).toBe(nameless);
    expect(tallied([nameless]).summary).toMatchObject({ hosts: 1, undetermined: 1 });
  });

  it('may raise what is silent, unless it is blocked by something else', () => {
    expect(mayBeRaised(host(1, STEALTH))).toBe(true);
    expect(mayBeRaised(host(1, {}))).toBe(false);
    expect(mayBeRaised(met(1, FILTER))).toBe(false);
    expect(mayBeRaised(host(1, { ...STEALTH, mapper: ['fail', 'mapper-refused', 'proven'] }))).toBe(false);
  });

  it('blocks a host by its neighbours, and keeps nothing to do there', () => {
    const remedy = (where: 'novice' | 'expert') =>
      ({ id: 'ask-slower', title: 'x', where, text: 'x', commands: [] }) as const;
    const silent = { ...host(20, STEALTH), remedies: [remedy('novice'), remedy('expert')] };
    const tally = tallied([...enough((low) => met(low, FILTER)), silent]);
    const ids = tally.raise(silent).remedies.map(({ id, where }) => `${id} ${where}`);
    expect(ids).toEqual(['open-network-filter network', 'ask-slower expert']);
    const blocked = host(21, { ...STEALTH, mapper: ['fail', 'mapper-refused', 'proven'] });
    expect(tally.raise(blocked)).toBe(blocked);
  });

  it('names the hop behind a filter though most hosts show none', () => {
    const hops = ['10.0.0.1', '10.0.3.1'];
    const hosts = enough((low) => host(low, { stops: [FILTER], hops: low === 1 ? HOPS : hops }));
    expect(tallied(hosts).groups()[0]?.text).toContain('Between 10.0.3.1 and 10.0.3.2,');
  });

  it('names the one host of a group by its address', () => {
    const [group] = tallied([met(7, FILTER)]).groups();
    expect(group?.prefixes).toEqual(['10.1.2.7/32']);
    expect(group?.text).toContain('silently dropped for 10.1.2.7.');
  });

  it('blocks a host by two filters, with a rule for each', () => {
    const states = { mapper: STEALTH.mapper, desktop: ['undetermined', 'desktop-stealth', 'weak'] } as const;
    const silent = host(20, { ...STEALTH, ...states } as Sketch);
    const far: Stop = { ...FILTER, what: ['remote-desktop'], after: '10.0.9.1' };
    const near = enough((low) => host(low, { stops: [FILTER], desktop: states.desktop }));
    const others = range(9, 16).map((low) => host(low, { stops: [far], dynamic: STEALTH.dynamic as never }));
    const remark = { rule: 'not-visible', text: 'A remark.', ports: [] };
    const one = { ...silent, because: [...silent.because, remark] };
    const raised = tallied([...near, ...others, one]).raise(one);
    expect(raised.because.map(({ rule }) => rule)).toEqual(['group-raised', 'mapper-answers', 'not-visible']);
    expect(raised.because[0]?.text).toMatch(/fits that filter\. 8 hosts in/);
    expect(raised.because[0]?.ports).toEqual([3389, 50_000]);
    expect(raised.remedies.map(({ id }) => id)).toEqual(['open-network-filter', 'open-network-filter-2']);
    expect(raised.byGeneration).toEqual(one.byGeneration);
    expect(raised.requirements.map(({ state }) => state)).toEqual(['pass', 'fail', 'fail']);
    const both: Stop = { ...FILTER, what: ['remote-desktop', 'dynamic-rpc'] };
    const together = tallied([...enough((low) => met(low, both)), one]).raise(one);
    expect(together.remedies[0]?.text).toContain('Allow TCP 3389, 49152-65535 from');
  });

  it('names the hop that answered behind a filter most often; of equals the first', () => {
    const behind = (hops: readonly string[]) =>
      tallied(
        hops.map((hop, i) => host(i + 1, { stops: [FILTER], hops: ['10.0.0.1', '10.0.3.1', hop] })),
      ).groups()[0]?.text;
    const [a, b] = ['10.0.3.5', '10.0.3.4'];
    expect(behind([a, b, b, a, b, b, b, b, a])).toContain(`Between 10.0.3.1 and ${b},`);
    expect(behind([b, a, a, a, a, a, a, a, b])).toContain(`Between 10.0.3.1 and ${a},`);
    expect(behind([a, b, a, b, a, b, a, b])).toContain(`Between 10.0.3.1 and ${b},`);
    expect(behind([b, a, b, a, b, a, b, a])).toContain(`Between 10.0.3.1 and ${b},`);
  });
});

import { describe, expect, it } from 'vitest';
import { CLEAR_SO_FAR, type HostReport } from '../../src/model/report.ts';
import { mayBeRaised } from '../../src/verdict/tally.ts';
import { randomOf } from '../simulation/random.ts';
import { OPEN, reportOn } from '../simulation/witness-world.ts';
import { HOPS, range, STEALTH, tallied } from './networks.ts';
import { SILENT, type Sketch, type Stop, scanned, sketch } from './reports.ts';

describe('hosts raised by their neighbours', () => {
  const filter: Stop = { what: ['dynamic-rpc'], how: 'drop', after: '10.0.3.1' };
  const blocked = (low: number, more: Sketch = {}): HostReport =>
    sketch({ address: `10.1.2.${low}`, stops: [filter], hops: HOPS, ...more });
  const silent = (low: number, more: Sketch = {}): HostReport =>
    sketch({ address: `10.1.2.${low}`, ...STEALTH, ...more });
  const eight = range(1, 8).map((low) => blocked(low));

  it('are likely blocked, and counted so', () => {
    const one = silent(20);
    const tally = tallied([...eight, one, silent(21)]);
    const raised = tally.raise(one);
    expect(raised).toMatchObject({ verdict: 'blocked', confidence: 'likely' });
    expect(raised.because[0]).toEqual({
      rule: 'group-raised',
      text: '8 hosts in 10.1.2.0/24 prove a filter after 10.0.3.1 that stops dynamic RPC ports, and no host there gets past it. The silence of this host alone proves nothing, but it fits that filter.',
      ports: [50_000],
    });
    expect(raised.because.map(({ rule }) => rule)).not.toContain('dynamic-silent');
    expect(raised.remedies).toMatchObject([
      {
        id: 'open-network-filter',
        title: 'Open the filter after 10.0.3.1',
        commands: expect.arrayContaining(['permit tcp EXPERT host 10.1.2.20 range 49152 65535']),
      },
    ]);
    expect(raised.requirements.at(-1)).toMatchObject({
      state: 'fail',
      confidence: 'likely',
      rule: 'group-raised',
    });
    expect(tally.summary).toEqual({
      hosts: 10,
      ready: 0,
      blocked: 10,
      undetermined: 0,
      clearSoFar: 0,
      unreachable: 0,
    });
    expect(tally.groups()).toMatchObject([
      {
        hosts: 10,
        prefixes: ['10.1.2.0/27'],
        commands: expect.arrayContaining(['permit tcp EXPERT 10.1.2.0 0.0.0.31 range 49152 65535']),
        text: 'Between 10.0.3.1 and 10.0.3.2, dynamic RPC ports are silently dropped for 8 of 10 hosts in 10.1.2.0/27, and likely for 2 more whose silence alone proves nothing.',
      },
    ]);
    expect(tally.raised).toBe(2);
    expect(tally.raise(raised)).toBe(raised);
    expect(tally.raise(eight[0] as HostReport)).toBe(eight[0]);
  });

  it('are not by a filter outside of the range that their own Windows uses', () => {
    const old = { at: 'first', ports: { from: 1025, to: 5000 }, for: 'subnet' } as const;
    const machine = (low: number, kind: 'server' | 'stealthy') =>
      ({ address: `10.1.2.${low}`, kind, half: 0, own: null }) as const;
    const picture = { ...OPEN, filter: old };
    const filtered = range(1, 8).map((low) => reportOn(picture, machine(low, 'server'), randomOf(low)));
    expect(filtered.map(({ verdict }) => verdict)).toEqual(Array(8).fill('blocked'));
    // Its listed ports say that it is Vista or later; it was not traced, so its silence below 5001 is not located.
    const one = reportOn(picture, machine(20, 'stealthy'), randomOf(20), false);
    expect(one.novice.generation).toBe('vista-or-later');
    expect(tallied([...filtered, one]).raise(one).verdict).not.toBe('blocked');
  });

  it('are not called clear so far any more, nor told to change themselves', () => {
    const because = [{ rule: CLEAR_SO_FAR, text: 'Nothing speaks against it.', ports: [] }];
    const where = 'novice' as const;
    const advice = { id: 'test-dynamic-port', title: 'Test', where, text: 'x', commands: [] };
    const plain = silent(20);
    const one = { ...plain, because: [...because, ...plain.because], remedies: [advice] };
    const raised = tallied([...eight, one]).raise(one);
    expect(raised.because.map(({ rule }) => rule)).not.toContain(CLEAR_SO_FAR);
    expect(raised.remedies.map(({ id }) => id)).toEqual(['open-network-filter']);
  });

  it.each<[string, HostReport[], HostReport]>([
    ['with seven witnesses', eight.slice(1), silent(20)],
    ['from another /24', eight, sketch({ address: '10.1.3.20', ...STEALTH })],
    ['where somebody passes', [...eight, sketch({ address: '10.1.2.9' })], silent(20)],
    [
      'by what is not proven',
      range(1, 8).map((low) => blocked(low, { dynamic: ['fail', 'dynamic-selective', 'proven'] })),
      silent(20),
    ],
    [
      'by resets, which are not rationed',
      range(1, 8).map((low) => blocked(low, { stops: [{ ...filter, how: 'reset' }] })),
      silent(20),
    ],
    [
      'when two places are proven',
      [...eight, ...range(9, 16).map((low) => blocked(low, { stops: [{ ...filter, after: '10.0.9.9' }] }))],
      silent(20),
    ],
    [
      'by a filter that stops more than is in doubt',
      range(1, 8).map((low) =>
        blocked(low, { stops: [{ ...filter, what: ['endpoint-mapper', 'dynamic-rpc'] }] }),
      ),
      silent(20),
    ],
    ['when it was cut short', eight, silent(20, { rule: 'interrupted' })],
    [
      'for other doubts',
      eight,
      silent(20, { dynamic: ['undetermined', 'dynamic-accepts-everything', 'weak'] }),
    ],
    ['when nothing of it answered', eight, silent(20, { verdict: 'unreachable' })],
  ])('never %s', (_, others, one) => {
    const tally = tallied([...others, one]);
    expect(tally.raise(one)).toBe(one);
    expect(tally.summary.undetermined).toBe(one.verdict === 'undetermined' ? 1 : 0);
  });

  const served = (low: number, port = 49_664): HostReport => {
    const one = sketch({ address: `10.1.2.${low}`, dynamic: ['pass', 'dynamic-listed-answer'] });
    const because = one.because.map((had) =>
      had.rule === 'dynamic-listed-answer' ? { ...had, ports: [port] } : had,
    );
    return { ...one, because };
  };

  it('may have been ready by a few servers: nobody stays so beside a proven filter of the rest', () => {
    const one = served(20);
    const tally = tallied([...eight, one, silent(21)]);
    expect(one.verdict).toBe('ready');
    expect(mayBeRaised(one)).toBe(true);
    expect(tally.raise(one)).toMatchObject({ verdict: 'blocked', confidence: 'likely' });
    expect(tally.raise(silent(21)).verdict).toBe('blocked');
    expect(tally.summary).toEqual({
      hosts: 10,
      ready: 0,
      blocked: 10,
      undetermined: 0,
      clearSoFar: 0,
      unreachable: 0,
    });
    expect(tally.raised).toBe(2);
  });

  it('are none where a server answers in the very range that the filter is known to drop', () => {
    const ranges = [{ from: 50_000, to: 57_000, state: 'filtered', exact: true }] as const;
    const exact = range(1, 8).map((low) => blocked(low, { ranges }));
    expect(tallied([...exact, served(20, 50_001)]).raise(served(20, 50_001)).verdict).toBe('ready');
    expect(tallied([...exact, served(20)]).raise(served(20)).verdict).toBe('blocked');
  });

  it('agree with the verdict on the generation that is known, and on both names of one address', () => {
    const base = silent(20);
    const one: HostReport = { ...base, novice: { generation: 'vista-or-later', evidence: [] } };
    const tally = tallied([...eight, one, { ...one, target: 'pc20' }]);
    expect(tally.raise(one).byGeneration).toEqual({ 'xp-2003': 'undetermined', 'vista-or-later': 'blocked' });
    expect(tally.summary).toMatchObject({ hosts: 10, blocked: 10, undetermined: 0 });
  });

  it('follow the filter that stops more, where two are proven at one place', () => {
    const what = ['remote-desktop', 'dynamic-rpc'] as const;
    const more = range(9, 16).map((low) => blocked(low, { stops: [{ ...filter, what }] }));
    const narrow = eight.map((one) => ({
      ...one,
      requirements: one.requirements.map((had) =>
        had.name === 'remote-desktop' ? { ...had, state: 'not-needed' as const } : had,
      ),
    }));
    const one = silent(20, { desktop: ['undetermined', 'desktop-stealth', 'weak'] });
    const tally = tallied([...narrow, ...more, one]);
    expect(tally.raise(one).because[0]?.text).toMatch(
      /^8 hosts in 10\.1\.2\.0\/24 prove a filter after 10\.0\.3\.1 that stops TCP 3389 and dynamic RPC ports, [^8]*$/,
    );
    expect(tally.raise(one).requirements.map(({ rule }) => rule)).toEqual([
      'mapper-answers',
      'group-raised',
      'group-raised',
    ]);
    // All of them meet the one filter: what the first eight do not need speaks for nothing else.
    expect(tally.groups().map(({ hosts }) => hosts)).toEqual([17]);
  });

  it('count once where another name of the same address is blocked by its own evidence', () => {
    const again = { ...silent(1), target: 'pc1' };
    const [group] = tallied([...eight, again]).groups();
    expect(group?.hosts).toBe(8);
    expect(group?.text).toMatch(/for 8 of 8 hosts in 10\.1\.2\.0\/28\.$/);
  });

  it('come out of real evidence', () => {
    const traced = range(1, 8).map((low) =>
      scanned({ address: `10.1.2.${low}`, dynamic: SILENT, route: HOPS, traced: { 50000: 2, 60000: 2 } }),
    );
    const untraced = scanned({ address: '10.1.2.99', dynamic: SILENT });
    expect([traced[0]?.verdict, untraced.verdict]).toEqual(['blocked', 'undetermined']);
    expect(tallied([...traced, untraced]).raise(untraced).verdict).toBe('blocked');
  });

  it('are only those whose own silence is all that is known', () => {
    expect(mayBeRaised(silent(20))).toBe(true);
    expect(mayBeRaised(blocked(1))).toBe(false);
    const known = tallied([...eight, silent(20)]).raise(silent(20));
    expect(mayBeRaised(known)).toBe(false);
    expect(tallied(eight).raised).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { mayBeRaised } from '../../src/verdict/tally.ts';
import { tallied } from './networks.ts';
import { DROPS, machine, NOVICE, PRINTER, reported, rules, SERVER, settled } from './witness-reports.ts';

describe('witnesses that were named', () => {
  it('and are filtered alike make the novice blocked, likely', () => {
    const report = settled([reported(SERVER, { filter: DROPS }), reported(PRINTER, { filter: DROPS })]);
    expect(report).toMatchObject({
      verdict: 'blocked',
      confidence: 'likely',
      witness: { says: 'filtered', machines: ['10.1.2.20', '10.1.2.21'] },
    });
    expect(report.because[0]?.text).toBe(
      'Other machines of its subnet, 10.1.2.20 and 10.1.2.21, answer elsewhere and are silent on the same ports of 49152-65535, so the network most likely drops them for the whole subnet. The silence of this host alone proves nothing, but it fits.',
    );
    expect(report.remedies[0]).toMatchObject({
      id: 'open-network-filter',
      commands: expect.arrayContaining(['permit tcp EXPERT host 10.1.2.10 range 49152 65535']),
    });
    expect(report.remedies.map(({ where }) => where)).not.toContain('novice');
  });

  it('do not when they are filtered differently', () => {
    const some = { ...DROPS, ports: { from: 50_000, to: 55_000 } };
    const report = settled([reported(SERVER, { filter: DROPS }), reported(PRINTER, { filter: some })]);
    expect(report.witness?.says).toBe('none');
  });

  it('nor when the filter sits where packets to the novice pass', () => {
    const early = { ...DROPS, at: 'first' } as const;
    const report = settled([reported(SERVER, { filter: early }), reported(PRINTER, { filter: early })]);
    expect(report).toMatchObject({ verdict: 'undetermined', witness: { says: 'none' } });
  });

  it('say nothing when they disagree, and the report says so', () => {
    const report = settled([reported(SERVER, { filter: DROPS }), reported(PRINTER)]);
    expect(report).toMatchObject({
      verdict: 'undetermined',
      witness: { says: 'disagree', machines: ['10.1.2.21', '10.1.2.20'] },
    });
    expect(report.because.at(-1)).toMatchObject({
      rule: 'witness-disagree',
      text: 'Machines of its subnet disagree about 49152-65535: 10.1.2.21 answers on all of it, and for 10.1.2.20 some of it is filtered. So they prove nothing about this host.',
    });
    // Nor do other hosts of the run settle then what those whom somebody chose could not.
    const others = [30, 31].map((low) => reported(machine(low, 'server')));
    expect(tallied([report, ...others]).raise(report)).toBe(report);
  });
});

describe('witnesses that an audit finds', () => {
  const two = () => [reported(SERVER), reported(PRINTER)];

  it('make a silent neighbour ready, likely, and it is counted so', () => {
    const novice = reported(NOVICE);
    const tally = tallied([novice, ...two()]);
    expect(mayBeRaised(novice)).toBe(true);
    expect(tally.raise(novice)).toMatchObject({
      verdict: 'ready',
      confidence: 'likely',
      witness: { says: 'clear', machines: ['10.1.2.20', '10.1.2.21'] },
    });
    expect(tally.summary).toMatchObject({ ready: 2, blocked: 1, undetermined: 0, clearSoFar: 0 });
    expect(tally.raised).toBe(1);
  });

  it('must be two', () => {
    const novice = reported(NOVICE);
    const tally = tallied([novice, reported(SERVER)]);
    expect(tally.raise(novice)).toBe(novice);
    expect(tally.raised).toBe(0);
  });

  it('speak for one that was not traced where one that was lies behind the only router', () => {
    const [followed, other] = [reported(NOVICE), reported(machine(11, 'stealthy'), {}, false)];
    expect(tallied([other, ...two()]).raise(other)).toBe(other);
    expect(tallied([other, followed, ...two()]).raise(other)).toMatchObject({
      verdict: 'ready',
      witness: { text: expect.stringContaining('it is assumed to be behind the same router') },
    });
    const elsewhere = reported(machine(12, 'server', { half: 1 }), { lasts: 'halves' });
    expect(tallied([other, followed, elsewhere, ...two()]).raise(other)).toBe(other);
  });

  it('say nothing when somebody of the subnet is filtered', () => {
    const novice = reported(NOVICE);
    const filtered = reported(machine(22, 'server'), { filter: DROPS });
    const tally = tallied([novice, filtered, ...two()]);
    const raised = tally.raise(novice);
    expect(raised.verdict).toBe('undetermined');
    expect(rules(raised).at(-1)).toBe('witness-disagree');
    expect(tally.summary).toMatchObject({ clearSoFar: 1 });
    expect(tally.raised).toBe(1);
  });

  it('say nothing about another /24', () => {
    const novice = reported(machine(10, 'stealthy', { address: '10.1.3.10' }));
    expect(tallied([novice, ...two()]).raise(novice)).toBe(novice);
  });
});

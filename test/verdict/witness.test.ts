import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { MODERN_PORTS } from '../../src/model/target.ts';
import { namedFrom, settleByNamed } from '../../src/verdict/witness/raise.ts';
import { type Machine, OPEN, type Picture, truthOf } from '../simulation/witness-world.ts';
import { DROPS, machine, NOVICE, PRINTER, reported, rules, SERVER, settled } from './witness-reports.ts';

describe('a witness that was named', () => {
  it.each([SERVER, PRINTER])(
    'and answers where the novice is silent makes it ready, likely: $kind',
    (one) => {
      const before = reported(NOVICE);
      const report = settled([reported(one)], before);
      const text = `Another machine of its subnet, ${one.address}, answers on 49152-65535, so the network most likely passes the range; the novice's own firewall (or a rule of the last router for this one host) remains untested.`;
      expect(report).toMatchObject({
        verdict: 'ready',
        confidence: 'likely',
        byGeneration: { 'vista-or-later': 'ready', 'xp-2003': before.byGeneration['xp-2003'] },
        witness: { says: 'clear', machines: [one.address], text },
      });
      expect(report.because[0]).toMatchObject({ rule: 'witness-clear', text });
      expect(rules(report)).not.toContain('clear-so-far');
      expect(rules(report)).not.toContain('dynamic-listed-silent');
      expect(report.requirements.find(({ name }) => name === 'dynamic-rpc')).toMatchObject({
        state: 'pass',
        confidence: 'likely',
        rule: 'witness-clear',
      });
      const ids = report.remedies.map(({ id }) => id);
      expect(before.remedies.map(({ id }) => id)).toContain('ask-witness');
      expect(ids).not.toContain('ask-witness');
      expect(ids).toContain('check-on-novice');
    },
  );

  it('is the next step, with its command, where the path is known to the last router', () => {
    const { remedies, because } = reported(NOVICE);
    expect(remedies[0]?.id).toBe('ask-witness');
    expect(because[0]?.text).toContain(
      ' Next: ra-preflight check 10.1.2.10 --witness MACHINE, where MACHINE is another host of its subnet',
    );
  });

  it('is no next step where the path is not known, and none after it was asked in vain', () => {
    const untraced = reported(NOVICE, {}, false);
    const vain = settled([reported(machine(22, 'stealthy'))]);
    for (const { remedies, because } of [untraced, vain]) {
      expect(remedies[0]?.id).toBe('run-responder');
      expect(because[0]?.rule).toBe('clear-so-far');
      expect(because[0]?.text).toMatch(
        /answers there\. Next: on the novice's PC, ra-preflight respond --duration 10m; then here the check --responder command that it prints\.$/,
      );
    }
    expect(vain.remedies.map(({ id }) => id)).not.toContain('ask-witness');
  });

  it('is weak evidence on an engine that traces and cannot tell whose resets are', () => {
    const { because, ports, ...rest } = reported(SERVER);
    const blind: HostReport = {
      ...rest,
      because: [...because, { rule: 'refusals-unseen', text: 'x', ports: [] }],
      ports: ports.map((port) => (port.state === 'closed' ? { ...port, from: null, ttl: null } : port)),
    };
    const report = settled([blind]);
    expect(report).toMatchObject({ verdict: 'ready', confidence: 'weak' });
    expect(report.witness?.text).toContain('This engine cannot tell who sent the resets');
    const { distance: _, ...untraced } = blind.path;
    expect(settled([{ ...blind, path: untraced }]).witness?.says).toBe('none');
  });

  it('is one of the same /64 in IPv6, however it is written', () => {
    const at = (address: string, report: HostReport): HostReport => ({
      ...report,
      address,
      ports: report.ports.map((port) => ({ ...port, from: port.from === null ? null : address })),
    });
    const novice = at('fd00:1:2:3::17', reported(NOVICE));
    const says = (address: string) => settled([at(address, reported(SERVER))], novice).witness;
    expect(says('FD00:1:2:3:ffff::7')).toMatchObject({ says: 'clear' });
    expect(says('fd00:1:2:4::7')?.text).toContain('is not in the same /24 (IPv6: /64)');
  });

  it('decides all that is open where the Windows of the novice is not known, 3389 among it', () => {
    const before = reported(NOVICE);
    const open: HostReport = {
      ...before,
      novice: { generation: 'unknown', evidence: [] },
      requirements: before.requirements.map((one) =>
        one.name === 'remote-desktop' ? { ...one, state: 'undetermined', rule: 'desktop-stealth' } : one,
      ),
    };
    const report = settled([reported(SERVER)], open);
    expect(report.verdict).toBe('ready');
    expect(report.witness?.text).toContain('answers on 3389 and 1025-65535, so');
    expect(report.requirements.map(({ state }) => state)).toEqual(['pass', 'pass', 'pass']);
  });

  it.each<[string, () => HostReport, string]>([
    ['did not answer', () => reported(machine(22, 'dead')), '10.1.2.22 did not answer'],
    ['is the novice itself', () => reported(NOVICE), '10.1.2.10 is this host itself'],
    ['is silent as well', () => reported(machine(22, 'stealthy')), '10.1.2.22 does not answer by itself'],
    [
      'is reset for by a router',
      () => reported(machine(22, 'reset-for')),
      '10.1.2.22 does not answer by itself',
    ],
    ['is accepted for', () => reported(machine(22, 'accepted-for')), '10.1.2.22 does not answer by itself'],
    [
      'lies in another subnet',
      () => reported({ ...SERVER, address: '10.1.3.20' }),
      '10.1.3.20 is not in the same /24 (IPv6: /64)',
    ],
    [
      'lies behind another router',
      () => reported({ ...SERVER, half: 1 }, { lasts: 'halves' }),
      '10.1.2.20 lies behind another router',
    ],
    [
      'lies behind a router that is not known',
      () => reported(SERVER, { lastIsMute: true }),
      '10.1.2.20 cannot be shown to lie behind the same router',
    ],
    [
      'was not traced',
      () => reported(SERVER, {}, false),
      '10.1.2.20 cannot be shown to lie behind the same router',
    ],
    [
      'is filtered itself',
      () => reported({ ...SERVER, own: MODERN_PORTS }),
      '10.1.2.20 is filtered there too, which may be its own firewall or a rule for it alone',
    ],
  ])('says nothing if it %s', (_, witness, why) => {
    const report = settled([witness()]);
    expect(report).toMatchObject({ verdict: 'undetermined', confidence: 'weak', witness: { says: 'none' } });
    expect(rules(report)[0]).toBe('clear-so-far');
    expect(rules(report).at(-1)).toBe('witness-none');
    expect(report.witness?.text).toContain(`The witness says nothing about this host: ${why}`);
  });

  it('says nothing on an engine that cannot trace, and the report says what it takes', () => {
    const report = settled([reported(SERVER, { isBlind: true }, false)], reported(NOVICE, {}, false));
    expect(report).toMatchObject({ verdict: 'undetermined', witness: { says: 'none' } });
    expect(report.witness?.text).toContain(
      'the path to this host was not measured: that takes an engine that sets the TTL of its probes (--engine linux, syn, or windows',
    );
  });

  it.each<[string, Partial<Picture>]>([
    [
      'a filter for the novice alone, at the first router',
      { filter: { ...DROPS, at: 'first', for: NOVICE.address } },
    ],
    [
      'a filter on the router of the other half of the subnet',
      { lasts: 'halves', filter: { ...DROPS, for: 'half' } },
    ],
  ])('without traces looks the same on a clear path and behind %s', (_, picture) => {
    const novice: Machine = { ...NOVICE, half: 1 };
    const untraced = (one: Machine, seen: Partial<Picture>) =>
      reported(one, { ...seen, isBlind: true }, false);
    expect(truthOf({ ...OPEN, ...picture }, novice)).toBe('filtered');
    expect(untraced(novice, picture)).toEqual(untraced(novice, {}));
    expect(untraced(SERVER, picture)).toEqual(untraced(SERVER, {}));
    // With traces they differ.
    expect(reported(novice, picture)).not.toEqual(reported(novice, {}));
  });

  it('says nothing when it does not answer again in the end', () => {
    const witness = reported(SERVER);
    const again = reported(SERVER, { filter: DROPS });
    for (const later of [null, again])
      expect(settleByNamed(reported(NOVICE), [namedFrom(witness, later)]).witness?.text).toContain(
        '10.1.2.20 answered at first, but not when it was probed again at the end',
      );
  });

  it('says nothing of a novice whose own packets were not followed to the last router', () => {
    const { path, ...novice } = reported(NOVICE);
    const { passes: _, ...unfollowed } = path;
    expect(settled([reported(SERVER)], { ...novice, path: unfollowed }).witness?.text).toContain(
      'were not seen at the last router',
    );
  });

  it('says nothing against evidence: a host that is blocked, or ready, stays what it is', () => {
    const blocked = reported(NOVICE, { filter: { ...DROPS, at: 'first' } });
    expect(blocked.verdict).toBe('blocked');
    expect(settled([reported(SERVER)], blocked)).toBe(blocked);
    const ready = reported(SERVER);
    expect(settled([reported(PRINTER)], ready)).toBe(ready);
  });
});

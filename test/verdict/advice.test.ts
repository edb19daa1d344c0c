import { describe, expect, it } from 'vitest';
import type { Remedy } from '../../src/model/report.ts';
import { judgementOf } from '../../src/verdict/judgement.ts';
import { advise } from '../../src/verdict/remedies/situation.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioOf } from '../scenarios/load.ts';

const STEALTHY = { mapper: 'accepted spoke', desktop: 'silent 7', dynamic: 'silent 7' };
const NOTHING = { mapper: 'silent 3', desktop: 'silent 3', dynamic: 'silent 3' };

const found = (remedies: readonly Remedy[], id: string): Remedy | undefined =>
  remedies.find((one) => one.id === id);

/** The advice on a scenario for a host with this address, or none that is known. */
const advised = (given: object, address: string | null): readonly Remedy[] => {
  const scenario = scenarioOf({ name: 'x', ...given, expect: { verdict: 'ready', rules: [] } });
  const judged = judgementOf(evidenceOf(scenario), planOf(scenario), capabilitiesOf(scenario));
  return advise(judged.advice, address);
};

describe('advice on a host', () => {
  const words = (given: object, id: string, address: string | null): string | undefined => {
    const remedy = found(advised(given, address), id);
    return remedy && [remedy.text, ...remedy.commands].join('\n');
  };

  it.each<[string, object, string]>([
    ['test-dynamic-port', STEALTHY, 'ra-preflight check %s --rpc-ports'],
    ['ask-witness', STEALTHY, 'ra-preflight check %s --witness MACHINE'],
    ['connect-responder', { ...STEALTHY, responder: {} }, '--listen :47135 %s'],
  ])('names its address in a command, and what may not stand there as HOST: %s', (id, given, text) => {
    expect(words(given, id, 'FD00:0::7')).toContain(text.replace('%s', 'fd00::7'));
    expect(words(given, id, '10.9.0.7; reboot')).toContain(text.replace('%s', 'HOST'));
    expect(words(given, id, null)).toContain(text.replace('%s', 'HOST'));
  });

  it('names it in words, or the machine', () => {
    const noRoute = { ...NOTHING, mapper: 'rejected 0 from 10.0.1.1 x3' };
    expect(words(noRoute, 'add-route', 'FD00:0::7')).toContain('the route to fd00::7 on 10.0.1.1');
    expect(words(noRoute, 'add-route', null)).toContain('the route to the host on 10.0.1.1');
    const foreign = { ...STEALTHY, mapper: 'accepted foreign' };
    expect(words(foreign, 'other-service-on-135', '10.9.0.8')).toContain('reach 10.9.0.8 itself');
    expect(words(foreign, 'other-service-on-135', null)).toContain('reach the novice itself');
    const linked = { ...NOTHING, link: '10.9.0.1/24' };
    expect(words(linked, 'is-it-on', '10.9.0.8')).toContain('ip neigh show 10.9.0.8');
    expect(words(linked, 'is-it-on', null)).toContain('ip neigh show ADDRESS');
  });

  it('has no command where only an address will do, and none of its own rejections without one', () => {
    const limited = { ...STEALTHY, control: '1 of 9', dynamic: 'silent 2' };
    expect(found(advised(limited, 'FD00:0::7'), 'ask-slower')?.commands).toEqual([
      'ra-preflight check fd00::7 --rate 2 --sample 4',
    ]);
    expect(found(advised(limited, 'x;y'), 'ask-slower')?.commands[0]).toContain('check HOST --rate');
    expect(found(advised(limited, null), 'ask-slower')?.commands).toEqual([]);
    const own = { ...STEALTHY, desktop: 'rejected 13 from 10.9.0.7' };
    expect(words(own, 'rejecting-firewall', '10.9.0.7')).toContain('come from 10.9.0.7 itself');
    expect(words(own, 'rejecting-firewall', 'x;y')).toContain('come from the host itself');
    expect(words(own, 'rejecting-firewall', null)).toBeUndefined();
  });

  it('finds the MTU with pings that fill a packet of its family', () => {
    const stalled = { ...STEALTHY, stalled: true, resolver: 'answered 5.7' };
    const pings = (address: string | null) => found(advised(stalled, address), 'large-packets');
    expect(pings('fd00::7')).toMatchObject({
      commands: ['ping -l 1452 fd00::7', 'ping -M do -s 1452 fd00::7'],
      tools: ['cmd', 'shell'],
    });
    expect(pings('10.9.0.7')?.commands[0]).toBe('ping -f -l 1472 10.9.0.7');
    expect(pings(null)?.commands).toEqual([]);
    expect(pings('x;y')?.commands).toEqual([]);
  });
});

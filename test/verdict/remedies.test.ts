import { describe, expect, it } from 'vitest';
import type { HostEvidence } from '../../src/model/evidence.ts';
import type { FaultKind } from '../../src/model/fault.ts';
import type { PolicyCode, PolicyFinding } from '../../src/model/policy.ts';
import type { Remedy } from '../../src/model/report.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { afterPolicy, forPolicy } from '../../src/verdict/remedies/next-steps.ts';
import { withRemedies } from '../../src/verdict/remedies/silence-remedies.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioOf } from '../scenarios/load.ts';
import { sketch } from './reports.ts';

/** The remedies of a scenario, of which some evidence may be another. */
const remediesOf = (given: object, more: Partial<HostEvidence> = {}): readonly Remedy[] => {
  const scenario = scenarioOf({ name: 'x', ...given, expect: { verdict: 'ready', rules: [] } });
  return judgeHost({ ...evidenceOf(scenario), ...more }, planOf(scenario), capabilitiesOf(scenario)).remedies;
};

const find = (remedies: readonly Remedy[], id: string): Remedy | undefined =>
  remedies.find((one) => one.id === id);

const STEALTHY = { mapper: 'accepted spoke', desktop: 'silent 7', dynamic: 'silent 7' };
const NOTHING = { mapper: 'silent 3', desktop: 'silent 3', dynamic: 'silent 3' };

it('a name that was not looked up is a matter of this side, one that is unknown of the name', () => {
  const named = (unresolved: string) => find(remediesOf({ unresolved }), 'check-name');
  expect(named('EAI_AGAIN')).toMatchObject({ title: 'Check the name service of this machine' });
  expect(named('EAI_AGAIN')?.text).toContain('The look-up failed on this side');
  expect(named('ENOTFOUND')).toMatchObject({ title: 'Check the name' });
  expect(named('ENOTFOUND')?.text).toContain('Ask the novice for the full computer name');
});

describe('a machine that cannot probe', () => {
  it.each<[FaultKind, string]>([
    ['buffers', 'Probe more slowly (--rate, --concurrency).'],
    ['too-fast', 'Probe more slowly (--rate).'],
    ['no-privilege', 'This account lacks the rights that this needs.'],
    ['local-ports', 'Wait a minute for local ports to become free, or probe more slowly (--rate).'],
  ])('is to be mended by what its fault needs: %s', (kind, text) => {
    const faulty = { mapper: 'fault other', desktop: 'fault other', dynamic: 'fault other' };
    const { ports } = evidenceOf(
      scenarioOf({ name: 'x', ...faulty, expect: { verdict: 'ready', rules: [] } }),
    );
    const reply = { kind: 'unknown', fault: { kind, code: 'EXX', text: 'made up' } } as const;
    const remedies = remediesOf(faulty, { ports: ports.map((one) => ({ ...one, reply })) });
    expect(find(remedies, 'mend-this-side')).toMatchObject({ text, commands: [] });
    expect(find(remediesOf(faulty), 'mend-this-side')).toBeUndefined();
  });
});

describe('a host that was not found', () => {
  const unresolved = (text: string, why = 'not-found') =>
    find(
      remediesOf({ ...NOTHING, unresolved: why }, { target: { kind: 'name', text, name: text } }),
      'check-name',
    );

  it.each([
    ['pc1.example.org', 'nslookup pc1.example.org'],
    ['pc 1', 'nslookup NAME'],
    ['pc1;reboot', 'nslookup NAME'],
    [';pc1', 'nslookup NAME'],
    ['p'.repeat(254), 'nslookup NAME'],
  ])('is looked up by its name, if that may stand in a command: %s', (text, command) => {
    expect(unresolved(text)?.commands[0]).toBe(command);
  });

  it('is looked for among the neighbours on the own link, of either family', () => {
    const of = (address: string, link: string | undefined, more = {}) =>
      find(remediesOf({ ...NOTHING, address, ...(link ? { link } : {}), ...more }), 'is-it-on');
    const near = of('10.9.0.7', '10.9.0.1/24');
    expect(near?.commands).toEqual(['arp -a 10.9.0.7', 'ip neigh show 10.9.0.7']);
    expect(near?.text).toContain(' If this machine has no ARP or neighbour entry for it');
    const six = of('fd00::7', 'fd00::1/64');
    expect(six?.commands).toEqual(['netsh interface ipv6 show neighbors', 'ip neigh show fd00::7']);
    const far = of('10.9.0.7', undefined);
    expect(far?.commands).toEqual(['ipconfig /all']);
    expect(far?.text).not.toContain('ARP');
    const asked = of('10.9.0.7', '10.9.0.1/24', { withoutNeighbour: true });
    expect(asked?.text).not.toContain('ARP');
  });
});

it('the size that passes is found by pings of the same family', () => {
  const of = (address: string) =>
    find(remediesOf({ ...STEALTHY, address, stalled: true, resolver: 'answered 5.7' }), 'large-packets')
      ?.commands;
  expect(of('10.9.0.7')).toEqual(['ping -f -l 1472 10.9.0.7', 'ping -M do -s 1472 10.9.0.7']);
  expect(of('fd00::7')).toEqual(['ping -l 1452 fd00::7', 'ping -M do -s 1452 fd00::7']);
});

describe('what decides a host that is clear so far', () => {
  const first = (given: object) => remediesOf({ ...STEALTHY, novice: 'vista-or-later', ...given })[0]?.id;

  it('is a witness where packets of the novice were seen at the last router, or no router is between', () => {
    expect(first({ traces: ['135: 10.0.1.1 > target', '50000: 10.0.1.1'] })).toBe('ask-witness');
    expect(first({ traces: ['135:  > target'] })).toBe('ask-witness');
    expect(first({ traces: ['135: 10.0.1.1 > target'] })).toBe('run-responder');
    expect(first({})).toBe('run-responder');
    expect(first({ wire: 'node' })).toBe('run-responder');
  });

  const remedy = (id: Remedy['id'], commands: readonly string[]): Remedy => ({
    id,
    title: id,
    where: 'expert',
    text: id,
    commands,
  });
  const doubted = (verdict: 'undetermined' | 'ready' = 'undetermined') =>
    sketch({ address: '10.1.2.3', verdict, rule: 'clear-so-far' });
  const textOf = (report: ReturnType<typeof doubted>) => report.because[0]?.text;

  it('is the next step behind the reason, in place of the one before', () => {
    const offered = withRemedies(doubted(), [remedy('rehearse', ['a'])]);
    expect(textOf(offered)).toBe('Because. Next: a (as the account that will make the offer).');
    const other = withRemedies(offered, [remedy('run-responder', ['b'])]);
    expect(textOf(other)).toBe(
      "Because. Next: on the novice's PC, b; then here the check --responder command that it prints.",
    );
    expect(textOf(withRemedies(other, []))).toBe('Because.');
    expect(withRemedies(other, []).because.slice(1)).toEqual(doubted().because.slice(1));
  });

  it('is none without a command, for another remedy, or of a host that is not', () => {
    const { because } = doubted();
    for (const of of [remedy('rehearse', []), remedy('ask-slower', ['a'])])
      expect(withRemedies(doubted(), [of])).toMatchObject({ because, remedies: [of] });
    const ready = withRemedies(doubted('ready'), [remedy('rehearse', ['a'])]);
    expect(textOf(ready)).toBe('Because.');
    expect(ready.remedies).toHaveLength(1);
    const same = withRemedies(doubted(), [remedy('rehearse', ['a'])]);
    const again = withRemedies(same, [remedy('rehearse', ['a']), remedy('ask-slower', [])]);
    expect(again.because).toBe(same.because);
  });
});

describe('the checklist of what no probe sees', () => {
  const list: Remedy = {
    id: 'check-on-novice',
    title: 'x',
    where: 'novice',
    text: 'x',
    commands: [],
  };
  const finding = (code: PolicyCode, state: PolicyFinding['state'] = 'ok'): PolicyFinding =>
    ({ code, state, remedy: `Change ${code}.` }) as PolicyFinding;
  const left = (...findings: PolicyFinding[]) => afterPolicy([list], { findings })[0];

  it('is whole where the policy files say nothing', () => {
    const whole = left();
    expect(whole?.text).toBe(
      'The policy "Offer Remote Assistance" (since Vista "Configure Offer Remote Assistance") is enabled and lists you or your group as helper; "Solicited Remote Assistance" is not disabled, because that makes offers fail too (KB826088, fAllowToGetHelp); both machines are in the same or in trusted domains; EnableDCOM is Y; users may connect remotely; the feature is installed (on servers); a user is signed in and accepts.',
    );
    expect(whole?.commands).toHaveLength(5);
  });

  it.each<[PolicyCode, string, number]>([
    ['solicited-not-disabled', 'Solicited', 3],
    ['solicited-disabled', 'Solicited', 3],
    ['dcom-enabled', 'EnableDCOM', 4],
    ['dcom-disabled', 'EnableDCOM', 4],
    ['dcom-not-set', 'EnableDCOM', 4],
    ['connections-allowed', 'connect remotely', 5],
    ['connections-denied', 'connect remotely', 5],
    ['connections-not-needed', 'connect remotely', 5],
  ])('leaves out what they settle: %s', (code, words, commands) => {
    expect(left(finding(code))?.text).not.toContain(words);
    expect(left(finding(code))?.commands).toHaveLength(commands);
    expect(left(finding(code, 'unknown'))?.text).toContain(words);
  });

  it('leaves of the offer policy whether the expert is among its helpers', () => {
    const both = left(finding('offers-enabled'), finding('helpers-listed'));
    expect(both?.text).toMatch(/^You or a group of yours is among the helpers of the policy; "Solicited/);
    expect(both?.commands.join(' ')).not.toContain('fAllowUnsolicited');
    for (const code of ['offers-enabled', 'helpers-listed'] as const)
      expect(left(finding(code))?.text).toMatch(/^The policy "Offer Remote Assistance"/);
  });

  it('leaves other remedies as they are, and goes where the policy itself is to change', () => {
    const other: Remedy = { ...list, id: 'ask-slower' };
    expect(afterPolicy([other], { findings: [] })).toEqual([other]);
    const test: Remedy = { ...list, id: 'test-dynamic-port' };
    const causes = [
      finding('rule-blocks'),
      finding('rule-blocks'),
      { ...finding('dcom-disabled'), remedy: null },
      finding('offers-disabled'),
    ];
    expect(forPolicy([list, test, other], causes)).toMatchObject([
      {
        id: 'change-policy',
        title: 'Change the policy of the novice',
        where: 'novice',
        text: 'Change rule-blocks. Change offers-disabled.',
        commands: ['gpupdate /target:computer /force'],
        tools: ['cmd'],
      },
      { id: 'ask-slower' },
    ]);
  });
});

describe('what to open', () => {
  const openings = (given: object) =>
    remediesOf(given)
      .filter(({ id }) => id.startsWith('open-network-filter'))
      .map(({ title, text }) => `${title}: ${text}`);

  it('is named by place, its ports once and ascending', () => {
    const rejected = 'rejected 13 from 10.0.1.1';
    const [one, ...others] = openings({ mapper: rejected, desktop: rejected, dynamic: rejected });
    expect(others).toEqual([]);
    expect(one).toMatch(
      /^Open the filter at 10\.0\.1\.1: Allow TCP 135, 3389, 49152-65535 from .* XP and Server 2003 need 1025-5000 instead of 49152-65535\.$/,
    );
  });

  it('has no remark on other Windows where the range is not open to doubt', () => {
    const dynamic = 'rejected 13 from 10.0.1.1';
    const [since] = openings({
      mapper: 'accepted spoke',
      desktop: dynamic,
      dynamic,
      novice: 'vista-or-later',
    });
    expect(since).not.toContain('Server 2003');
    const [only] = openings({ mapper: dynamic, desktop: 'silent 7', dynamic: 'refused own' });
    expect(only).not.toContain('Server 2003');
    const [narrow] = openings({
      mapper: 'accepted spoke',
      desktop: 'silent',
      dynamic,
      rpcPorts: [50_000, 50_999],
    });
    expect(narrow).toContain('Allow TCP 50000-50999 from');
    expect(narrow).not.toContain('Server 2003');
  });
});

it.each<[string, boolean]>([
  ['accepted spoke', true],
  ['refused own', true],
  ['accepted mute', false],
  ['accepted', false],
  ['refused alien', false],
])('a stretch in which one port is %s gets through already: %s', (answer, known) => {
  const remedies = remediesOf({
    mapper: 'accepted spoke',
    desktop: 'silent 7',
    dynamic: 'rejected 13 from 10.0.1.1',
    except: { 7000: answer },
    mapped: ['1025-6999 filtered', '7000-9000 reachable', '9001-65535 filtered'],
  });
  const text = find(remedies, 'narrow-rpc-range')?.text ?? '';
  expect(text.startsWith(known ? 'TCP 7000-7999 already gets through.' : 'The network must then')).toBe(true);
});

it.each([
  [7254, true],
  [7253, false],
])('a stretch of 255 ports is wide enough to narrow the range to it: 7000-%d', (to, known) => {
  const remedies = remediesOf({
    mapper: 'accepted spoke',
    desktop: 'silent 7',
    dynamic: 'rejected 13 from 10.0.1.1',
    except: { 7000: 'refused own' },
    mapped: ['1025-6999 filtered', `7000-${to} reachable`, `${to + 1}-65535 filtered`],
  });
  const text = find(remedies, 'narrow-rpc-range')?.text ?? '';
  expect(text.startsWith(known ? 'TCP 7000-7254 already' : 'The network must then')).toBe(true);
});

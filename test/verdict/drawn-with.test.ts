import { expect, it } from 'vitest';
import { NOVICES, type PolicyCode, type PolicyFinding, type PolicyReport } from '../../src/model/policy.ts';
import type { Rehearsal } from '../../src/model/rehearsal.ts';
import type { HostReport, Verdict } from '../../src/model/report.ts';
import { explainHresult } from '../../src/policy/explain/explain.ts';
import { withPolicy } from '../../src/verdict/policy.ts';
import { withRehearsal } from '../../src/verdict/rehearsal.ts';
import { Disagreements, fromSickVantage, VantageTally } from '../../src/verdict/vantages.ts';
import { blocked, clear, ready, unreachable } from '../output/reports.ts';
import { drawScenario } from '../scenarios/drawn.ts';
import { judge } from '../scenarios/judge.ts';
import { textsOf } from '../scenarios/words.ts';
import { type Random, randomOf } from '../simulation/random.ts';
import { type Kind, OPEN, reportOn } from '../simulation/witness-world.ts';

const POLICIES = 150;
const VANTAGES = 40;

const CODES: readonly [PolicyCode, ...PolicyCode[]] = [
  'offers-enabled',
  'offers-disabled',
  'offers-not-configured',
  'helpers-listed',
  'rule-present',
  'rule-blocks',
  'exception-present',
  'desktop-always-open',
  'firewall-off',
  'dcom-enabled',
  'solicited-not-disabled',
];

const drawFinding = (random: Random): PolicyFinding => {
  const code = random.pick(CODES);
  const isFile = random.happens(0.7);
  return {
    code,
    setting: `Setting of ${code}`,
    state: random.pick(['ok', 'ok', 'wrong', 'missing', 'unknown']),
    value: null,
    expected: '1',
    file: isFile ? 'a.pol' : null,
    gpo: isFile && random.happens(0.5) ? 'Help desk' : null,
    precedence: 1,
    control: null,
    where: null,
    text: `Text of ${code}.`,
    remedy: random.happens(0.7) ? `Change ${code}.` : null,
    decides: random.happens(0.8),
    certain: random.happens(0.8),
    ports: random.pick([[], [135], [135], [3389], [135, 3389]]),
    profiles: random.pick([[], ['domain'], ['domain'], ['public'], ['domain', 'private']]),
  };
};

const drawPolicies = (random: Random): PolicyReport[] =>
  NOVICES.filter(() => random.happens(0.8)).map((novice) => ({
    schema: 'ra-preflight/policy@1',
    novice,
    verdict: random.pick(['ready', 'blocked']),
    findings: Array.from({ length: random.whole(1, 4) }, () => drawFinding(random)),
  }));

const words = ({
  verdict,
  confidence,
  byGeneration,
  because,
  requirements,
  remedies,
}: HostReport): string[] => [
  `${verdict} ${confidence}, ${JSON.stringify(byGeneration)}`,
  ...because.map(
    ({ rule, text, ports }) => `  ${rule} [${ports.slice(0, 3).join(' ')}]: ${text.slice(0, 160)}`,
  ),
  `  ${requirements.map(({ name, state, confidence: sure, rule }) => `${name} ${state} ${sure} by ${rule}`).join(', ')}`,
  `  ${remedies.map(({ id }) => id).join(', ')}`,
];

it('hosts and policies drawn at random are judged together as written down', async () => {
  const told = Array.from({ length: POLICIES }, (_, seed) => {
    const random = randomOf(seed);
    const host = random.happens(0.4)
      ? random.pick([ready, clear, blocked, unreachable])
      : judge(drawScenario(random).scenario);
    const { because, policy, ...rest } = withPolicy(drawPolicies(random))(host);
    const added = because.filter((one) => !host.because.includes(one));
    const report = { ...rest, because: added };
    return [
      `# ${seed}: ${host.verdict}, ${host.novice.generation}`,
      ...words(report),
      ...textsOf({ ...report, remedies: report.remedies.filter(({ id }) => id === 'change-policy') }).slice(
        -1,
      ),
      `  ${policy ? `${policy.novice} ${policy.verdict}, forbids ${policy.forbids}, ${JSON.stringify(policy.contradictions)}` : 'no policy'}`,
      '',
    ].join('\n');
  });
  await expect(told.join('\n')).toMatchFileSnapshot('golden/policies.txt');
});

it('rehearsals of hosts of every kind are judged as written down', async () => {
  const results: Rehearsal[] = [
    { kind: 'answered', activation: 0, call: 0 },
    { kind: 'answered', activation: 0, call: null },
    { kind: 'answered', activation: 0x8000_0000, call: null },
    { kind: 'answered', activation: 0x8007_0005, call: null },
    { kind: 'answered', activation: 0x8bad_f00d, call: null },
    { kind: 'answered', activation: 1, call: 1 },
    { kind: 'answered', activation: 0, call: 0x8007_06ba },
    { kind: 'no-answer', why: 'it ended' },
  ];
  const kinds: Kind[] = ['stealthy', 'server', 'printer', 'accepted-for', 'dead'];
  const reports = [
    ...kinds.map((kind) => reportOn(OPEN, { address: '10.1.2.10', kind, half: 0, own: null }, randomOf(1))),
    ...[3, 5, 8, 13, 21].map((seed) => judge(drawScenario(randomOf(seed)).scenario)),
    ready,
    clear,
  ];
  const told = reports.flatMap((report) =>
    results.map((result) => {
      const { rehearsal, ...rest } = withRehearsal(report, result, explainHresult);
      const changed = { ...rest, because: rest.because.filter((one) => !report.because.includes(one)) };
      const kept = rest.because.filter((one) => report.because.includes(one)).map(({ rule }) => rule);
      return [
        `# ${report.verdict}, ${JSON.stringify(result)}`,
        ...words(changed),
        `  kept ${kept.join(' ')}`,
        `  ${JSON.stringify(rehearsal)}`,
        ...rest.requirements
          .filter((one) => !report.requirements.includes(one))
          .map(({ text }) => `  ${text.slice(0, 90)}`),
        '',
      ].join('\n');
    }),
  );
  await expect(told.join('\n')).toMatchFileSnapshot('golden/rehearsals.txt');
});

it('vantages drawn at random disagree as written down', async () => {
  const told = Array.from({ length: VANTAGES }, (_, seed) => {
    const random = randomOf(seed);
    const names = ['a', 'b', 'c', 'd'].slice(0, random.whole(2, 4));
    const habits = names.map(() => random.pick<Verdict>(['ready', 'blocked', 'undetermined', 'unreachable']));
    const tally = new VantageTally(names);
    const live = new Disagreements(names, 12);
    for (let i = 0; i < 12; i += 1) {
      const address = `10.1.${random.whole(1, 3)}.${i}`;
      const seen = habits.map((habit): HostReport | null => {
        if (random.happens(0.1)) return null;
        const verdict = random.happens(0.7)
          ? habit
          : random.pick<Verdict>(['ready', 'blocked', 'undetermined']);
        const report = {
          ...(verdict === 'ready' ? ready : blocked),
          target: address,
          address: random.happens(0.1) ? null : address,
          verdict,
        };
        return random.happens(0.1) ? fromSickVantage(report, 'b') : report;
      });
      tally.add(seen);
      seen.forEach((report, at) => {
        if (report) live.add(at, i, report);
      });
    }
    return [
      `# ${names.map((name, i) => `${name} ${habits[i]}`).join(', ')}: ${tally.answering.join(' ')} answering`,
      ...tally.findings().map((one) => `found ${JSON.stringify(one)}`),
      ...live.findings().map(({ kind, subnet, hosts }) => `live ${kind} ${subnet} ${hosts}`),
      ...tally
        .matrix()
        .map(
          (one) => `row ${one.subnet} ${one.cells.map((cell) => Object.values(cell).join(' ')).join(', ')}`,
        ),
      '',
    ].join('\n');
  });
  await expect(told.join('\n')).toMatchFileSnapshot('golden/vantages.txt');
});

import { expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { compareTargets } from '../../src/model/target-order.ts';

import { diffHosts } from '../../src/verdict/diff.ts';
import { openingsFor } from '../../src/verdict/what-if/what-if.ts';
import { namedFrom, settleByNamed } from '../../src/verdict/witness/raise.ts';
import { type Random, randomOf } from '../simulation/random.ts';
import { drawPicture, reportOn } from '../simulation/witness-world.ts';
import { HOPS, STEALTH, tallied } from './networks.ts';
import { type Sketch, type Stop, sketch } from './reports.ts';

/** Networks of each kind: enough that most conditions meet, few enough to be read. */
const AUDITS = 60;
const SUBNETS = 80;
const PAIRS = 8;

const WHAT: readonly [Stop['what'], ...Stop['what'][]] = [
  ['dynamic-rpc'],
  ['dynamic-rpc'],
  ['dynamic-rpc'],
  ['dynamic-rpc'],
  ['endpoint-mapper'],
  ['remote-desktop'],
  ['remote-desktop', 'dynamic-rpc'],
  ['endpoint-mapper', 'dynamic-rpc'],
  ['endpoint-mapper', 'remote-desktop', 'dynamic-rpc'],
];

const drawStop = (random: Random, own: string): Stop => {
  const by = random.pick([undefined, undefined, '10.0.3.2', '10.0.3.1', own]);
  const after = random.pick([undefined, '10.0.3.1', '10.0.3.1', '10.0.9.1']);
  return {
    what: random.pick(WHAT),
    how: by === undefined ? random.pick(['drop', 'drop', 'drop', 'icmp', 'reset']) : 'icmp',
    ...(by === undefined ? {} : { by }),
    ...(after === undefined ? {} : { after }),
  };
};

/** What else hosts of an audit may be than stopped by a filter alone. */
const KINDS: readonly [Sketch, ...Sketch[]] = [
  {},
  { verdict: 'unreachable' },
  STEALTH,
  STEALTH,
  STEALTH,
  STEALTH,
  { ...STEALTH, rule: 'clear-so-far' },
  { ...STEALTH, rule: 'interrupted' },
  { ...STEALTH, desktop: ['undetermined', 'desktop-stealth', 'weak'] },
  { dynamic: ['pass', 'dynamic-listed-answer', 'weak'] },
  { dynamic: ['undetermined', 'dynamic-silent', 'weak'] },
  { mapper: ['fail', 'mapper-some-flows', 'proven'] },
  { mapper: ['fail', 'mapper-refused', 'likely'] },
  { mapper: ['fail', 'mapper-refused', 'proven'] },
  { mapper: ['fail', 'mapper-foreign', 'proven'] },
  { desktop: ['not-needed', 'desktop-not-needed', 'proven'] },
  { rule: 'address-translation' },
];

/** Most hosts of an audit meet one of its few filters; the others are of two kinds. */
const drawHost = (
  random: Random,
  address: string,
  stops: readonly Stop[],
  kinds: readonly [Sketch, ...Sketch[]],
  isLeaky: boolean,
): HostReport => {
  const met: Sketch = {
    stops: isLeaky ? stops.filter(() => random.happens(0.8)) : stops,
    hops: random.happens(0.5) ? HOPS : HOPS.slice(0, 2),
    ...(random.happens(0.2)
      ? {
          ranges: [
            {
              from: random.pick([50_000, 50_000, 51_000]),
              to: 57_000,
              state: 'filtered',
              exact: random.happens(0.8),
            },
          ],
        }
      : {}),
  };
  if (random.happens(0.65)) return sketch({ address, ...met });
  return sketch({ address, ...(random.happens(0.4) ? met : {}), ...random.pick(kinds) });
};

const drawAudit = (random: Random): HostReport[] => {
  const six = random.happens(0.15);
  return [2, 3].slice(random.whole(0, 1)).flatMap((net) => {
    const at = (low: number) => (six ? `fd00::${net}:${low.toString(16)}` : `10.1.${net}.${low}`);
    const from = random.whole(1, 200);
    const stops = [drawStop(random, at(from)), drawStop(random, at(from))].slice(random.whole(0, 1));
    const isLeaky = random.happens(0.3);
    const kinds = [random.pick(KINDS), random.pick(KINDS)] as const;
    return Array.from({ length: random.whole(5, 35) }, (_, i) =>
      drawHost(random, at(from + i), stops, kinds, isLeaky),
    );
  });
};

const summaryWords = (counts: object): string =>
  Object.entries(counts)
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');

/** What is said of the hosts of a run together. */
const auditWords = (hosts: readonly HostReport[]): string[] => {
  const tally = tallied(hosts);
  const raised = hosts.map((host) => tally.raise(host));
  const changed = raised.filter((one, i) => one !== hosts[i]);
  const { steps, barred, ...counts } = openingsFor(raised);
  return [
    `${summaryWords(tally.summary)}; ${tally.raised} raised`,
    ...tally
      .groups()
      .flatMap(({ id, signature, prefixes, hosts: count, text, commands }) => [
        `group ${id} ${signature} (${count}): ${prefixes.join(' ')}`,
        `  ${text}`,
        ...commands.slice(0, 2).map((command) => `  ${command}`),
      ]),
    ...changed
      .slice(0, 2)
      .flatMap(({ address, verdict, confidence, byGeneration, because, requirements, remedies }) => [
        `${address} raised: ${verdict} ${confidence}, ${Object.values(byGeneration).join(' ')}`,
        `  ${because.map(({ rule, ports }) => `${rule} [${ports.join(' ')}]`).join(', ')}: ${because[0]?.text}`,
        `  ${requirements.map(({ state, rule }) => `${state} by ${rule}`).join(', ')}`,
        ...remedies.map(({ id, title, where, text }) => `  ${id} (${where}) ${title}: ${text}`),
      ]),
    ...steps.map(
      ({ title, makesReady, ready, needed, prefixes }) =>
        `step ${title}: ${makesReady} of ${needed}, ${ready}; ${prefixes.join(' ')}`,
    ),
    ...barred.map(({ why, hosts: count, examples }) => `barred ${why} ${count}: ${examples.join(' ')}`),
    `openings ${summaryWords(counts)}`,
  ];
};

it('audits drawn at random are grouped, raised and opened as written down', async () => {
  const told = Array.from({ length: AUDITS }, (_, seed) =>
    [`# ${seed}`, ...auditWords(drawAudit(randomOf(seed))), ''].join('\n'),
  );
  await expect(told.join('\n')).toMatchFileSnapshot('golden/audits.txt');
});

const settledWords = ({
  verdict,
  confidence,
  byGeneration,
  because,
  requirements,
  remedies,
  witness,
}: HostReport) =>
  [
    `${verdict} ${confidence}, ${Object.values(byGeneration).join(' ')}, ${because.map(({ rule, ports }) => `${rule} [${ports.join(' ')}]`).join(', ')}`,
    `  ${requirements.map(({ state, confidence: sure, rule }) => `${state} ${sure} by ${rule}`).join(', ')}; ${remedies.map(({ id }) => id).join(', ')}`,
    ...(witness ? [`  ${witness.says} ${witness.machines.join(' ')}: ${witness.text}`] : []),
  ].join('\n');

it('subnets drawn at random bear witness as written down', async () => {
  const told = Array.from({ length: SUBNETS }, (_, seed) => {
    const random = randomOf(seed);
    const picture = drawPicture(random, random.whole(1, 6));
    const reports = picture.machines.map((one) => reportOn(picture, one, random, random.happens(0.9)));
    const [novice, ...others] = reports;
    if (!novice) return '';
    const tally = tallied(reports);
    const named = others.slice(0, 3).map((one) => namedFrom(one, random.happens(0.1) ? null : one));
    const { machines, ...rest } = picture;
    return [
      `# ${machines.map(({ kind, half, own }) => `${kind} ${half}${own ? ` without ${own.from}-${own.to}` : ''}`).join(', ')}; ${JSON.stringify(rest)}`,
      `${summaryWords(tally.summary)}; ${tally.raised} raised`,
      `found: ${settledWords(tally.raise(novice))}`,
      `named: ${settledWords(settleByNamed(novice, named))}`,
      '',
    ].join('\n');
  });
  await expect(told.join('\n')).toMatchFileSnapshot('golden/witnesses.txt');
});

it('two runs drawn at random differ as written down', async () => {
  const byTarget = (a: HostReport, b: HostReport): number => compareTargets(a.target, b.target);
  const told = Array.from({ length: PAIRS }, (_, seed) => {
    const random = randomOf(1000 + seed);
    const before = drawAudit(random).toSorted(byTarget);
    const stops = [drawStop(random, '10.1.2.1'), drawStop(random, '10.1.2.1')];
    const after = before
      .filter(() => random.happens(0.9))
      .map((one) =>
        random.happens(0.4) ? one : drawHost(random, one.address ?? '', stops, KINDS, random.happens(0.5)),
      );
    const { changes, uncertain, summary } = diffHosts(before, after);
    return [
      `# ${seed}: ${JSON.stringify(summary)}`,
      ...changes.map((one) => JSON.stringify(one)),
      ...uncertain.map((one) => `uncertain ${JSON.stringify(one)}`),
      '',
    ].join('\n');
  });
  await expect(told.join('\n')).toMatchFileSnapshot('golden/changes.txt');
});

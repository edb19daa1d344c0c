import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { judge } from './judge.ts';
import { scenarioFiles } from './load.ts';

/** Whole lists of ports are long and say little: the first, the last and how many. */
const portsIn = (ports: readonly number[]): string =>
  ports.length <= 4 ? ports.join(' ') : `${ports[0]}..${ports.at(-1)} (${ports.length})`;

const or = (value: string | number | null | undefined): string => String(value ?? '-');

/** All that is judged of a host but the texts, a line for each thing. */
const linesOf = (report: HostReport): string[] => [
  `${report.verdict} ${report.confidence}, ${report.novice.generation} (${report.novice.evidence.join(' | ')})`,
  `xp ${report.byGeneration['xp-2003']}, vista ${report.byGeneration['vista-or-later']}`,
  ...report.requirements.map(
    ({ name, state, confidence, rule }) => `${name} ${state} ${confidence} by ${rule}`,
  ),
  `because ${report.because.map(({ rule, ports }) => `${rule} [${portsIn(ports)}]`).join(', ')}`,
  `remedies ${report.remedies.map(({ id, where }) => `${id} (${where})`).join(', ')}`,
  `ports ${report.ports
    .map(
      ({ port, state, reason, from, flows }) =>
        `${port} ${state} ${reason} ${or(from)} ${flows.answered}/${flows.asked}`,
    )
    .filter((line, i, all) => line.replace(/^\d+/, '') !== all[i - 1]?.replace(/^\d+/, ''))
    .join(', ')}`,
  `ranges ${report.ranges.map(({ from, to, state, exact }) => `${from}-${to} ${state}${exact ? ' exact' : ''}`).join(', ')}`,
  `coverage ${JSON.stringify(report.coverage)}`,
  `path ${JSON.stringify({ ...report.path, hops: report.path.hops.map(({ address }) => or(address)).join(' ') })}`,
  ...report.endpoints.map((endpoint) => `endpoint ${JSON.stringify(endpoint)}`),
  ...(report.extra ?? []).map((extra) => `extra ${JSON.stringify(extra)}`),
];

/** The texts of a host, by who says them. */
const textsOf = (report: HostReport): string[] => [
  ...report.because.map(({ rule, text }) => `${rule}: ${text}`),
  ...report.requirements.map(({ rule, text }) => `${rule}: ${text}`),
  ...report.remedies.flatMap(({ id, title, text, commands, tools }) => [
    `${id}: ${title}: ${text}`,
    ...commands.map((command, i) => `${id} $ ${command} (${tools?.[i] ?? '-'})`),
  ]),
];

describe('every scenario', () => {
  it.each(scenarioFiles())(
    'is judged as written down, in all that a report holds: $file',
    async ({ file, scenarios }) => {
      const judged = scenarios.map((one) => [`# ${one.name}`, ...linesOf(judge(one)), ''].join('\n'));
      await expect(judged.join('\n')).toMatchFileSnapshot(`golden/${file.replace('.toml', '.txt')}`);
    },
  );

  it('says what is written down, each text once', async () => {
    const texts = scenarioFiles().flatMap(({ scenarios }) => scenarios.flatMap((one) => textsOf(judge(one))));
    await expect([...new Set(texts)].sort().join('\n')).toMatchFileSnapshot('golden/texts.txt');
  });
});

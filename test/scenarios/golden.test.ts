import { describe, expect, it } from 'vitest';
import { randomOf } from '../simulation/random.ts';
import { drawScenario } from './drawn.ts';
import { judge } from './judge.ts';
import { scenarioFiles } from './load.ts';
import { judgedWords, mainTexts, seenWords, textsOf } from './words.ts';

/** Enough that most conditions of most rules meet. */
const DRAWN = 300;

describe('every scenario', () => {
  it.each(scenarioFiles())(
    'is judged as written down, and says what is: $file',
    async ({ file, scenarios }) => {
      const name = file.replace('.toml', '');
      const reports = scenarios.map((one) => ({ title: one.name, report: judge(one) }));
      const judged = reports.map(({ title, report }) => {
        const [first] = report.because;
        return [`# ${title}`, `"${first?.text}"`, ...judgedWords(report), ...seenWords(report), ''].join(
          '\n',
        );
      });
      await expect(judged.join('\n')).toMatchFileSnapshot(`golden/${name}.txt`);
      // Each once, which makes the difference after a change of words short.
      const texts = new Set(reports.flatMap(({ report }) => textsOf(report)));
      await expect([...texts].sort().join('\n')).toMatchFileSnapshot(`golden/${name}-texts.txt`);
    },
  );
});

it('networks drawn at random are judged as written down', async () => {
  const judged = Array.from({ length: DRAWN }, (_, seed) => {
    const { name, scenario } = drawScenario(randomOf(seed));
    const report = judge(scenario);
    return [`# ${name}`, ...mainTexts(report), ...judgedWords(report), ''].join('\n');
  });
  await expect(judged.join('\n')).toMatchFileSnapshot('golden/drawn.txt');
});

import { describe, expect, it } from 'vitest';
import { randomOf } from '../simulation/random.ts';
import { drawScenario } from './drawn.ts';
import { judge } from './judge.ts';
import { scenarioFiles } from './load.ts';
import { judgedWords, mainTexts, seenWords, textsOf } from './words.ts';

/** Enough that most conditions of most rules meet. */
const DRAWN = 300;

describe('every scenario', () => {
  it.each(scenarioFiles())('is judged as written down: $file', async ({ file, scenarios }) => {
    const judged = scenarios.map((one) => {
      const report = judge(one);
      const [first] = report.because;
      return [`# ${one.name}`, `"${first?.text}"`, ...judgedWords(report), ...seenWords(report), ''].join(
        '\n',
      );
    });
    await expect(judged.join('\n')).toMatchFileSnapshot(`golden/${file.replace('.toml', '.txt')}`);
  });

  it('says what is written down, each text once', async () => {
    const texts = scenarioFiles().flatMap(({ scenarios }) => scenarios.flatMap((one) => textsOf(judge(one))));
    await expect([...new Set(texts)].sort().join('\n')).toMatchFileSnapshot('golden/texts.txt');
  });
});

it('networks drawn at random are judged as written down', async () => {
  const judged = Array.from({ length: DRAWN }, (_, seed) => {
    const { name, scenario } = drawScenario(randomOf(seed));
    const report = judge(scenario);
    return [`# ${name}`, ...mainTexts(report), ...judgedWords(report), ''].join('\n');
  });
  await expect(judged.join('\n')).toMatchFileSnapshot('golden/drawn.txt');
});

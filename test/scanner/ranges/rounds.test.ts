import { describe, expect, it } from 'vitest';
import { bisectRange, type Marked } from '../../../src/scanner/ranges/bisect.ts';

const ANSWERS: Readonly<Record<string, Marked>> = {
  r: { class: 'reachable', sure: true },
  f: { class: 'filtered', sure: false },
  q: { class: 'quiet', sure: false },
  x: { class: 'fault', sure: false },
};
const answer = (letter = 'x'): Marked => ANSWERS[letter] ?? { class: 'fault', sure: false };

/**
 * Maps from the first known port to the last, unless the range is said; `known` by port: `r` reachable, `q` quiet, `x` a fault, and
 * a number of silences. `truth`: the answers of a port in the order of its probes, the last one for all further. Gives the ports that
 * each round probes.
 */
const search = async (
  known: Readonly<Record<number, number | 'r' | 'q' | 'x'>>,
  truth: (port: number) => string,
  { budget = 512, sureAfter = 3, range = null as { from: number; to: number } | null } = {},
) => {
  const ports = Object.keys(known).map(Number);
  const marks = Object.entries(known).map(
    ([port, seen]) =>
      [
        Number(port),
        typeof seen === 'number' ? { ...answer('f'), silences: seen } : { ...answer(seen), silences: 9 },
      ] as const,
  );
  const rounds: number[][] = [];
  const turns = new Map<number, number>();
  const ranges = await bisectRange(
    range ?? { from: Math.min(...ports), to: Math.max(...ports) },
    new Map(marks),
    async (asked) => {
      rounds.push([...asked]);
      return asked.map((port) => {
        const turn = turns.get(port) ?? 0;
        turns.set(port, turn + 1);
        const answers = truth(port);
        return answer(answers[Math.min(turn, answers.length - 1)]);
      });
    },
    { budget, sureAfter },
  );
  return { rounds, ranges };
};

const block = (from: number, to: number) => (port: number) => (port >= from && port <= to ? 'f' : 'r');
const stretch = (from: number, to: number, state: 'reachable' | 'filtered' | 'unknown', exact = true) => ({
  ...{ from, to, state, exact },
});

describe('the ports that a round of the search probes', () => {
  it('divide each gap into sixteen parts', async () => {
    const { rounds } = await search({ 1: 'r', 51: 3, 101: 'r' }, block(40, 60));
    const gap = [4, 7, 10, 14, 17, 20, 23, 26, 29, 32, 35, 39, 42, 45, 48];
    expect(rounds[0]).toEqual([...gap, ...gap.map((port) => port + 50)]);
  });

  it('are fewer in each gap where four such rounds do not fit into what is left', async () => {
    const first = async (budget: number) =>
      (await search({ 1: 'r', 51: 3, 101: 'r' }, block(40, 60), { budget })).rounds[0];
    expect(await first(16)).toEqual([18, 34, 68, 84]);
    expect(await first(15)).toEqual([26, 76]);
    expect(await first(3)).toEqual([26, 76]);
    expect(await first(1)).toEqual([26]);
    // Neighbours that touch are no gap.
    const touching = await search({ 1: 3, 2: 3, 3: 'r', 50: 3, 51: 3 }, block(40, 51), { budget: 8 });
    expect(touching.rounds[0]).toEqual([19, 34]);
  });

  it('are no more than are there', async () => {
    const { rounds, ranges } = await search({ 10: 'r', 12: 3, 13: 3 }, block(11, 13));
    expect(rounds).toEqual([[11], [11, 11]]);
    expect(ranges).toEqual([stretch(10, 10, 'reachable'), stretch(11, 13, 'filtered')]);
  });

  it('are the ends of the range first, where those are not known', async () => {
    const { rounds } = await search({ 51: 6 }, block(51, 51), { range: { from: 1, to: 101 } });
    expect(rounds[0]).toEqual([1, 101]);
    expect(rounds[1]).not.toContain(1);
    const one = await search({ 1: 'r', 51: 6 }, block(51, 51), { range: { from: 1, to: 101 } });
    expect(one.rounds[0]?.[0]).toBe(101);
    expect(one.rounds.flat()).not.toContain(1);
  });

  it('use the budget up and no more', async () => {
    const { rounds, ranges } = await search({ 1: 'r', 51: 3, 101: 'r' }, block(40, 60), { budget: 3 });
    expect(rounds.map(({ length }) => length)).toEqual([2, 1]);
    expect(ranges?.map(({ state }) => state)).toContain('unknown');
  });

  it('leave out a port that this machine failed to probe three times', async () => {
    const { rounds, ranges } = await search({ 1: 'r', 5: 2, 9: 'r' }, () => 'x', { sureAfter: 9 });
    expect(rounds).toEqual([Array.from({ length: 7 }, () => 5)]);
    expect(ranges?.map(({ state }) => state)).toEqual([
      'reachable',
      'unknown',
      'unknown',
      'unknown',
      'reachable',
    ]);
    const slow = await search({ 1: 'r', 5: 2, 9: 'r' }, () => 'x');
    expect(slow.rounds).toEqual([[5], [5], [5]]);
  });
});

describe('a silent port', () => {
  it('by itself is probed until it is old enough, before the gaps beside it', async () => {
    const { rounds } = await search({ 1: 'r', 5: 1, 9: 'r' }, block(5, 5));
    expect(rounds.slice(0, 2)).toEqual([
      [5, 5],
      [2, 3, 4, 6, 7, 8],
    ]);
  });

  it('between two that touch it is probed twice as often', async () => {
    const { rounds, ranges } = await search({ 1: 'r', 2: 3, 3: 'r' }, block(2, 2));
    expect(rounds).toEqual([[2, 2, 2]]);
    expect(ranges).toEqual([
      stretch(1, 1, 'reachable'),
      stretch(2, 2, 'filtered'),
      stretch(3, 3, 'reachable'),
    ]);
  });

  it('is not, where one beside it is silent, too', async () => {
    for (const known of [{ 1: 3, 2: 3, 3: 'r' } as const, { 1: 'r', 2: 3, 3: 3 } as const]) {
      expect((await search(known, () => 'f')).rounds).toEqual([]);
    }
  });

  it('keeps its silences where this machine could not probe it again', async () => {
    const { rounds } = await search({ 1: 'r', 5: 2, 9: 'r' }, (port) => (port === 5 ? 'fxff' : 'r'), {
      sureAfter: 5,
    });
    expect(rounds.slice(0, 2)).toEqual([[5, 5, 5], [5]]);
  });

  it('is what it answers, whatever it does not answer after that', async () => {
    const { rounds, ranges } = await search({ 1: 3, 2: 1, 3: 'r' }, (port) => (port === 2 ? 'frf' : 'f'), {
      sureAfter: 4,
    });
    expect(rounds).toEqual([
      [2, 2, 2],
      [1, 1, 1, 1, 1],
    ]);
    expect(ranges).toEqual([stretch(1, 1, 'filtered'), stretch(2, 3, 'reachable')]);
  });
});

describe('no edge', () => {
  it('is looked for beside what this machine could not probe', async () => {
    const { rounds, ranges } = await search({ 1: 3, 5: 'x', 9: 3 }, () => 'f');
    expect(rounds).toEqual([]);
    expect(ranges).toEqual([
      stretch(1, 1, 'filtered', false),
      stretch(2, 4, 'unknown', false),
      stretch(5, 5, 'unknown', false),
      stretch(6, 8, 'unknown', false),
      stretch(9, 9, 'filtered', false),
    ]);
  });

  it('is looked for between an answer and the silence of a stealthy host', async () => {
    const { rounds } = await search({ 1: 'r', 5: 'q', 9: 3 }, () => 'f');
    expect(rounds[0]).toEqual([6, 7, 8]);
  });
});

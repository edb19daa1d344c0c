import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { newRun } from './new-run.ts';
import { judged, opened } from './open.ts';
import { CHECKS, counts, two } from './transfer.ts';

describe('an import that is refused', () => {
  const lines = two();
  const changed = (at: number, change: (line: string) => string): string[] =>
    lines.map((line, place) => (place === at ? change(line) : line));
  /** The last line of each run is at 302 and 604; 400 is in the second run. */
  const cases: readonly (readonly [string, readonly string[], string, readonly string[]])[] = [
    ['nothing', [], 'line 1 of the import: there is none', []],
    ['text', ['hello'], 'line 1 of the import', []],
    ['another schema', changed(0, (line) => line.replace('history@1', 'history@2')), 'line 1', []],
    ['a report', ['{"schema":"ra-preflight/report@1","tool":{},"run":{}}'], 'line 1', []],
    ['no first line', lines.slice(1), 'line 1', []],
    ['garbage in the second run', changed(400, () => '{{{\u001b[2J'), 'line 401', ['one']],
    ['null', changed(400, () => 'null'), 'line 401', ['one']],
    ['an unknown type', changed(400, () => '{"type":"hast"}'), 'line 401', ['one']],
    ['a missing end', lines.slice(0, 604), 'line 605 of the import: is missing', ['one']],
    ['a missing run', lines.slice(0, 303), 'line 304 of the import: is missing', ['one']],
    ['a run in a run', lines.toSpliced(302, 1), 'line 303', []],
    ['a missing host', lines.toSpliced(10, 1), 'ends 300 hosts', []],
    ['a host twice', lines.toSpliced(450, 1, lines[449] ?? ''), 'index or ordinal of another', ['one']],
    ['a host after the end', [...lines, lines[10] ?? ''], 'line 606', ['one', 'two']],
    [
      'a huge number',
      changed(400, (line) => line.replace(/"index":\d+/, '"index":1e300')),
      'line 401',
      ['one'],
    ],
    [
      'an index beyond',
      changed(400, (line) => line.replace(/"index":\d+/, '"index":300')),
      'line 401',
      ['one'],
    ],
    ['a negative number', changed(1, (line) => line.replace(/"hosts":\d+/, '"hosts":-1')), 'line 2', []],
    [
      'an id that is a path',
      changed(1, (line) => line.replace('"id":"one"', '"id":"../../one"')),
      'line 2',
      [],
    ],
    [
      'a run that is still running',
      changed(1, (line) => line.replace('"state":"finished"', '"state":"running"')),
      'line 2',
      [],
    ],
    [
      'a time that is none',
      changed(1, (line) => line.replace(/"startedAt":"[^"]+"/, '"startedAt":"soon"')),
      'line 2',
      [],
    ],
    [
      'a plan that is too deep',
      changed(1, (line) =>
        line.replace('"plan":', `"plan":${'['.repeat(200_000)}${']'.repeat(200_000)},"x":`),
      ),
      'line 2',
      [],
    ],
    ['a wrong verdict', changed(400, (line) => line.replaceAll('"ready"', '"fine"')), 'line 401', ['one']],
    ['no report', changed(400, () => '{"type":"host","index":1,"ordinal":1}'), 'line 401', ['one']],
    ['a line without an end', changed(400, () => `"${'x'.repeat(17 * 2 ** 20)}"`), 'longer than 16', ['one']],
  ];

  it.each(cases)('%s leaves whole runs only', async (_, given, part, whole) => {
    const { sql, history } = opened(':memory:');
    const error = await history.importRuns(given, CHECKS).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(part);
    expect((error as Error).message).not.toMatch(/\p{Cc}/u);
    expect((error as Error).message.length).toBeLessThan(600);
    expect(
      history
        .runs()
        .map(({ id }) => id)
        .toReversed(),
    ).toEqual(whole);
    expect(counts(sql)).toEqual([whole.length, whole.length * 300, whole.length * 300, whole.length]);
    expect(await history.importRuns(lines, CHECKS)).toMatchObject({ skipped: whole });
    expect(counts(sql)).toEqual([2, 600, 600, 2]);
    history.close();
  });

  it('keys of prototypes stay out', async () => {
    const poison = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},';
    const given = lines.map((line) =>
      line
        .replace('{', `{${poison}`)
        .replace('"report":{', `"report":{${poison}`)
        .replace('"run":{', `"run":{${poison}`),
    );
    const { history } = opened(':memory:');
    await history.importRuns(given, CHECKS);
    expect([...history.exportRuns(['one', 'two'])].join('')).not.toContain('polluted');
    const [first] = history.hosts('one');
    expect(first).toEqual(judged(0).report);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('any damage to one line is told or changes nothing but what it says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(604),
        fc.nat(),
        fc.string({ unit: 'binary', maxLength: 3 }),
        async (at, place, junk) => {
          const given = changed(
            at,
            (line) => line.slice(0, place % line.length) + junk + line.slice((place % line.length) + 1),
          );
          const { sql, history } = opened(':memory:');
          const outcome = await history.importRuns(given, CHECKS).catch((thrown: unknown) => thrown);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(UsageError);
          const whole = history.runs().length;
          expect(counts(sql)).toEqual([whole, whole * 300, whole * 300, whole]);
          history.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('while it comes in nobody sees it, and a source that fails leaves nothing', async () => {
    const { sql, history } = opened(':memory:');
    let seen: unknown;
    async function* source(): AsyncGenerator<string> {
      yield* lines.slice(0, 250);
      seen = [history.runs(), Number((counts(sql) as number[])[1]) > 0];
      throw new Error('the disk went away');
    }
    await expect(history.importRuns(source(), CHECKS)).rejects.toThrow('the disk went away');
    expect(seen).toEqual([[], true]);
    expect(counts(sql)).toEqual([0, 0, 0, 0]);
  });

  it('takes no run that could be resumed with a plan that cannot be used, and any run that has ended', async () => {
    const checkPlan = (plan: unknown, run: unknown): never => {
      expect([plan, run]).toMatchObject([newRun('two').plan, { hosts: 300, targets: newRun('two').targets }]);
      throw new Error('its plan\nis wrong');
    };
    const { sql, history } = opened(':memory:');
    const [head = '', ...body] = lines;
    await history.importRuns([head, ...body], { ...CHECKS, checkPlan });
    expect(counts(sql)).toEqual([2, 600, 600, 2]);
    const { history: other, sql: otherSql } = opened(':memory:');
    const unfinished = body.map((line) =>
      line.includes('"id":"two"') ? line.replace('"state":"finished"', '"state":"interrupted"') : line,
    );
    await expect(other.importRuns([head, ...unfinished], { ...CHECKS, checkPlan })).rejects.toThrow(
      /^line 304 of the import: run two: 'its plan is wrong'$/,
    );
    expect(counts(otherSql)).toEqual([1, 300, 300, 1]);
  });

  it('two imports of the same run at once make one', async () => {
    const { sql, history } = opened(':memory:');
    const slow = async function* (): AsyncGenerator<string> {
      for (const line of lines) {
        await Promise.resolve();
        yield line;
      }
    };
    const both = await Promise.allSettled([
      history.importRuns(slow(), CHECKS),
      history.importRuns(slow(), CHECKS),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(counts(sql)).toEqual([2, 600, 600, 2]);
  });
});

import { describe, expect, it } from 'vitest';
import { withStored } from '../../src/cli/with-stored.ts';
import type { JudgedEvent } from '../../src/model/event.ts';
import type { HostReport, Run, RunStart } from '../../src/model/report.ts';

const report = {} as HostReport;
const started: JudgedEvent = { type: 'run-started', run: {} as RunStart, hosts: 0 };
const finished: JudgedEvent = { type: 'run-finished', run: {} as Run };
const judged = (host: number): JudgedEvent => ({ type: 'host-judged', host, report });

const words = async (events: AsyncIterable<JudgedEvent>): Promise<(string | number)[]> => {
  const said: (string | number)[] = [];
  for await (const event of events) said.push(event.type === 'host-judged' ? event.host : event.type);
  return said;
};

describe('the stream of a resumed run', () => {
  it('tells each host once: what comes live before the rest of what is stored, and the end last', async () => {
    const stored = Array.from({ length: 5000 }, (_, index) => ({ index, report }));
    /** What the history has by now, as it is read: also what was judged a moment ago. */
    function* growing() {
      yield* stored;
    }
    const said = await words(
      withStored(async function* (onJudged) {
        yield started;
        for (const host of [7000, 7001, 7002]) {
          onJudged(host);
          stored.push({ index: host, report });
          yield judged(host);
        }
        yield finished;
      }, growing()),
    );
    expect(said[0]).toBe('run-started');
    expect(said.at(-1)).toBe('run-finished');
    expect(said.indexOf(7000)).toBeGreaterThan(500);
    expect(said.indexOf(7002)).toBeLessThan(1000);
    const hosts = said.slice(1, -1).map(Number);
    expect(hosts.toSorted((a, b) => a - b)).toEqual([...Array(5000).keys(), 7000, 7001, 7002]);
  });

  it('ends with what broke, however much is stored', async () => {
    const stored = Array.from({ length: 2000 }, (_, index) => ({ index, report }));
    const broken = withStored(async function* () {
      yield started;
      throw new Error('the disk is full');
    }, stored);
    await expect(words(broken)).rejects.toThrow('the disk is full');
  });

  const few = Array.from({ length: 1200 }, (_, index) => ({ index, report }));

  it('is as long as the run, which may end before it began, or without its last event', async () => {
    expect(await words(withStored(async function* () {}, few))).toEqual([]);
    const cut = withStored(async function* () {
      yield started;
    }, few);
    expect(await words(cut)).toEqual(['run-started', ...few.keys()]);
  });

  it('goes on with hosts that are judged after all that is stored', async () => {
    const late = withStored(async function* (onJudged) {
      yield started;
      for (const host of [5, 6, 7]) {
        onJudged(host);
        yield judged(host);
      }
      yield finished;
    }, []);
    expect(await words(late)).toEqual(['run-started', 5, 6, 7, 'run-finished']);
  });

  it('may come from what cannot be left', async () => {
    const events = [started, finished];
    const next = async (): Promise<IteratorResult<JudgedEvent>> => {
      const value = events.shift();
      return value ? { value, done: false } : { value: undefined, done: true };
    };
    const endless = withStored(() => ({ [Symbol.asyncIterator]: () => ({ next }) }), []);
    expect(await words(endless)).toEqual(['run-started', 'run-finished']);
  });

  it('leaves the run when its reader leaves', async () => {
    let left = false;
    const stream = withStored(
      async function* () {
        try {
          yield started;
          yield judged(1);
          yield finished;
        } finally {
          left = true;
        }
      },
      [{ index: 0, report }],
    );
    for await (const event of stream) if (event.type === 'host-judged') break;
    expect(left).toBe(true);
  });
});

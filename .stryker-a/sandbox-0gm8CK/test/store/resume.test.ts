import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { ended, newRun } from './new-run.ts';
import { folder, judged, opened, stage, thrownBy } from './open.ts';

const at = folder();

/** Two processes with one file and one clock. */
const pair = (name: string, machine = 'expert') => {
  const first = stage();
  const second = stage({ pid: 200, machine });
  const both = { pass: (ms: number) => [first, second].map((one) => (one.time += ms)) };
  const path = `${at}/${name}.db`;
  return { first, second, ...both, one: opened(path, first).history, other: opened(path, second).history };
};

describe('a run that a process still makes', () => {
  it('is not taken from it, as long as it lives and writes', () => {
    const { second, pass, one, other } = pair('live');
    const recorder = one.begin(newRun('run'));
    const refused = (): Error => thrownBy(() => other.resume('run'));
    expect(refused()).toBeInstanceOf(UsageError);
    expect(refused().message).toContain('process 100 on expert');
    expect(other.unfinished()).toMatchObject([{ id: 'run', state: 'running' }]);
    pass(59_000);
    recorder.flush();
    pass(59_000);
    expect(refused()).toBeInstanceOf(UsageError);
    second.living.delete(100);
    expect(other.find('run').state).toBe('interrupted');
    expect(other.resume('run').entry).toMatchObject({ id: 'run', state: 'running', finishedAt: null });
  });

  it('is taken when it is silent for a minute, and its first process is told', () => {
    const { pass, one, other } = pair('silent');
    const recorder = one.begin(newRun('run'));
    recorder.record(judged(0));
    recorder.flush();
    recorder.record(judged(1));
    pass(60_000);
    const resumed = other.resume('run');
    resumed.recorder.record(judged(1));
    resumed.recorder.flush();
    for (const late of [() => recorder.flush(), () => recorder.finish(ended)]) {
      const error = thrownBy(late);
      expect(error).toBeInstanceOf(StoreError);
      expect(error.message).toContain('taken over');
    }
    expect(other.find('run')).toMatchObject({ state: 'running', summary: { hosts: 2 } });
  });

  it('on another machine counts as alive while it writes', () => {
    const { second, pass, one, other } = pair('far', 'elsewhere');
    one.begin(newRun('run'));
    second.living.delete(100);
    expect(() => other.resume('run')).toThrow(UsageError);
    pass(60_000);
    expect(other.resume('run').entry.state).toBe('running');
  });

  it('is not kept for ever by a clock that was set back', () => {
    const { pass, one, other } = pair('clock');
    one.begin(newRun('run'));
    pass(-86_400_000);
    expect(other.resume('run').entry.state).toBe('running');
  });
});

describe('a run that goes on', () => {
  it('knows what is done, what was asked for, and adds its time', () => {
    const { first, second, pass, one, other } = pair('done');
    const recorder = one.begin(newRun('run', 20));
    for (const ordinal of [0, 1, 2, 4, 7, 3, 9]) recorder.record(judged(19 - ordinal, ordinal));
    pass(5000);
    recorder.flush(0, 15);
    first.living.delete(100);
    second.living.delete(100);
    pass(10_000);
    const resumed = other.resume('run');
    expect(resumed.done).toEqual({ low: 5, above: new Set([7, 9]), begun: [15] });
    expect(other.plan('run')).toEqual(newRun('run').plan);
    expect(resumed.entry).toMatchObject({ durationMs: 5000, hosts: 20, summary: { hosts: 7 } });
    for (const ordinal of [5, 6, 8]) resumed.recorder.record(judged(19 - ordinal, ordinal));
    pass(3000);
    resumed.recorder.flush(0, 18);
    expect(other.done('run')).toEqual({ low: 10, above: new Set(), begun: [18, 15] });
    expect(other.find('run').durationMs).toBe(8000);
    resumed.recorder.finish({ ...ended, interrupted: true });
    expect(other.unfinished()).toMatchObject([{ state: 'interrupted', finishedAt: ended.finishedAt }]);
    other.resume('run').recorder.finish(ended);
    expect(other.unfinished()).toEqual([]);
    const error = thrownBy(() => other.resume('run'));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('finished');
    expect([...other.hosts('run')].length).toBe(10);
  });
});

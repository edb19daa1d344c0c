import { describe, expect, it } from 'vitest';
import { Living } from '../../../src/scanner/limits/living.ts';

const settled = async (promise: Promise<void>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 5, false))]);

const gate = (): { promise: Promise<void>; resolve: () => void } => {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

/** A host of which all comes when it is asked for. */
const host = (living: Living) => {
  const [answer, end] = [gate(), gate()];
  let silence = (): void => {};
  const over = living.during(answer.promise, (onSilence) => {
    silence = onSilence;
    return end.promise;
  });
  return {
    isSilent: () => silence(),
    answers: async () => {
      answer.resolve();
      await answer.promise;
    },
    ends: async () => {
      end.resolve();
      await over;
    },
  };
};

describe('hosts under way', () => {
  it('hold up new ones while as many as may be answer, or may yet, and silent ones do not', async () => {
    const living = new Living(2, new AbortController().signal);
    for (let i = 0; i < 10; i++) host(living).isSilent();
    const first = host(living);
    expect(await settled(living.room())).toBe(true);
    const second = host(living);
    const room = living.room();
    expect(await settled(room)).toBe(false);
    second.isSilent();
    expect(await settled(room)).toBe(true);
    await second.answers();
    const later = living.room();
    expect(await settled(later)).toBe(false);
    await first.ends();
    expect(await settled(later)).toBe(true);
  });

  it('leave once, whether they were silent or not, and again when they answer after their silence', async () => {
    const living = new Living(1, new AbortController().signal);
    const silent = host(living);
    silent.isSilent();
    silent.isSilent();
    await silent.ends();
    const late = host(living);
    const room = living.room();
    expect(await settled(room)).toBe(false);
    late.isSilent();
    await late.answers();
    const again = living.room();
    expect(await settled(again)).toBe(false);
    await late.ends();
    expect(await settled(again)).toBe(true);
  });

  it('are not counted when the answer comes after the end', async () => {
    const living = new Living(1, new AbortController().signal);
    const late = host(living);
    await late.ends();
    await late.answers();
    expect(await settled(living.room())).toBe(true);
  });

  it('make room when their work fails, and when the run is stopped', async () => {
    const stop = new AbortController();
    const living = new Living(1, stop.signal);
    const failing = living.during(Promise.resolve(), () => Promise.reject(new Error('a bug')));
    await expect(failing).rejects.toThrow('a bug');
    expect(await settled(living.room())).toBe(true);
    const last = host(living);
    await last.answers();
    const room = living.room();
    stop.abort();
    await last.ends();
    expect(await settled(room)).toBe(true);
  });
});

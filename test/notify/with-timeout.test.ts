import { describe, expect, it } from 'vitest';
import { patiently } from '../../src/cli/scheduled-run.ts';
import { withTimeout } from '../../src/notify/with-timeout.ts';
import { collect } from '../collect.ts';

const never = (): Promise<never> => new Promise(() => {});
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a time limit', () => {
  it('ends work that minds nothing, although garbage is collected', async () => {
    const stop = new AbortController();
    const ended = expect(withTimeout(300, stop.signal, never)).rejects.toThrow('not finished within 0.3 s');
    await pause(50);
    collect();
    await ended;
  });

  it('gives the result of work, or what it throws, and aborts nothing afterwards', async () => {
    const stop = new AbortController();
    let seen: AbortSignal | undefined;
    const work = async (signal: AbortSignal): Promise<number> => {
      seen = signal;
      return 7;
    };
    expect(await withTimeout(20, stop.signal, work)).toBe(7);
    await expect(withTimeout(20, stop.signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await pause(60);
    stop.abort();
    expect(seen?.aborted).toBe(false);
  });

  it('ends when it is stopped, before or meanwhile, with the reason', async () => {
    const stop = new AbortController();
    const ended = expect(withTimeout(60_000, stop.signal, never)).rejects.toThrow('enough');
    stop.abort(new Error('enough'));
    await ended;
    await expect(withTimeout(60_000, stop.signal, never)).rejects.toThrow('enough');
  });
});

describe('the patience with the notifications of a run', () => {
  const aborted = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(String(signal.reason))));

  it('ends by itself and soon after a wish to stop, although garbage is collected', async () => {
    const stop = new AbortController();
    const byItself = patiently(stop.signal, aborted, [300, 100]);
    const alone = patiently(undefined, aborted, [300, 100]);
    const stopped = new AbortController();
    const soon = patiently(stopped.signal, aborted, [60_000, 100]);
    await pause(50);
    collect();
    stopped.abort();
    expect(await byItself).toContain('not done within');
    expect(await alone).toContain('not done within');
    expect(await soon).toContain('stopped');
    expect(await patiently(stopped.signal, aborted, [60_000, 100])).toContain('stopped');
  });
});

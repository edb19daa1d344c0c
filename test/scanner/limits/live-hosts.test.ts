import { describe, expect, it } from 'vitest';
import { LiveHosts } from '../../../src/scanner/limits/live-hosts.ts';

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
const host = (liveHosts: LiveHosts) => {
  const [answer, end] = [gate(), gate()];
  let silence = (): void => {};
  const over = liveHosts.during(answer.promise, (onSilence) => {
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
    const liveHosts = new LiveHosts(2, new AbortController().signal);
    for (let i = 0; i < 10; i++) host(liveHosts).isSilent();
    const first = host(liveHosts);
    expect(await settled(liveHosts.slot())).toBe(true);
    const second = host(liveHosts);
    const room = liveHosts.slot();
    expect(await settled(room)).toBe(false);
    second.isSilent();
    expect(await settled(room)).toBe(true);
    await second.answers();
    const later = liveHosts.slot();
    expect(await settled(later)).toBe(false);
    await first.ends();
    expect(await settled(later)).toBe(true);
  });

  it('leave once, whether they were silent or not, and again when they answer after their silence', async () => {
    const living = new LiveHosts(1, new AbortController().signal);
    const silent = host(living);
    silent.isSilent();
    silent.isSilent();
    await silent.ends();
    const late = host(living);
    const room = living.slot();
    expect(await settled(room)).toBe(false);
    late.isSilent();
    await late.answers();
    const again = living.slot();
    expect(await settled(again)).toBe(false);
    await late.ends();
    expect(await settled(again)).toBe(true);
  });

  it('are not counted when the answer comes after the end', async () => {
    const liveHosts = new LiveHosts(1, new AbortController().signal);
    const late = host(liveHosts);
    await late.ends();
    await late.answers();
    expect(await settled(liveHosts.slot())).toBe(true);
  });

  it('make room when their work fails, and when the run is stopped', async () => {
    const stop = new AbortController();
    const liveHosts = new LiveHosts(1, stop.signal);
    const failing = liveHosts.during(Promise.resolve(), () => Promise.reject(new Error('a bug')));
    await expect(failing).rejects.toThrow('a bug');
    expect(await settled(liveHosts.slot())).toBe(true);
    const last = host(liveHosts);
    await last.answers();
    const room = liveHosts.slot();
    stop.abort();
    await last.ends();
    expect(await settled(room)).toBe(true);
  });
});

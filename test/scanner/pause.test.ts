import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { pause } from '../../src/scanner/pause.ts';
import { fakeClock } from './clock.ts';

const held = fakeClock();

it('lasts as long as it is said and leaves nothing behind', async () => {
  const { signal } = new AbortController();
  await held.clock.run(pause(300, signal));
  expect(held.clock.now).toBe(300);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('ends with the abort, and its timer with it', async () => {
  const stop = new AbortController();
  const waiting = pause(300, stop.signal);
  expect(held.clock.pending).toBe(1);
  stop.abort();
  await waiting;
  expect(held.clock.pending).toBe(0);
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});

it('is none where there is nothing to wait for', async () => {
  const { signal } = new AbortController();
  await pause(0, signal);
  await pause(-1, signal);
  await pause(300, AbortSignal.abort());
  expect([held.clock.pending, getEventListeners(signal, 'abort')]).toEqual([0, []]);
});

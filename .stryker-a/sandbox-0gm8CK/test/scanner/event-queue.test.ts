import { expect, it } from 'vitest';
import { EventQueue } from '../../src/scanner/event-queue.ts';

it('lets those go on who wait for room when the reader leaves', async () => {
  const events = new EventQueue<number>();
  const fill = (): void => {
    for (let i = 0; i < 10_000; i++) events.push(i);
  };
  fill();
  const reader = events[Symbol.asyncIterator]();
  await reader.next();
  fill();
  let isRoomy = false;
  const waiting = events.room().then(() => {
    isRoomy = true;
  });
  await Promise.resolve();
  expect(isRoomy).toBe(false);
  await reader.return(undefined);
  await waiting;
  await events.room();
  expect(isRoomy).toBe(true);
});

import { expect, it } from 'vitest';
import { Queue } from '../../src/scanner/queue.ts';

it('gives items in the order in which they came, also while more come', () => {
  const queue = new Queue<number>();
  expect([queue.shift(), queue.first, queue.size]).toEqual([undefined, undefined, 0]);
  let [next, expected] = [0, 0];
  for (let turn = 0; turn < 2000; turn++) {
    queue.push(next++);
    if (turn % 3 === 0) queue.push(next++);
    expect(queue.first).toBe(expected);
    expect(queue.shift()).toBe(expected++);
  }
  expect(queue.size).toBe(next - expected);
  while (queue.size > 0) expect(queue.shift()).toBe(expected++);
  expect(queue.shift()).toBeUndefined();
});

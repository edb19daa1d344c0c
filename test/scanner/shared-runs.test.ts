import { expect, it } from 'vitest';
import { SharedRuns } from '../../src/scanner/shared-runs.ts';

/** Runs that end when it is said, and how many were begun. */
const controlled = () => {
  const ends: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const runs = new SharedRuns(
    () => new Promise<void>((resolve, reject) => void ends.push({ resolve, reject })),
  );
  return { runs, ends };
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('begins at once where nothing runs, and once more for all who join meanwhile', async () => {
  const { runs, ends } = controlled();
  const first = runs.join();
  expect(ends).toHaveLength(1);
  const ended: string[] = [];
  const later = ['a', 'b'].map((who) => runs.join().then(() => ended.push(who)));
  await nextTurn();
  expect(ends).toHaveLength(1);
  ends[0]?.resolve();
  await first;
  await nextTurn();
  expect([ends.length, ended]).toEqual([2, []]);
  // Who joins now cannot share the second run, which has begun.
  const last = runs.join();
  await nextTurn();
  expect(ends).toHaveLength(2);
  ends[1]?.resolve();
  await Promise.all(later);
  await nextTurn();
  expect(ends).toHaveLength(3);
  ends[2]?.resolve();
  await last;
  await nextTurn();
  void runs.join();
  expect(ends).toHaveLength(4);
});

it('begins no run beside the next one for who joins right when the first has ended', async () => {
  const { runs, ends } = controlled();
  const first = runs.join();
  void runs.join();
  void first.then(() => runs.join());
  ends[0]?.resolve();
  await nextTurn();
  expect(ends).toHaveLength(2);
});

it('rejects for those whose run failed, and runs again for the others', async () => {
  const { runs, ends } = controlled();
  const [first, second] = [runs.join(), runs.join()];
  ends[0]?.reject(new Error('a bug'));
  await expect(first).rejects.toThrow('a bug');
  await nextTurn();
  ends[1]?.resolve();
  await second;
  const third = runs.join();
  expect(ends).toHaveLength(3);
  ends[2]?.reject(new Error('another'));
  await expect(third).rejects.toThrow('another');
  await nextTurn();
  void runs.join();
  expect(ends).toHaveLength(4);
});

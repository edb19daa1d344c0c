import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JudgedEvent } from '../model/event.ts';
import type { Entry } from '../store/reports.ts';

/** Stored hosts that are yielded before a live event has its turn. */
const AT_ONCE = 500;

const isEnd = ({ done, value }: IteratorResult<JudgedEvent>): boolean =>
  done === true || value.type === 'run-finished';

/**
 * The stream of a resumed run with the hosts that were judged before, as if it had never stopped. What comes live goes first: a run
 * that is killed again must have kept it, however many hosts were judged before. `begin` gives what comes live, and calls its
 * argument with each host before that can be among the stored.
 */
export async function* withStored(
  begin: (onJudged: (host: number) => void) => AsyncIterable<JudgedEvent>,
  stored: Iterable<Entry>,
): AsyncGenerator<JudgedEvent> {
  const live = begin((host) => judged?.add(host))[Symbol.asyncIterator]();
  let judged: Set<number> | null = new Set();
  const pull = (): Promise<IteratorResult<JudgedEvent>> => {
    const next = live.next();
    // A failure is thrown where it is waited for, which may be later than it happens.
    next.catch(() => {});
    return next;
  };
  const isHere = async <T>(next: Promise<T>): Promise<T | null> => Promise.race([next, nextTurn(null)]);
  try {
    const start = await pull();
    if (start.done) return;
    yield start.value;
    let next = pull();
    let told = 0;
    for (const { index, report } of stored) {
      if (!judged.has(index)) yield { type: 'host-judged', host: index, report };
      if (++told % AT_ONCE > 0) continue;
      for (let one = await isHere(next); one && !isEnd(one); one = await isHere(next)) {
        yield one.value;
        next = pull();
      }
    }
    judged = null;
    const one = await next;
    if (one.done) return;
    yield one.value;
    yield* { [Symbol.asyncIterator]: () => live };
  } finally {
    await live.return?.(undefined);
  }
}

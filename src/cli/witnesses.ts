import type { JudgedEvent } from '../model/event.ts';
import { UsageError } from '../model/fault.ts';
import type { HostReport } from '../model/report.ts';
import { shown } from '../model/shown.ts';
import { isBlock } from '../targets/item.ts';
import { noviceOf } from '../verdict/witness/novice.ts';
import { namedFrom, settleByNamed } from '../verdict/witness/raise.ts';
import { isList } from './lists.ts';

/** Throws UsageError for a witness that is no single machine. */
export const refuseLists = (witnesses: readonly string[]): void => {
  const many = witnesses.find((text) => isList(text) || isBlock(text));
  if (many !== undefined) throw new UsageError(`--witness ${shown(many)}: expected one name or address`);
};

/**
 * The stream of a check without its witnesses, which are the hosts from number `first` on: they are no targets, and nobody wants a
 * verdict on them. A target that they may settle is judged when all of them were asked again, and without them when the run was
 * interrupted before.
 */
export async function* withWitnesses(
  events: AsyncIterable<JudgedEvent>,
  first: number,
): AsyncGenerator<JudgedEvent> {
  const waiting = new Map<number, HostReport>();
  const seen = new Map<number, HostReport>();
  const again = new Map<number, HostReport>();
  for await (const event of events) {
    if (event.type === 'run-started') {
      yield { ...event, hosts: first };
    } else if ('host' in event && event.host >= first) {
      if (event.type === 'host-judged') (seen.has(event.host) ? again : seen).set(event.host, event.report);
    } else if (event.type === 'host-judged' && noviceOf(event.report)) {
      waiting.set(event.host, event.report);
    } else {
      if (event.type === 'run-finished') {
        const named = [...seen].map(([host, report]) => namedFrom(report, again.get(host) ?? null));
        for (const [host, report] of waiting) {
          const settled = event.run.interrupted ? report : settleByNamed(report, named);
          yield { type: 'host-judged', host, report: settled };
        }
      }
      yield event;
    }
  }
}

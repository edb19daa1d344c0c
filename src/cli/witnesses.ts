import type { JudgedEvent } from '../model/event.ts';
import { UsageError } from '../model/fault.ts';
import type { HostReport } from '../model/report.ts';
import type { TargetSpace } from '../model/target.ts';
import type { Assignment } from '../scanner/scan.ts';
import { isBlock } from '../targets/item.ts';
import { makeSpace, type SpaceSpec } from '../targets/space.ts';
import { quoted } from '../text/quoted.ts';
import { namedFrom, settleByNamed } from '../verdict/witness/raise.ts';
import { silentHostOf } from '../verdict/witness/silent-host.ts';
import { isList } from './is-list-file.ts';
import type { ScanOptions } from './options.ts';
import { readTargets } from './read-targets.ts';

/** Reads what was named as witnesses, with the checks of targets; null for none. Throws UsageError before a packet is sent. */
export const readWitnesses = async (options: ScanOptions): Promise<SpaceSpec | null> => {
  const { witnesses } = options;
  const many = witnesses.find((text) => isList(text) || isBlock(text));
  if (many !== undefined) throw new UsageError(`--witness ${quoted(many)}: expected one name or address`);
  if (witnesses.length === 0) return null;
  try {
    return (await readTargets(witnesses, options, '--witness')).spec;
  } catch (error) {
    // Of all of them left out by excludes it says that no target is left.
    if (!(error instanceof UsageError) || error.message.startsWith('--witness')) throw error;
    throw new UsageError(`--witness: ${error.message}`);
  }
};

/** The hosts that a check probes: its targets and, numbered behind them, the witnesses. */
export const beside = (targets: TargetSpace, spec: SpaceSpec | null): Assignment => {
  if (!spec) return { space: targets, order: Array(targets.size).keys() };
  const witnesses = makeSpace(spec);
  const size = targets.size + witnesses.size;
  return {
    space: {
      size,
      at: (index) => (index < targets.size ? targets.at(index) : witnesses.at(index - targets.size)),
    },
    order: Array(size).keys(),
    witnesses: new Set(Array.from({ length: witnesses.size }, (_, i) => targets.size + i)),
  };
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
    } else if (event.type === 'host-judged' && silentHostOf(event.report)) {
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

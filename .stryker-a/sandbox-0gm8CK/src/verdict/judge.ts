import type { JudgedEvent, ScanEvent } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { WireCapabilities } from '../model/wire.ts';
import { judgeHosts } from './judge-host.ts';

/** The stream with each host's evidence judged as it comes; everything else passes through. */
export async function* judge(
  events: AsyncIterable<ScanEvent>,
  plan: Plan,
  capabilities: WireCapabilities,
): AsyncGenerator<JudgedEvent> {
  const judgeHost = judgeHosts(plan, capabilities);
  for await (const event of events) {
    if (event.type !== 'host-finished') yield event;
    else yield { type: 'host-judged', host: event.host, report: judgeHost(event.evidence) };
  }
}

import type { JudgedEvent } from '../../model/event.ts';
import { portState } from '../../model/reply.ts';
import { shownVerdict } from '../../model/shown-verdict.ts';
import { answerWords } from '../../text/answer-words.ts';
import { countedGrouped } from '../../text/counts.ts';
import { latencyWords } from '../../text/duration.ts';
import { oneLine } from '../../text/fit-text.ts';
import { REQUIREMENT, VERDICT } from '../kit/words.ts';

/** The run as lines to be read aloud, each written once and never changed: for screen readers. Why and what to do stand in the report that follows. */
export async function* speakCheck(events: AsyncIterable<JudgedEvent>): AsyncGenerator<string> {
  const titles = new Map<number, string>();
  const titleOf = (host: number): string => titles.get(host) ?? `host ${host + 1}`;
  for await (const event of events) {
    switch (event.type) {
      case 'run-started':
        yield `Checking ${countedGrouped(event.hosts, 'host')} from ${oneLine(event.run.vantage)}.`;
        break;
      case 'host-started':
        titles.set(event.host, oneLine(event.target.text));
        yield `${titleOf(event.host)}: probing ${oneLine(event.address ?? 'nothing, it has no address')}.`;
        break;
      case 'answered': {
        const { why, port, reply, requirement } = event.observation;
        if (why !== 'required') break;
        yield `${titleOf(event.host)}: ${REQUIREMENT[requirement].title}, port ${port}: ${answerWords(portState(reply))}.`;
        break;
      }
      case 'notice':
        yield `Note: ${oneLine(event.text)}.`;
        break;
      case 'host-judged':
        yield `${oneLine(event.report.target)}: ${VERDICT[shownVerdict(event.report)].word}, ${event.report.confidence}. ${VERDICT[shownVerdict(event.report)].says}`;
        break;
      case 'run-finished':
        yield `${event.run.interrupted ? 'Stopped' : 'Done'} after ${latencyWords(event.run.durationMs)}.`;
        break;
    }
  }
}

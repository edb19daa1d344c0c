import type { JudgedEvent } from '../model/event.ts';
import { VERDICTS } from '../model/report.ts';
import { logLine } from './log.ts';

/** How often the line is redrawn, milliseconds. */
const REDRAW_MS = 100;

interface Count {
  hosts: number;
  judged: number;
  asked: number;
  answered: Set<number>;
  readonly verdicts: Map<string, number>;
}

const words = ({ hosts, judged, asked, answered, verdicts }: Count): string => {
  if (hosts === 1) return `${answered.size} of ${asked} ports`;
  const found = VERDICTS.flatMap((verdict) =>
    verdicts.has(verdict) ? `${verdicts.get(verdict)} ${verdict}` : [],
  );
  return [`${judged} of ${hosts} hosts`, ...found].join(', ');
};

const take = (count: Count, event: JudgedEvent): void => {
  if (event.type === 'run-started') count.hosts = event.hosts;
  else if (event.type === 'host-judged') {
    count.judged++;
    count.verdicts.set(event.report.verdict, (count.verdicts.get(event.report.verdict) ?? 0) + 1);
  } else if (count.hosts === 1) {
    // Ports are worth counting only where they are the whole work.
    if (event.type === 'asking') count.asked += event.ports.length;
    else if (event.type === 'answered') count.answered.add(event.observation.port);
  }
};

/**
 * Passes the stream through and keeps one line on standard error while it runs; removed at the end. Notices are printed
 * above it. Without a terminal only the notices come.
 */
export async function* withProgress(
  events: AsyncIterable<JudgedEvent>,
  stream: NodeJS.WriteStream,
): AsyncGenerator<JudgedEvent> {
  const live = stream.isTTY === true;
  const erase = live ? '\r\x1b[2K' : '';
  const count: Count = { hosts: 0, judged: 0, asked: 0, answered: new Set(), verdicts: new Map() };
  let drawnAt = 0;
  for await (const event of events) {
    take(count, event);
    if (event.type === 'notice') stream.write(`${erase}${logLine(event.text)}`);
    const now = performance.now();
    if (live && (event.type === 'run-finished' || now - drawnAt > REDRAW_MS)) {
      drawnAt = now;
      stream.write(event.type === 'run-finished' ? erase : `${erase}${words(count)}`);
    }
    yield event;
  }
}

import type { JudgedEvent } from '../model/event.ts';

/** How often the line is redrawn, milliseconds. */
const REDRAW_MS = 100;

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
  let hosts = 0;
  let judged = 0;
  let asked = 0;
  const seen = new Set<string>();
  let drawnAt = 0;
  for await (const event of events) {
    if (event.type === 'run-started') hosts = event.hosts;
    else if (event.type === 'asking') asked += event.ports.length;
    else if (event.type === 'answered') seen.add(`${event.host} ${event.observation.port}`);
    else if (event.type === 'host-judged') judged++;
    else if (event.type === 'notice') stream.write(`${erase}ra-preflight: ${event.text}\n`);
    const now = performance.now();
    if (live && (event.type === 'run-finished' || now - drawnAt > REDRAW_MS)) {
      drawnAt = now;
      const line = `${judged} of ${hosts} hosts, ${seen.size} of ${asked} ports`;
      stream.write(event.type === 'run-finished' ? erase : `${erase}${line}`);
    }
    yield event;
  }
}

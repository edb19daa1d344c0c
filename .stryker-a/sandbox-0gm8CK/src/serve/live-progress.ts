import type { ServerResponse } from 'node:http';
import type { RunEntry } from '../model/history.ts';
import { shownCounts } from '../model/shown-verdict.ts';

const POLL_MS = 1000;
/** A comment this often, in polls, shows that the line is up; proxies close silent ones after 30 to 60 s. */
const BEAT_POLLS = 15;
/** A browser tries again after this long, ms. */
const RETRY_MS = 3000;
const MOST_LISTENERS = 16;
/** A listener that leaves this much unread, bytes, is cut off; it comes back by itself. */
const MOST_UNREAD = 256 * 1024;

/** Tells listeners of the runs that go on. */
export interface LiveProgress {
  /** Whether no more listeners are taken: there are many, or it is over. */
  isFull(): boolean;
  /** Takes a listener, whose headers must be set. */
  join(response: ServerResponse): Promise<void>;
  close(): void;
}

const eventOf = (runs: readonly RunEntry[], durationWords: (ms: number) => string): string => {
  const data = runs.map(({ id, hosts, summary, durationMs }) => ({
    id,
    ...shownCounts(summary),
    hosts,
    done: summary.hosts,
    took: durationWords(durationMs),
  }));
  return `event: progress\ndata: ${JSON.stringify(data)}\n\n`;
};

/** Reads the running runs every second while a page is connected, and sends what is new as Server-Sent Events. */
export const liveProgress = (
  running: () => readonly RunEntry[] | Promise<readonly RunEntry[]>,
  durationWords: (ms: number) => string,
  say: (line: string) => void,
): LiveProgress => {
  const listeners = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | null = null;
  let last = '';
  let polls = 0;
  let failed = '';
  let over = false;
  let looking = false;
  /** The first look for those who listen now. */
  let first: Promise<void> = Promise.resolve();

  const send = (response: ServerResponse, text: string): void => {
    if (response.writableLength > MOST_UNREAD) response.destroy();
    else response.write(text);
  };
  /** The newest event; the one before when the history cannot be read. */
  const look = async (): Promise<string> => {
    try {
      const event = eventOf(await running(), durationWords);
      failed = '';
      return event;
    } catch (error) {
      const text = String(error);
      if (text !== failed) say(`the running audits cannot be read: ${text}`);
      failed = text;
      return last;
    }
  };
  const poll = async (): Promise<void> => {
    // A look that takes longer than a second is not joined by another.
    if (looking) return;
    looking = true;
    polls++;
    const event = await look();
    looking = false;
    const beat = polls % BEAT_POLLS === 0 ? ': still there\n\n' : '';
    const text = event === last ? beat : event;
    last = event;
    if (text) for (const response of listeners) send(response, text);
  };
  const rest = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  const leave = (response: ServerResponse): void => {
    listeners.delete(response);
    if (listeners.size === 0) rest();
  };

  return {
    isFull: () => over || listeners.size >= MOST_LISTENERS,
    join: async (response) => {
      listeners.add(response);
      response.once('close', () => leave(response));
      if (timer === null) {
        timer = setInterval(() => void poll(), POLL_MS);
        first = look().then((event) => {
          last = event;
        });
      }
      await first;
      if (!response.destroyed) response.write(`retry: ${RETRY_MS}\n\n${last}`);
    },
    close: () => {
      over = true;
      rest();
      for (const response of listeners) response.end();
      listeners.clear();
    },
  };
};

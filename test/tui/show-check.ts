import type { JudgedEvent } from '../../src/model/event.ts';
import { type CheckTuiOptions, showCheckTui } from '../../src/tui/check/show-check-tui.tsx';
import { finishedRun, someHosts, story } from './story.ts';
import type { fakeTerminal } from './terminal.ts';

export const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '');

// biome-ignore lint/suspicious/noControlCharactersInRegex: the start of a colour or of bold text
export const COLOUR = /\u001B\[[1-9][0-9;]*m/;

/** What was copied, in order. */
export const copied: string[] = [];

/** A run that goes on until it is stopped, and one that ends by itself. */
export const endless = (events: readonly JudgedEvent[]) => {
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  async function* stream(): AsyncGenerator<JudgedEvent> {
    yield* events;
    await stopped;
    yield { type: 'run-finished', run: finishedRun(true) };
  }
  return { stream: stream(), stop: () => stop() };
};

export async function* ending(events: readonly JudgedEvent[]): AsyncGenerator<JudgedEvent> {
  yield* events;
}

export const show = (
  terminal: ReturnType<typeof fakeTerminal>,
  events: AsyncIterable<JudgedEvent>,
  options: Partial<CheckTuiOptions> = {},
): Promise<void> =>
  showCheckTui(events, {
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    colour: true,
    screenReader: false,
    clean,
    onStop: () => {},
    copy: ({ name, text }) => {
      copied.push(text);
      return Promise.resolve(`${name} is copied`);
    },
    commandsFor: (target) => [{ says: 'Again:', command: `ra-preflight check ${target ?? 'all'}` }],
    offerer: { why: 'this is a test' },
    ...options,
  });

export const hosts = (count: number): JudgedEvent[] => story(someHosts(count));

export const running = (count: number): JudgedEvent[] => hosts(count).slice(0, -1);

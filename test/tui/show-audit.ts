import type { JudgedEvent } from '../../src/model/event.ts';
import { type AuditTuiOptions, showAuditTui } from '../../src/tui/audit/show-audit-tui.tsx';
import {
  addressOf,
  auditGroups,
  auditReport,
  fakeSteering,
  hostEventsOf,
  runFinished,
  runStarted,
} from './audit-story.ts';
import type { fakeTerminal } from './terminal.ts';

export const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '');

// biome-ignore lint/suspicious/noControlCharactersInRegex: the start of a colour or of bold text
export const COLOUR = /\u001B\[[1-9][0-9;]*m/;

/** Hosts 0 to `done - 1` are judged, then the run waits until it is stopped. */
export const audit = (size: number, done: number) => {
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  async function* stream(): AsyncGenerator<JudgedEvent> {
    yield runStarted(size);
    for (let host = 0; host < done; host++) yield* hostEventsOf(host);
    if (done < size) await stopped;
    yield runFinished(done < size);
  }
  return { stream: stream(), stop: () => stop() };
};

export const show = (
  terminal: ReturnType<typeof fakeTerminal>,
  events: AsyncIterable<JudgedEvent>,
  options: Partial<AuditTuiOptions> = {},
): Promise<void> => {
  const size = options.size ?? 600;
  return showAuditTui(events, {
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    colour: true,
    screenReader: false,
    clean,
    onStop: () => {},
    copy: ({ name }) => Promise.resolve(`${name} is copied`),
    commandsFor: (target) => [{ says: 'Again:', command: `ra-preflight audit ${target ?? 'all'}` }],
    size,
    textOf: addressOf,
    reportOf: auditReport,
    groups: () => auditGroups(size),
    steering: fakeSteering(),
    onExport: () => Promise.resolve('written to x.html'),
    ...options,
  });
};

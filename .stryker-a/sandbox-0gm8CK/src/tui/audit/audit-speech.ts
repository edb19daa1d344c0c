import type { JudgedEvent } from '../../model/event.ts';
import type { Group } from '../../model/report.ts';
import { shownVerdict } from '../../model/shown-verdict.ts';
import { countedGrouped } from '../../text/counts.ts';
import { latencyWords } from '../../text/duration.ts';
import { oneLine } from '../../text/fit-text.ts';
import { CODE, CODES, type Code } from '../kit/host-code.ts';
import { clock } from '../kit/words.ts';
import { cellOf, VERDICT_CODES } from './cell-words.ts';

/** Looking for findings costs some milliseconds: at most this often, and only when another host was found blocked. */
const LOOK_MS = 1000;
/** Progress is announced in this many steps, and no sooner than the step before has been read aloud. */
const STEPS = 10;
const LINE_MS = 10_000;

/** What reading a run aloud needs beside its events. */
export interface SpeakOptions {
  readonly size: number;
  readonly groups: () => readonly Group[];
  /** Milliseconds on any clock that does not go back. */
  readonly now: () => number;
}

/** The run as lines to be read aloud, each written once and never changed: the start, progress, findings, the end. */
export async function* speakAudit(
  events: AsyncIterable<JudgedEvent>,
  { size, groups, now }: SpeakOptions,
): AsyncGenerator<string> {
  const states = new Uint8Array(size);
  const counts = CODES.map((code) => (code === CODE.waiting ? size : 0));
  const told = new Set<string>();
  const startedAt = now();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let isNewBlocked = false;
  let step = 0;
  let toldAt = startedAt;

  const verdicts = (): string =>
    VERDICT_CODES.map((code) => `${(counts[code] ?? 0).toLocaleString('en')} ${cellOf(code).word}`).join(
      ', ',
    );
  const judged = (): number => VERDICT_CODES.reduce<number>((sum, code) => sum + (counts[code] ?? 0), 0);
  function* newFindings(): Generator<string> {
    lookedAt = now();
    isNewBlocked = false;
    for (const group of groups()) {
      if (told.has(group.id)) continue;
      told.add(group.id);
      yield `New finding, ${countedGrouped(group.hosts, 'host')} so far: ${oneLine(group.text)}`;
    }
  }
  const take = (host: number, code: Code): void => {
    const before = states[host];
    if (before === undefined) return;
    states[host] = code;
    counts[before] = (counts[before] ?? 0) - 1;
    counts[code] = (counts[code] ?? 0) + 1;
  };

  for await (const event of events) {
    switch (event.type) {
      case 'run-started':
        yield `Auditing ${countedGrouped(size, 'host')} from ${oneLine(event.run.vantage)}.`;
        break;
      case 'notice':
        yield `Note: ${oneLine(event.text)}.`;
        break;
      case 'host-judged': {
        take(event.host, CODE[shownVerdict(event.report)]);
        isNewBlocked ||= event.report.verdict === 'blocked';
        const reached = Math.floor((STEPS * judged()) / size);
        if (reached > step && reached < STEPS && now() - toldAt >= LINE_MS) {
          step = reached;
          toldAt = now();
          const time = clock(now() - startedAt);
          yield `${(100 * step) / STEPS} %, ${judged().toLocaleString('en')} of ${countedGrouped(size, 'host')} after ${time}: ${verdicts()}.`;
        }
        if (isNewBlocked && now() - lookedAt >= LOOK_MS) yield* newFindings();
        break;
      }
      case 'run-finished':
        yield* newFindings();
        yield `${event.run.interrupted ? 'Stopped' : 'Done'} after ${latencyWords(event.run.durationMs)}, ${judged().toLocaleString('en')} of ${countedGrouped(size, 'host')}: ${verdicts()}.`;
        break;
    }
  }
}

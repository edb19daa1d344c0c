import type { HostReport } from '../../model/report.ts';
import { portOf, REQUIREMENTS } from '../../model/requirement.ts';
import { shownVerdict } from '../../model/shown-verdict.ts';
import { cleanText } from '../../text/clean-text.ts';
import { clip } from '../../text/fit-text.ts';
import type { FormatOptions } from '../format.ts';
import { hostName, STATE_WORDS, verdictWord } from '../report-words.ts';
import { paint, roomOf, STATE_COLOURS, table, VERDICT_COLOURS } from './draw.ts';

/** Columns of the verdict and of the three states, with their padding. */
const VERDICT_COLUMN = 15;
const STATE_COLUMNS = [8, 8, 10] as const;
/** A host takes no more columns, and a reason that has fewer says nothing. */
const MOST_HOST = 34;
const LEAST_WHY = 24;

/** One line for each of a few hosts: verdict, the three requirements, and the beginning of why where there is room. */
export const overviewLines = (hosts: Iterable<HostReport>, options: FormatOptions): string[] => {
  const all = Array.from(hosts, (one) => ({ ...one, name: cleanText(hostName(one)) }));
  const room = roomOf(options);
  const states = room >= 70 ? STATE_COLUMNS : [];
  const fixed = [VERDICT_COLUMN, ...states];
  const left = room - fixed.reduce((sum, column) => sum + column, 0) - fixed.length - 2;
  const host = Math.min(left, MOST_HOST, Math.max(...all.map(({ name }) => name.length), 4) + 2);
  const why = left - host - 1 >= LEAST_WHY ? left - host - 1 : 0;
  return table(
    [
      'Host',
      'Verdict',
      ...(states.length > 0 ? REQUIREMENTS.map((name) => String(portOf(name) ?? 'dynamic')) : []),
      ...(why > 0 ? ['Why'] : []),
    ],
    all.map((one) => [
      clip(one.name, host - 2),
      paint(verdictWord(one), VERDICT_COLOURS[shownVerdict(one)], options),
      ...(states.length > 0
        ? one.requirements.map(({ state }) =>
            paint(
              state === 'not-needed' || one.verdict === 'unreachable' ? '-' : STATE_WORDS[state],
              STATE_COLOURS[state],
              options,
            ),
          )
        : []),
      ...(why > 0 ? [clip(cleanText(one.because[0]?.text ?? ''), why - 2)] : []),
    ]),
    [host, ...fixed, ...(why > 0 ? [why] : [])],
    options,
  );
};

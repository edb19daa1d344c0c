import { countedGrouped, grouped } from '../../../text/counts.ts';
import { latencyWords } from '../../../text/duration.ts';
import { oneLine } from '../../../text/fit-text.ts';
import { CODE, type Code } from '../../kit/host-code.ts';
import { AIRY } from '../../kit/layout/frame.ts';
import { BLANK, edges, lineWidth, type Span, type StyledLine, span } from '../../kit/layout/line.ts';
import { clock } from '../../kit/words.ts';
import { type AuditView, judgedCount, speeds } from '../audit-state.ts';
import { cellOf, perSecond, VERDICT_CODES } from '../cell-words.ts';
import { innerColumns } from '../geometry.ts';

/** Time left at the speed of the last seconds; empty when that says nothing. */
const etaWords = (view: AuditView): string => {
  const { hosts } = speeds(view);
  const left = view.targets.size - judgedCount(view);
  return view.finished || view.paused || hosts <= 0 || left === 0
    ? ''
    : `  ETA ${clock((1000 * left) / hosts)}`;
};

const timeWords = (view: AuditView): string => {
  const { run, finished } = view;
  const columns = innerColumns(view);
  const time = run && 'durationMs' in run ? latencyWords(run.durationMs) : clock(view.now - view.startedAt);
  return finished && columns >= AIRY ? `done in ${time}` : `${time}${etaWords(view)}`;
};

const whereLine = (view: AuditView): StyledLine => {
  const { run, finished } = view;
  const columns = innerColumns(view);
  const right = span(timeWords(view), finished ? 'plain' : 'quiet');
  const name: StyledLine = columns >= AIRY ? [span('ra-preflight', 'strong'), span('  ')] : [];
  const from = run ? span(`from ${oneLine(run.vantage)}, engine ${run.engine}`, 'quiet') : span('');
  return edges([...name, from], [right], columns);
};

const barLine = (view: AuditView): StyledLine => {
  const { size } = view.targets;
  const judged = judgedCount(view);
  const words = ` ${grouped(judged)} of ${countedGrouped(size, 'host')}`;
  const bar = Math.max(0, innerColumns(view) - words.length);
  const filled = Math.floor((bar * judged) / Math.max(1, size));
  return [span('━'.repeat(filled), 'good'), span('─'.repeat(bar - filled), 'quiet'), span(words, 'quiet')];
};

type Wording = 'word' | 'brief' | 'none';

const countSpans = (view: AuditView, code: Code, wording: Wording): Span[] => {
  const { letter, cell, tone, ...words } = cellOf(code);
  const word = wording === 'none' ? '' : ` ${words[wording]}`;
  return [span(letter, cell), span(` ${grouped(view.counts[code] ?? 0)}${word}`, tone), span('  ')];
};

/**
 * How many hosts have each verdict; verdicts without a host and then the words go where the numbers need the room. It is the
 * legend of the map too.
 */
const verdictLine = (view: AuditView): StyledLine => {
  const line = (wording: Wording, codes: readonly Code[]): StyledLine =>
    codes
      .flatMap((code) => countSpans(view, code, wording))
      .slice(0, -1)
      // The shortest words go with the least room between them.
      .map((one) => (wording === 'brief' && one.text === '  ' ? span(' ') : one));
  const found = VERDICT_CODES.filter((code) => (view.counts[code] ?? 0) > 0);
  const variants = [
    line('word', VERDICT_CODES),
    line('word', found),
    line('brief', found),
    line('none', found),
  ];
  return variants.find((one) => lineWidth(one) <= innerColumns(view)) ?? line('none', found);
};

const speedLine = (view: AuditView): StyledLine => {
  const { hosts, packets } = speeds(view);
  const limit = `${perSecond(view.rate)} probes/s`;
  const left = [CODE.asking, CODE.waiting].flatMap((code) => countSpans(view, code, 'word')).slice(0, -1);
  const wait: StyledLine = view.paused ? [span('PAUSED', 'doubt'), span('  ')] : [];
  const limits: StyledLine[] = [
    [...wait, span(`limit ${limit}`, 'quiet')],
    [...wait, span(`limit ${perSecond(view.rate)}/s`, 'quiet')],
  ];
  const now = `${perSecond(hosts)} hosts/s`;
  const measured: StyledLine[] = [
    [span(`${now}  ${perSecond(packets)} of at most ${limit}`, 'quiet')],
    [span(`${now}  limit ${limit}`, 'quiet')],
  ];
  const variants = view.finished ? [BLANK] : view.paused ? limits : [...measured, ...limits];
  for (const right of variants)
    if (lineWidth(left) + 2 + lineWidth(right) <= innerColumns(view))
      return edges(left, right, innerColumns(view));
  return edges([], variants.at(-1) ?? BLANK, innerColumns(view));
};

/** Where and how long, how far, which verdicts, how fast: four lines. */
export const headLines = (view: AuditView): StyledLine[] => [
  whereLine(view),
  barLine(view),
  verdictLine(view),
  speedLine(view),
];

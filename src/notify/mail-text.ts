import { CHANGE_KINDS, type Change, type ChangeKind, type Uncertain } from '../model/history.ts';
import type { Group } from '../model/report.ts';
import { shownCounts, shownCountsWords } from '../model/shown-verdict.ts';
import { counted } from '../text/counts.ts';
import { escapeHtml } from '../text/escape.ts';
import { hasFailed } from './firing-rules.ts';
import { fill } from './placeholders.ts';
import type { RunResult } from './run-result.ts';

/** Makes text from the network safe for one line and bounds its length: `cleanText` of src/output. */
export type Clean = (text: string, most?: number) => string;

/** A mail without its addresses. */
export interface Message {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Most changes and most groups that a mail names. */
const MOST_CHANGES = 50;
const MOST_GROUPS = 20;
const LONGEST_SUBJECT = 150;
const LONGEST_LINE = 400;

const KIND_WORDS: Readonly<Record<ChangeKind, string>> = {
  'newly-blocked': 'newly blocked',
  mended: 'fixed',
  appeared: 'appeared',
  gone: 'gone',
  'changed-cause': 'blocked by something else',
};

const hosts = (count: number): string => counted(count, 'host');

/** What happened in a few words: `3 hosts newly blocked, 1 mended`, or that the run failed. Holds no text from the network. */
export const headline = ({ run, diff, failed }: Pick<RunResult, 'run' | 'diff' | 'failed'>): string => {
  if (run === null || (failed !== null && run.state === 'finished')) return 'the run failed';
  const { summary } = run;
  if (hasFailed({ run, failed }))
    return `the run ${failed === null ? 'was interrupted' : 'failed'} after ${summary.hosts} of ${hosts(run.hosts)}`;
  const parts = CHANGE_KINDS.filter((kind) => (diff?.summary[kind] ?? 0) > 0).map((kind, index) => {
    const count = diff?.summary[kind] ?? 0;
    return `${index === 0 ? hosts(count) : count} ${KIND_WORDS[kind]}`;
  });
  if (parts.length > 0) return parts.join(', ');
  const nothing = diff?.summary.uncertain ? 'no certain changes' : 'no changes';
  return `${diff === null ? 'nothing to compare with' : nothing}, ${summary.blocked} of ${hosts(summary.hosts)} blocked`;
};

/** The changes of a comparison, the most serious first, `most` at most. */
export const foremost = (changes: readonly Change[], most: number): Change[] => {
  const chosen: Change[] = [];
  for (const kind of CHANGE_KINDS) {
    if (chosen.length >= most) break;
    chosen.push(...changes.filter((one) => one.kind === kind).slice(0, most - chosen.length));
  }
  return chosen;
};

/** A part of the mail: a title and its lines. */
interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

const bounded = (lines: readonly string[], total: number): string[] =>
  total > lines.length ? [...lines, `and ${total - lines.length} more`] : [...lines];

const hostLine = ({ target, address, text }: Change | Uncertain, clean: Clean): string => {
  const where = address !== null && address !== target ? ` (${clean(address)})` : '';
  return `${clean(target)}${where}: ${clean(text, LONGEST_LINE)}`;
};

const sections = (
  { run, diff, failed, groups }: RunResult,
  files: readonly string[],
  clean: Clean,
): Section[] => {
  const all: Section[] = [];
  if (failed !== null) all.push({ title: 'What went wrong', lines: [clean(failed, LONGEST_LINE)] });
  if (run) {
    const { summary } = run;
    all.push({
      title: 'Run',
      lines: [
        `${clean(run.id)} from ${clean(run.vantage)}, ${run.startedAt} to ${run.finishedAt ?? 'not finished'}`,
        `${summary.hosts} of ${hosts(run.hosts)} judged: ${shownCountsWords(shownCounts(summary)) || 'none'}`,
      ],
    });
  }
  const found = groups
    .slice(0, MOST_GROUPS)
    .map(({ hosts: count, text }: Group) => `${hosts(count)}: ${clean(text, LONGEST_LINE)}`);
  all.push({ title: 'Findings', lines: bounded(found, groups.length) });
  const changes = diff?.changes ?? [];
  const named = foremost(changes, MOST_CHANGES).map(
    (one) => `${KIND_WORDS[one.kind]}: ${hostLine(one, clean)}`,
  );
  all.push({ title: 'Changes', lines: bounded(named, changes.length) });
  const uncertain = diff?.uncertain ?? [];
  const doubted = uncertain.slice(0, MOST_CHANGES).map((one) => hostLine(one, clean));
  all.push({ title: 'Uncertain in one run or both', lines: bounded(doubted, uncertain.length) });
  all.push({ title: 'Reports', lines: files.map((one) => clean(one, LONGEST_LINE)) });
  return all.filter(({ lines }) => lines.length > 0);
};

const htmlOf = (first: string, parts: readonly Section[]): string =>
  [
    '<!doctype html>',
    '<html lang="en"><body style="font-family:sans-serif">',
    `<p><strong>${escapeHtml(first)}</strong></p>`,
    ...parts.map(({ title, lines }) => {
      const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('\n');
      return `<h3>${escapeHtml(title)}</h3>\n<ul>\n${items}\n</ul>`;
    }),
    '</body></html>',
    '',
  ].join('\n');

/**
 * Writes the mail about a result. `files` says in a line for each report where it is; `subject` is a pattern with
 * `{changes}`, `{schedule}` and `{run}`, null for `{changes} - {schedule}`. Every text from elsewhere is cleaned, so the
 * subject is one line whatever a host is called.
 */
export const compose = (
  result: RunResult,
  subject: string | null,
  files: readonly string[],
  clean: Clean,
): Message => {
  const changes = headline(result);
  const schedule = clean(result.schedule);
  const places = { changes, schedule, run: result.run?.id ?? 'no run' };
  const first = `${changes} - ${schedule}`;
  const parts = sections(result, files, clean);
  const body = parts.map(({ title, lines }) => `${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
  return {
    subject: clean(fill(subject ?? '{changes} - {schedule}', places), LONGEST_SUBJECT),
    text: [`${first}\n`, ...body].join('\n'),
    html: htmlOf(first, parts),
  };
};

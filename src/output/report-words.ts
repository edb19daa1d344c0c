import type { Commands, Tool } from '../model/commands.ts';
import { GENERATIONS } from '../model/plan.ts';
import type {
  Confidence,
  HostReport,
  PortReport,
  RangeReport,
  Remedy,
  ReportSource,
  RequirementState,
} from '../model/report.ts';
import { forEachRequirement, REQUIREMENT } from '../model/requirement.ts';
import { type ShownVerdict, shownCounts, shownCountsWords, shownVerdict } from '../model/shown-verdict.ts';
import { answerWords } from '../text/answer-words.ts';
import { counted } from '../text/counts.ts';
import { durationWords, latencyWords } from '../text/duration.ts';

/** The words that a person reads, the same in every format made for people. */
export const VERDICT_WORDS: Readonly<Record<ShownVerdict, string>> = {
  ready: 'READY',
  'clear-so-far': 'CLEAR SO FAR',
  blocked: 'BLOCKED',
  undetermined: 'UNDETERMINED',
  unreachable: 'UNREACHABLE',
};

/** The verdict on a host as a heading has it. */
export const verdictWord = (host: Pick<HostReport, 'verdict' | 'because'>): string =>
  VERDICT_WORDS[shownVerdict(host)];

/** The state of a requirement in a word. */
export const STATE_WORDS: Readonly<Record<RequirementState, string>> = {
  pass: 'PASS',
  fail: 'FAIL',
  undetermined: 'UNSURE',
  'not-needed': 'not needed',
};

/** How sure a verdict is, in a word or two. */
export const CONFIDENCE_WORDS: Readonly<Record<Confidence, string>> = {
  proven: 'proven',
  likely: 'likely',
  weak: 'weak evidence',
};

/** A requirement with its ports, as a heading has it. */
export const REQUIREMENT_TITLES = forEachRequirement((name) => REQUIREMENT[name].ports);

/** `open, 1.2 ms`, `no answer, probed 3 times` */
export const portStateWords = (port: PortReport): string => {
  const { state, reason, rttMs, from, attempts } = port;
  const parts: string[] = [answerWords(port)];
  if (rttMs !== null) parts.push(latencyWords(rttMs));
  if (from !== null && state === 'filtered') parts.push(`from ${from}`);
  if (reason === 'no-response') parts.push(`probed ${attempts === 1 ? 'once' : `${attempts} times`}`);
  return parts.join(', ');
};

/** `49152-65535 filtered (exact)` */
export const rangeStateWords = ({ from, to, state, exact }: RangeReport): string =>
  `${from === to ? from : `${from}-${to}`} ${state}${exact ? ' (exact)' : ''}`;

const GENERATION_WORDS = { 'xp-2003': 'XP/2003', 'vista-or-later': 'Vista and later' } as const;

/** `Vista and later`, or `unknown (ready on XP/2003, blocked on Vista and later)` where that makes a difference. */
export const noviceWords = ({
  novice,
  byGeneration,
}: Pick<HostReport, 'novice' | 'byGeneration'>): string => {
  if (novice.generation !== 'unknown') return GENERATION_WORDS[novice.generation];
  const both = GENERATIONS.map((name) => `${byGeneration[name]} on ${GENERATION_WORDS[name]}`);
  return new Set(Object.values(byGeneration)).size === 1 ? 'unknown' : `unknown (${both.join(', ')})`;
};

/** Where something is to be done. */
export const WHERE_WORDS: Readonly<Record<Remedy['where'], string>> = {
  novice: "on the novice's PC",
  network: 'in the network',
  expert: "on the expert's PC",
};

/** Remedies for XP and Server 2003, which nobody wants to read about a host whose Windows is not known. */
const OLD: ReadonlySet<string> = new Set(['firewall-xp-sp2', 'firewall-server-2003']);

/** Whether a remedy opens a filter in the network; a host has one for each place. */
export const isOpening = ({ id }: Pick<Remedy, 'id'>): boolean => id.startsWith('open-network-filter');

/** The remedies of a host without those that only an unlikely Windows needs. */
export const likelyRemedies = ({
  remedies,
  novice,
}: Pick<HostReport, 'remedies' | 'novice'>): readonly Remedy[] =>
  novice.generation === 'unknown' ? remedies.filter(({ id }) => !OLD.has(id)) : remedies;

/** What stands above commands that are typed at one place. */
export const TOOL_WORDS: Readonly<Record<Tool, string>> = {
  nftables: 'nftables',
  cisco: 'Cisco access list',
  powershell: 'PowerShell (as administrator)',
  cmd: 'cmd (as administrator)',
  shell: 'Shell',
  policy: 'Group Policy entries',
};

/** Commands of one tool, to be copied in one go; `tool` is null where the report does not say. */
export interface CommandBlock {
  readonly tool: Tool | null;
  readonly commands: readonly string[];
}

/** The commands of a remedy or a finding, a block for each tool. */
export const blocksOf = ({ commands, tools }: Commands): CommandBlock[] => {
  const blocks: { readonly tool: Tool | null; readonly commands: string[] }[] = [];
  for (const [i, command] of commands.entries()) {
    const tool = tools?.[i] ?? null;
    const last = blocks.at(-1);
    if (last && last.tool === tool) last.commands.push(command);
    else blocks.push({ tool, commands: [command] });
  }
  return blocks;
};

/** `pc0417.corp.example (10.77.1.2)`: as typed, with the address where that says more. Not cleaned. */
export const hostName = ({ target, address }: Pick<HostReport, 'target' | 'address'>): string =>
  address === null || address === target ? target : `${target} (${address})`;

/** `2026-01-01 00:00 UTC` out of an ISO 8601 time; what is no such time is given back. */
export const minuteWords = (time: string): string => {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(time);
  return parts ? `${parts[1]} ${parts[2]} UTC` : time;
};

const endWords = ({ interrupted, running }: ReportSource['run']): string => {
  if (running) return ' Still running: these are the results so far.';
  return interrupted ? ' Interrupted: these are the results up to then.' : '';
};

/** How the run ended and what it cost, the last line of a report for a person. */
export const summaryWords = ({ summary, run }: Pick<ReportSource, 'summary' | 'run'>): string => {
  const how = `${counted(run.probesSent, 'probe')} in ${durationWords(run.durationMs)}, engine ${run.engine}, seed ${run.seed}`;
  const counts = shownCountsWords(shownCounts(summary));
  return `${counted(summary.hosts, 'host')}${counts && `: ${counts}`}. ${how}.${endWords(run)}`;
};

import { oneNextStep } from '../../model/next-step.ts';
import { CLEAR_SO_FAR, type HostReport, type RequirementState } from '../../model/report.ts';
import { shownVerdict } from '../../model/shown-verdict.ts';
import { coverageWords } from '../../text/coverage-words.ts';
import { oneLine } from '../../text/fit-text.ts';
import { CONFIDENCE, GENERATION, portList, REQUIREMENT, VERDICT } from './words.ts';

/** One statement, what it rests on, and commands to copy. `title` is empty where the text speaks for itself. */
export interface Statement {
  readonly title: string;
  readonly text: string;
  readonly aside: string;
  readonly commands: readonly string[];
}

/** Statements under a heading. */
export interface Section {
  readonly heading: string;
  readonly statements: readonly Statement[];
}

const statement = (text: string, aside = ''): Statement => ({ title: '', text, aside, commands: [] });

/** Which of the three things it is, in few words; why it is in that state stands in its own section. */
const named = (report: HostReport, state: RequirementState): Statement[] =>
  report.requirements
    .filter((requirement) => requirement.state === state)
    .map(({ name, confidence }) => {
      const { title, ports } = REQUIREMENT[name];
      const filtered = report.ranges.filter((range) => range.exact && range.state === 'filtered');
      const where = name === 'dynamic-rpc' ? filtered.map(({ from, to }) => `${from}-${to}`).join(', ') : '';
      return statement(`${title}, TCP ${ports}${where === '' ? '' : `: ${where} filtered`}`, confidence);
    });

const WHERE = {
  novice: "on the novice's PC",
  network: 'in the network',
  expert: "on the expert's PC",
} as const;

const whatBreaks = (report: HostReport): Section[] => {
  const failed = named(report, 'fail');
  const nothing = report.verdict === 'ready' ? 'No obstacle found.' : VERDICT[shownVerdict(report)].says;
  return [
    { heading: 'What breaks', statements: failed.length > 0 ? failed : [statement(nothing)] },
    { heading: 'What is not certain', statements: named(report, 'undetermined') },
  ];
};

/** Why a host has its verdict, in one sentence. */
export const whyWords = (report: HostReport): string => {
  const shown = shownVerdict(report);
  const decisive =
    report.requirements.find(({ state }) => state === 'fail') ??
    report.requirements.find(({ state }) => state === 'undetermined');
  const isPlain = shown === 'ready' || shown === CLEAR_SO_FAR || shown === 'unreachable';
  return oneLine(isPlain || !decisive ? VERDICT[shown].says : decisive.text);
};

/** Longer lists of ports say nothing to a reader; the table of ports has them all. */
const PORTS_NAMED = 4;

/** The reasons, those for what fails before those for what is in order. */
const whyWeThinkSo = ({ because, requirements }: HostReport): Statement[] => {
  const passing = new Set(requirements.flatMap(({ rule, state }) => (state === 'pass' ? [rule] : [])));
  return [...because]
    .sort((a, b) => Number(passing.has(a.rule)) - Number(passing.has(b.rule)))
    .map(({ rule, text, ports }) =>
      statement(
        text,
        ports.length > 0 && ports.length <= PORTS_NAMED ? `${rule} · ${portList(ports)}` : rule,
      ),
    );
};

const howSure = (report: HostReport): Statement[] => {
  const { generation, evidence } = report.novice;
  const novice =
    generation === 'unknown'
      ? `The novice's Windows is unknown. ${Object.entries(GENERATION)
          .map(([key, name]) => `${name}: ${report.byGeneration[key as keyof typeof GENERATION]}`)
          .join('. ')}.`
      : `The novice runs ${GENERATION[generation]}.`;
  return [
    statement(CONFIDENCE[report.confidence]),
    ...[coverageWords(report.coverage)].filter((text) => text !== '').map((text) => statement(text)),
    statement(novice, evidence.join(', ')),
  ];
};

const filled = (sections: readonly Section[]): Section[] =>
  sections.filter(({ statements }) => statements.length > 0);

/** Remedies that are named beside what breaks; further ones stand below, where all stand in full. */
const NAMED = 3;

/** What to do, by title: what a reader looks for first must not be pages away. Empty without remedies. */
export const whatToDo = (report: HostReport): Section[] => {
  const { remedies } = oneNextStep(report.remedies);
  const named = remedies.slice(0, NAMED);
  const more = report.remedies.length - named.length;
  return filled([
    {
      heading: 'What to do',
      statements: [
        ...named.map(({ title, where }) => statement(title, WHERE[where])),
        ...(more > 0 ? [statement(`and ${more} more below`)] : []),
      ],
    },
  ]);
};

/** What breaks, and what could not be decided. */
export const findings = (report: HostReport): Section[] => filled(whatBreaks(report));

/** Why we think so, how sure, and what to change. Sections without content are left out. */
export const reasons = (report: HostReport): Section[] =>
  filled([
    { heading: 'Why we think so', statements: whyWeThinkSo(report) },
    { heading: 'How sure', statements: howSure(report) },
    {
      heading: 'What to change',
      statements: report.remedies.map(({ title, where, text, commands }) => ({
        title,
        text,
        aside: WHERE[where],
        commands,
      })),
    },
  ]);

import type { HostReport, RequirementReport } from '../model/report.ts';
import { CONFIDENCE, coverageWords, GENERATION, portList, REQUIREMENT, VERDICT } from './words.ts';

/** One statement, what it rests on, and commands to copy. `title` is empty where the text speaks for itself. */
export interface Statement {
  readonly title: string;
  readonly text: string;
  readonly aside: string;
  readonly commands: readonly string[];
}

export interface Section {
  readonly heading: string;
  readonly statements: readonly Statement[];
}

const statement = (text: string, aside = ''): Statement => ({ title: '', text, aside, commands: [] });

const ofRequirement = ({ name, text, confidence }: RequirementReport): Statement =>
  statement(`${REQUIREMENT[name].title}: ${text}`, confidence);

const WHERE = {
  novice: "on the novice's machine",
  network: 'in the network',
  expert: "on the expert's machine",
} as const;

const whatBreaks = (report: HostReport): Section[] => {
  const failed = report.requirements.filter(({ state }) => state === 'fail');
  const open = report.requirements.filter(({ state }) => state === 'undetermined');
  const breaks =
    failed.length > 0
      ? failed.map(ofRequirement)
      : [
          statement(
            report.verdict === 'ready' ? 'Nothing that a probe can see.' : VERDICT[report.verdict].says,
          ),
        ];
  return [
    { heading: 'What breaks', statements: breaks },
    { heading: 'What stays open', statements: open.map(ofRequirement) },
  ];
};

const howSure = (report: HostReport): Statement[] => {
  const { generation, evidence } = report.novice;
  const novice =
    generation === 'unknown'
      ? `The novice's Windows is not known. ${Object.entries(GENERATION)
          .map(([key, name]) => `${name}: ${report.byGeneration[key as keyof typeof GENERATION]}`)
          .join('. ')}.`
      : `The novice runs ${GENERATION[generation]}.`;
  return [
    statement(CONFIDENCE[report.confidence]),
    ...[coverageWords(report)].filter((text) => text !== '').map((text) => statement(text)),
    statement(novice, evidence.join(', ')),
  ];
};

/** The verdict in words: what breaks, why we think so, how sure, what to change. Sections without content are left out. */
export const explain = (report: HostReport): Section[] =>
  [
    ...whatBreaks(report),
    {
      heading: 'Why we think so',
      statements: report.because.map(({ rule, text, ports }) =>
        statement(text, [rule, portList(ports)].filter((part) => part !== '').join(' · ')),
      ),
    },
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
  ].filter(({ statements }) => statements.length > 0);

import stringWidth from 'string-width';
import type { HostReport } from '../../model/report.ts';
import { shownVerdict } from '../../model/shown-verdict.ts';
import { cleanText } from '../../text/clean-text.ts';
import { wrapIndented } from '../../text/fit-text.ts';
import type { FormatOptions } from '../format.ts';
import { CONFIDENCE_WORDS, hostName, REQUIREMENT_TITLES, verdictWord } from '../report-words.ts';
import { paint, VERDICT_COLOURS } from './draw.ts';

/** Remarks that the verdict of a host speaks of itself, or that change nothing for whoever reads one screen. */
export const REMARKS_APART: ReadonlySet<string> = new Set(['not-visible', 'resolver-refused']);

/** What decides, in a few sentences: the one cause, or for a ready host what its dynamic ports showed. */
const causeOf = (host: HostReport): string => {
  const first = host.because[0]?.text ?? '';
  if (host.verdict !== 'ready') return first;
  const dynamic = host.requirements.find(({ name }) => name === 'dynamic-rpc');
  return `No obstacle found. ${dynamic?.text ?? first}`;
};

/** What is proven clear of a host that is in doubt. */
const clearLines = (host: HostReport, { width }: FormatOptions): string[] => {
  const clear = host.requirements.filter(({ state }) => state === 'pass');
  return clear.length === 0
    ? []
    : wrapIndented(`Clear: ${clear.map(({ name }) => REQUIREMENT_TITLES[name]).join(', ')}.`, width, '  ');
};

/** The one next step of a host in doubt. */
const nextLines = ({ remedies }: HostReport, { width }: FormatOptions): string[] => {
  const [first] = remedies;
  return first ? wrapIndented(`Next: ${cleanText(first.title)}.`, width, '  ') : [];
};

/** What no probe sees, of a host that is ready as far as the network goes. */
const unseen = ({ policy }: HostReport): string =>
  `Not visible from here: ${policy ? '' : 'policy, '}groups, the signed-in user`;

/** The verdict and the one cause, where the eye is when the report has scrolled by. */
export const verdictLines = (host: HostReport, options: FormatOptions): string[] => {
  const { width, verbose } = options;
  const word = paint(verdictWord(host), VERDICT_COLOURS[shownVerdict(host)], options);
  const name = paint(cleanText(hostName(host)), 'bold', options);
  const isDoubt = shownVerdict(host) === 'undetermined';
  const sure = host.verdict === 'undetermined' ? '' : `confidence: ${CONFIDENCE_WORDS[host.confidence]}`;
  const plain = `${verdictWord(host)}  ${cleanText(hostName(host))}`;
  const fits = sure === '' || stringWidth(plain) + 2 + sure.length <= width;
  return [
    '',
    `${word}  ${name}${fits && sure ? `  ${sure}` : ''}`,
    ...(fits ? [] : [`  ${sure}`]),
    ...wrapIndented(cleanText(causeOf(host), 2000), width, '  '),
    ...(isDoubt ? [...clearLines(host, options), ...nextLines(host, options)] : []),
    ...(host.verdict === 'ready'
      ? wrapIndented(verbose ? `${unseen(host)}.` : `${unseen(host)} (-v: checklist).`, width, '  ')
      : []),
  ];
};

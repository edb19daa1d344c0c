import type { PolicyFinding, PolicyReport, PolicyState } from '../../model/policy.ts';
import { POLICY_STATE_WORDS, rankedFindings, sourceWords, verdictSentence } from '../policy-words.ts';
import { html, type Markup } from './markup.ts';
import { badge } from './verdict.ts';

/** A sign beside the word, so that no state is told by colour alone. */
const SIGNS: Readonly<Record<PolicyState, string>> = { ok: '✓', wrong: '✕', missing: '✕', unknown: '?' };

const line = (label: string, text: string | null): Markup | null =>
  text === null || text === '' ? null : html`<br><small>${label}: ${text}</small>`;

const row = (one: PolicyFinding): Markup => html`<tr>
<td><span aria-hidden="true">${SIGNS[one.state]}</span> ${POLICY_STATE_WORDS[one.state]}</td>
<td>${one.setting}${line('where', one.where)}${line('from', sourceWords(one))}</td>
<td>${one.text} <code>${one.code}</code>${line('value', one.value)}${one.state === 'ok' ? null : line('expected', one.expected)}${line('baseline', one.control)}${line('remedy', one.remedy)}</td>
</tr>
`;

/** A policy report as a section of a page: its verdict, and a table of findings with those that decide first. */
export const policySection = (report: PolicyReport): Markup => html`<section id="policy">
<h2>Policy ${badge(report.verdict)}</h2>
<p>${verdictSentence(report)}</p>
<div class="rows"><table><thead><tr><th scope="col" class="narrow">State</th><th scope="col">Setting</th><th scope="col" class="wide">Finding</th></tr></thead><tbody>
${rankedFindings(report).map(row)}</tbody></table></div>
</section>
`;

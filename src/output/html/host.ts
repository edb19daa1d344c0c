import type { HostReport, PortReport } from '../../model/report.ts';
import {
  CONFIDENCE_WORDS,
  coverageWords,
  filterWords,
  hostName,
  listWords,
  pathWords,
  REQUIREMENT_TITLES,
  rangeWords,
  STATE_WORDS,
} from '../words.ts';
import { html, type Markup } from './markup.ts';
import { remedyList } from './remedy.ts';
import { badge } from './verdict.ts';

const requirementTable = ({ requirements }: HostReport): Markup | null =>
  requirements.length === 0
    ? null
    : html`<h4>What Remote Assistance needs</h4>
<table class="requirements"><thead><tr><th scope="col">Needed</th><th scope="col">State</th><th scope="col">Confidence</th><th scope="col">Because</th></tr></thead><tbody>${requirements.map(
        ({ name, state, confidence, text, rule }) =>
          html`<tr><th scope="row">${REQUIREMENT_TITLES[name]}</th><td>${STATE_WORDS[state]}</td><td>${CONFIDENCE_WORDS[confidence]}</td><td>${text} <code>${rule}</code></td></tr>`,
      )}</tbody></table>`;

/** Ports that gave the same answer share a row: a sample of 32 is three rows and not 32. */
const portRows = (ports: readonly PortReport[]): readonly (readonly PortReport[])[] => {
  const rows = new Map<string, PortReport[]>();
  for (const one of ports) {
    const { requirement, state, reason, from, service, detail } = one;
    const key = JSON.stringify([requirement, state, reason, from, service, detail]);
    const row = rows.get(key);
    if (row) row.push(one);
    else rows.set(key, [one]);
  }
  return [...rows.values()];
};

const rttWords = (ports: readonly PortReport[]): string | null => {
  const times = ports.flatMap(({ rttMs }) => rttMs ?? []);
  if (times.length === 0) return null;
  const [low, high] = [Math.min(...times).toFixed(1), Math.max(...times).toFixed(1)];
  return low === high ? `${low} ms` : `${low}-${high} ms`;
};

const portRow = (ports: readonly PortReport[]): Markup | null => {
  const [first] = ports;
  if (!first) return null;
  const { requirement, state, reason, from, service, detail } = first;
  const answer = [reason, from && `from ${from}`, rttWords(ports), service, detail]
    .filter(Boolean)
    .join('; ');
  const numbers = listWords(
    ports.map(({ port }) => port),
    100,
  );
  return html`<tr><th scope="row">${numbers}</th><td>${requirement}</td><td>${state}</td><td>${answer}</td></tr>`;
};

const portTable = ({ ports }: HostReport): Markup | null =>
  ports.length === 0
    ? null
    : html`<h4>Ports</h4>
<table class="ports"><thead><tr><th scope="col">TCP port</th><th scope="col">Needed for</th><th scope="col">State</th><th scope="col">Answer</th></tr></thead><tbody>${portRows(ports).map(portRow)}</tbody></table>`;

const dynamicPart = ({ coverage, ranges }: HostReport): Markup | null =>
  coverage.sampled === 0 && ranges.length === 0
    ? null
    : html`<h4>Dynamic ports</h4>${
        ranges.length > 0
          ? html`<ul>${ranges.map((range) => html`<li>${rangeWords(range)}</li>`)}</ul>`
          : null
      }${coverage.sampled > 0 ? html`<p class="soft">${coverageWords(coverage)}</p>` : null}`;

const pathPart = (host: HostReport): Markup | null =>
  host.path.hops.length === 0 && host.path.filters.length === 0
    ? null
    : html`<h4>Path</h4>${host.path.hops.length > 0 ? html`<p>${pathWords(host)}</p>` : null}${
        host.path.filters.length > 0
          ? html`<ul>${host.path.filters.map((filter) => html`<li>${filterWords(filter)}</li>`)}</ul>`
          : null
      }`;

const about = ({ confidence, novice, byGeneration }: HostReport): string =>
  `Confidence: ${CONFIDENCE_WORDS[confidence]}. Windows of the novice: ${novice.generation} (${Object.entries(
    byGeneration,
  )
    .map(([name, verdict]) => `${name}: ${verdict}`)
    .join(', ')}).`;

const alsoKnownAs = ({ target, names }: HostReport): Markup | null => {
  const others = names.filter((name) => name !== target);
  return others.length === 0 ? null : html`<p>Also known as ${listWords(others, 10)}.</p>`;
};

/** One host in full, folded behind its verdict and first reason. `index` makes its anchor, `host-0` and so on. */
export const hostDetails = (host: HostReport, index: number, open: boolean): Markup =>
  html`<details class="host" id="host-${index}"${open ? html` open` : null}>
<summary>${badge(host.verdict)} <h3>${hostName(host)}</h3> <span class="reason">${host.because[0]?.text ?? null}</span></summary>
<div class="body"><p>${about(host)}</p>${alsoKnownAs(host)}
<h4>Why</h4>
<ul>${host.because.map(({ text, rule }) => html`<li>${text} <code>${rule}</code></li>`)}</ul>
${requirementTable(host)}
${portTable(host)}
${dynamicPart(host)}
${pathPart(host)}
${host.remedies.length > 0 ? html`<h4>What to change or check</h4>\n${remedyList(host.remedies)}` : null}
</div></details>
`;

/** One host as a row: name, verdict, first reason. */
export const hostRow = (host: HostReport, index: number): Markup =>
  html`<tr id="host-${index}"><th scope="row">${hostName(host)}</th><td>${badge(host.verdict)}</td><td>${host.because[0]?.text ?? null}</td></tr>\n`;

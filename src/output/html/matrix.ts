import type { RequirementName } from '../../model/evidence.ts';
import { REQUIREMENTS } from '../../model/evidence.ts';
import type { HostReport, RequirementState } from '../../model/report.ts';
import {
  noShownCounts,
  type ShownVerdict,
  shownCountsWords,
  shownVerdict,
} from '../../model/shown-verdict.ts';
import { counted } from '../../text/counts.ts';
import { hostName, REQUIREMENT_TITLES, STATE_WORDS } from '../report-words.ts';
import { bySubnet, type Subnet, subnetOf } from '../subnets.ts';
import { html, type Markup, trusted } from './markup.ts';
import { hostLink, type PageLinks } from './page-links.ts';
import { STATE_SIGNS } from './signs.ts';
import { badge } from './verdict.ts';

/** Up to so many hosts each is a row of a table; more are cells of their subnet. */
const MOST_ROWS = 48;
/** Subnets that are kept while hosts are walked, and of them those that are drawn, the worst first. */
const MOST_KEPT = 4096;
const MOST_DRAWN = 1024;
/** Of these, so many stand in the open; the others unfold. */
const OPEN = 32;
/** Cells of a line. A /24 is one line; of other subnets (a /64, hosts without an address) at most so many lines are drawn. */
const LINE = 256;
const MOST_LINES = 16;

/** Everything that a cell can say. */
const STATES = [
  'ready',
  'clear-so-far',
  'blocked',
  'undetermined',
  'unreachable',
  'pass',
  'fail',
  'not-needed',
] as const;
type CellState = (typeof STATES)[number];

const LANES = ['verdict', ...REQUIREMENTS] as const;
type Lane = (typeof LANES)[number];
const LANE_TITLES: Readonly<Record<Lane, string>> = { verdict: 'Verdict', ...REQUIREMENT_TITLES };

/** Height and class of a cell, so that no state is told by colour alone: trouble stands tall, what is well stays low. */
const LOOKS: Readonly<Record<CellState, readonly [height: number, look: ShownVerdict | 'not-needed']>> = {
  ready: [4, 'ready'],
  pass: [4, 'ready'],
  'clear-so-far': [5, 'clear-so-far'],
  blocked: [10, 'blocked'],
  fail: [10, 'blocked'],
  undetermined: [7, 'undetermined'],
  unreachable: [1, 'unreachable'],
  'not-needed': [2, 'not-needed'],
};

interface Kept {
  readonly subnet: Subnet | null;
  /** One byte a cell and lane: 0 no host, else 1 + index into STATES. */
  cells: Uint8Array;
  used: number;
  readonly counts: Record<ShownVerdict, number>;
}

const stateOf = (host: HostReport, name: RequirementName): RequirementState | null =>
  host.requirements.find((one) => one.name === name)?.state ?? null;

const placeOf = ({ subnet, used }: Kept, address: string | null): number =>
  subnet?.order[0] === 4 && address !== null ? Number(address.slice(address.lastIndexOf('.') + 1)) : used;

/** Gathers hosts for the picture while someone else walks them: four bytes a host. */
export class Matrix {
  readonly #subnets = new Map<string, Kept>();
  readonly #rows: HostReport[] = [];
  readonly #site: PageLinks | undefined;
  #hosts = 0;
  #left = 0;

  /** `site`: the pages around the picture. */
  constructor(site?: PageLinks) {
    this.#site = site;
  }

  add(host: HostReport): void {
    this.#hosts++;
    if (this.#hosts <= MOST_ROWS) this.#rows.push(host);
    const subnet = subnetOf(host.address);
    const key = subnet?.text ?? '';
    let kept = this.#subnets.get(key);
    if (!kept) {
      if (this.#subnets.size >= MOST_KEPT) {
        this.#left++;
        return;
      }
      kept = { subnet, cells: new Uint8Array(LINE * LANES.length), used: 0, counts: noShownCounts() };
      this.#subnets.set(key, kept);
    }
    const verdict = shownVerdict(host);
    kept.counts[verdict]++;
    const place = placeOf(kept, host.address);
    kept.used = Math.max(kept.used, place + 1);
    if (place >= LINE * MOST_LINES) return;
    const line = Math.floor(place / LINE) * LINE * LANES.length;
    if (line >= kept.cells.length) {
      const more = new Uint8Array(kept.cells.length * 2);
      more.set(kept.cells);
      kept.cells = more;
    }
    for (const [lane, name] of LANES.entries()) {
      const state: CellState | null = name === 'verdict' ? verdict : stateOf(host, name);
      if (state) kept.cells[line + lane * LINE + (place % LINE)] = 1 + STATES.indexOf(state);
    }
  }

  /** The section, or nothing for a single host. */
  *section(): Iterable<Markup> {
    if (this.#hosts < 2) return;
    yield html`<section aria-labelledby="matrix">\n<h2 id="matrix">Hosts and requirements</h2>\n`;
    if (this.#hosts <= MOST_ROWS) yield rowsTable(this.#rows, this.#site);
    else yield* this.#strips();
    yield html`</section>\n`;
  }

  *#strips(): Iterable<Markup> {
    yield html`<p class="soft">Each line is a subnet, each cell a host, ordered by the last number of its address. The table <a href="#subnets">by subnet</a> has the numbers.</p>\n${switches()}${legend()}`;
    const all = [...this.#subnets.values()].sort(
      (a, b) =>
        b.counts.blocked - a.counts.blocked ||
        b.counts.undetermined - a.counts.undetermined ||
        bySubnet(a.subnet, b.subnet),
    );
    const lively = all.filter(({ counts }) => shownCountsWords({ ...counts, unreachable: 0 }) !== '');
    const drawn = lively.slice(0, MOST_DRAWN);
    yield* strips(drawn.slice(0, OPEN));
    if (drawn.length > OPEN) {
      yield html`<details><summary>${counted(drawn.length - OPEN, 'more subnet')}</summary>\n`;
      yield* strips(drawn.slice(OPEN));
      yield html`</details>\n`;
    }
    const more = all.length - drawn.length;
    const silent = all.length - lively.length;
    if (more > 0 || this.#left > 0)
      yield html`<p class="soft">Not drawn: ${counted(more, 'subnet')}${silent > 0 ? `, ${silent === more ? '' : `${silent} of them `}without an answer` : null}${this.#left > 0 ? `, and ${counted(this.#left, 'host')} of further subnets` : null}.</p>\n`;
  }
}

const rowsTable = (
  hosts: readonly HostReport[],
  site: PageLinks | undefined,
): Markup => html`<div class="scroll" role="region" aria-labelledby="matrix" tabindex="0"><table class="grid"><thead><tr><th scope="col">Host</th><th scope="col">Verdict</th>${REQUIREMENTS.map((name) => html`<th scope="col">${REQUIREMENT_TITLES[name]}</th>`)}</tr></thead><tbody>
${hosts.map(
  (host) =>
    html`<tr><th scope="row">${hostLink(hostName(host), host.target, site)}</th><td>${badge(shownVerdict(host))}</td>${REQUIREMENTS.map(
      (name) => {
        const state = stateOf(host, name);
        return state
          ? html`<td><span class="state ${state}"><span aria-hidden="true">${STATE_SIGNS[state]}</span> ${STATE_WORDS[state]}</span></td>`
          : html`<td><span class="soft">not probed</span></td>`;
      },
    )}</tr>\n`,
)}</tbody></table></div>
`;

const switches = (): Markup => html`<fieldset class="lanes"><legend>Show</legend>${LANES.map(
  (lane, i) =>
    html`<label><input type="radio" name="lane" id="lane-${lane}" value="${lane}"${i === 0 ? html` checked` : null}> ${LANE_TITLES[lane]}</label>`,
)}</fieldset>
`;

const key = (state: CellState, words: string): Markup => {
  const [height, look] = LOOKS[state];
  return html`<li><svg viewBox="0 0 12 10" aria-hidden="true" focusable="false"><rect class="${look}" x="0" y="${10 - height}" width="12" height="${height}"/></svg> ${words}</li>`;
};

const legend =
  (): Markup => html`<ul class="legend">${key('ready', 'ready, pass')}${key('clear-so-far', 'clear so far')}${key('undetermined', 'undetermined')}${key('blocked', 'blocked, fail')}${key('not-needed', 'not needed')}${key('unreachable', 'unreachable')}</ul>
`;

/** Cells of equal state beside each other are one stretch, and all stretches of a state one path. */
const lanePaths = (cells: Uint8Array, lane: number): readonly Markup[] => {
  const paths = new Map<number, string>();
  const lines = cells.length / (LINE * LANES.length);
  for (let line = 0; line < lines; line++) {
    const base = (line * LANES.length + lane) * LINE;
    for (let at = 0; at < LINE; ) {
      const state = cells[base + at] ?? 0;
      let end = at + 1;
      while (end < LINE && cells[base + end] === state) end++;
      const look = STATES[state - 1];
      if (look) {
        const [height] = LOOKS[look];
        const y = line * 12 + 10 - height;
        paths.set(state, `${paths.get(state) ?? ''}M${at} ${y}h${end - at}v${height}h${at - end}z`);
      }
      at = end;
    }
  }
  return [...paths].map(([state, d]) => {
    const look = STATES[state - 1];
    return look ? html`<path class="${LOOKS[look][1]}" d="${trusted(d)}"/>` : html``;
  });
};

const strip = ({ subnet, cells, used, counts }: Kept): Markup => {
  const lines = Math.min(MOST_LINES, Math.max(1, Math.ceil(used / LINE)));
  const shown = cells.subarray(0, lines * LINE * LANES.length);
  const name = subnet?.text ?? 'no address';
  const words = shownCountsWords(counts);
  return html`<div role="listitem"><a class="net" href="#hosts" data-net="${name}">${name}</a><svg class="cells" viewBox="0 0 ${LINE} ${lines * 12}" preserveAspectRatio="none" role="img" aria-label="${name}: ${words}"><title>${words}</title>${LANES.map((lane, i) => html`<g class="lane ${lane}">${lanePaths(shown, i)}</g>`)}</svg></div>
`;
};

const strips = function* (list: readonly Kept[]): Iterable<Markup> {
  yield html`<div class="map" role="list" aria-label="Hosts by subnet">\n`;
  for (const kept of list) yield strip(kept);
  yield html`</div>\n`;
};

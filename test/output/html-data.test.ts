import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { hostTree, reasonOf } from '../../src/output/html/host.ts';
import { Interner, scriptJson } from '../../src/output/html/intern.ts';
import { html, safeText } from '../../src/output/html/markup.ts';
import { el, markupOf, plain, Slot } from '../../src/output/html/tree.ts';
import { auditHost } from './audit-reports.ts';
import { nastyHost, nastyText, steering } from './hostile.ts';
import { blocked, hostile, ready, unnamed } from './reports.ts';

type Piece = string | [tag: string, attributes: Record<string, string | number> | 0, ...children: number[]];
type Line = [Piece[] | 0, string, number, number, number, (string | null)[], string?];

/** What the script of the page does with lines of data, but into HTML. */
const readLines = (
  lines: readonly string[],
): readonly { name: string; reason: string; body: string; net: string }[] => {
  const pieces: Piece[] = [];
  return lines.map((line) => {
    const [fresh, , reason, root, net, slots]: Line = JSON.parse(line);
    if (fresh) pieces.push(...fresh);
    const slotText = (slot: number) => (slot === 1 && slots[1] === '' ? slots[0] : slots[slot]) ?? '';
    const fill = (text: string) =>
      text.replaceAll(/[\ue000-\uf8ff]/g, (mark) => slotText(mark.charCodeAt(0) - 0xe000));
    const textAt = (number: number) => fill(String(pieces[number]));
    const build = (number: number): string => {
      const piece = pieces[number];
      if (piece === undefined) throw new Error(`no piece ${number}`);
      // Alone it is the line end of ours; one from outside is shown.
      if (piece === '\n') return piece;
      if (typeof piece === 'string') return html`${fill(piece)}`.text;
      const [tag, attributes, ...children] = piece;
      return markupOf(el(tag, attributes || {})).text.replace(
        /(<\/\w+>)?$/,
        `${children.map(build).join('')}$1`,
      );
    };
    return { name: slots[0] ?? '', reason: textAt(reason), body: build(root), net: textAt(net) };
  });
};

const linesOf = (hosts: readonly HostReport[]): readonly string[] => {
  const interner = new Interner();
  return hosts.map((host) => interner.line(host, reasonOf(host), hostTree(host, ''), ''));
};

describe('Interner', () => {
  it('gives every host the same details as the static page', () => {
    const hosts = [blocked, ready, unnamed, hostile, ...Array.from({ length: 600 }, (_, i) => auditHost(i))];
    const read = readLines(linesOf(hosts));
    for (const [i, host] of hosts.entries()) {
      expect(read[i]?.body).toBe(markupOf(hostTree(host, '')).text);
      expect(read[i]?.reason).toBe(safeText(reasonOf(host)));
      expect(read[i]?.name).toBe(safeText(host.target));
    }
    expect(read[0]?.net).toBe('10.77.1.0/24');
    expect(read[2]?.net).toBe('');
  });

  it('gives hostile hosts the same details too, ends no script and steers nothing', () => {
    fc.assert(
      fc.property(fc.array(nastyHost, { minLength: 1, maxLength: 4 }), (hosts) => {
        const lines = linesOf(hosts);
        for (const line of lines) {
          expect(line).not.toContain('<');
          expect(line).not.toMatch(steering);
        }
        const read = readLines(lines);
        for (const [i, host] of hosts.entries())
          expect(read[i]?.body).toBe(markupOf(hostTree(host, '')).text);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps text from outside that looks like its own marks as the text it is', () => {
    const marked = {
      ...blocked,
      target: 'pc\ue001',
      because: [{ rule: 'x', text: 'says \ue000 of pc\ue001', ports: [] }],
    };
    const [read] = readLines(linesOf([marked]));
    expect(read?.body).toBe(markupOf(hostTree(marked, '')).text);
    expect(read?.body).toContain('says \\u{e000} of pc\\u{e001}');
  });

  it('writes what hosts share once: another address and other times cost a line of a hundred bytes', () => {
    const at = (address: string, rttMs: number): HostReport => ({
      ...blocked,
      target: address,
      address,
      names: [],
      ports: blocked.ports.map((port) => ({ ...port, rttMs: port.rttMs === null ? null : rttMs })),
      remedies: blocked.remedies.map((remedy) => ({
        ...remedy,
        text: remedy.text.replaceAll('10.77.1.2', address),
        commands: remedy.commands.map((command) => command.replaceAll('10.77.1.2', address)),
      })),
    });
    const [first = '', second = ''] = linesOf([at('10.77.1.2', 11), at('10.77.1.31', 7.5)]);
    expect(first.length).toBeGreaterThan(3000);
    expect(second.length).toBeLessThan(120);
    expect(JSON.parse(second)[0]).toBe(0);
  });
});

describe('scriptJson', () => {
  it('is the same value again, whatever it is, and nothing in it ends or opens an element', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(nastyText, fc.constant('</script>'), fc.constant('\u{e0041}'))),
        (texts) => {
          const json = scriptJson(texts);
          expect(json).not.toContain('<');
          expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(texts)));
        },
      ),
    );
  });
});

describe('markupOf', () => {
  it('escapes text, slots and attributes', () => {
    const tree = el(
      'p',
      { title: '"<' },
      'a<b',
      new Slot('<i>'),
      7,
      null,
      [plain('b', '&')],
      el('path', { d: 'M0' }),
    );
    expect(markupOf(tree).text).toBe('<p title="&quot;&lt;">a&lt;b&lt;i&gt;7<b>&amp;</b><path d="M0"/></p>');
  });
});

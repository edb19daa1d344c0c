import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEYS } from '../../../src/policy/required.ts';
import { COLLECTED_KEYS, collectorScript } from '../../../src/policy/write/collector.ts';
import { writePowershell } from '../../../src/policy/write/powershell.ts';
import { literal } from '../../../src/policy/write/powershell-text.ts';
import { wanted } from './wanted.ts';

/** The folder that .ci/powershell fills. PowerShell itself is in no registry that the tests reach. */
const PARTS = process.env['RA_POWERSHELL'] ?? '';
const WHY_NOT = existsSync(join(PARTS, 'node_modules/tree-sitter-powershell'))
  ? null
  : 'RA_POWERSHELL names no folder with the grammar; .ci/powershell FOLDER fills one';

interface Node {
  readonly type: string;
  readonly text: string;
  readonly isMissing: boolean;
  readonly startPosition: { readonly row: number };
  readonly children: readonly Node[];
}
type Parse = (text: string) => Node;

/** A parser of PowerShell that is nobody's of ours. */
const loadParser = async (): Promise<Parse> => {
  const at = (path: string): string => join(PARTS, 'node_modules', path);
  const { Parser, Language } = await import(pathToFileURL(at('web-tree-sitter/web-tree-sitter.js')).href);
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(at('tree-sitter-powershell/tree-sitter-powershell.wasm')));
  return (text) => parser.parse(text).rootNode;
};

const nodesOf = (node: Node): Node[] => [node, ...node.children.flatMap(nodesOf)];
const faultsOf = (nodes: readonly Node[]): string[] =>
  nodes
    .filter(({ type, isMissing }) => type === 'ERROR' || isMissing)
    .map(({ startPosition, text }) => `line ${startPosition.row + 1}: ${text.slice(0, 80)}`);

/** What a literal stands for, read by the rules of PowerShell: quotation marks doubled inside of single ones, and characters by number. */
const meaningOf = (source: string): string =>
  [...source.matchAll(/'((?:[^']|'')*)'|\[char\]0x([0-9A-F]{4})/g)]
    .map(([, text, unit]) =>
      unit === undefined
        ? (text ?? '').replaceAll("''", "'")
        : String.fromCharCode(Number.parseInt(unit, 16)),
    )
    .join('');

describe('a text in PowerShell', () => {
  it.each([
    ['CONTOSO\\Helpdesk', "'CONTOSO\\Helpdesk'"],
    ["O'Brien", "'O''Brien'"],
    ['$(calc) `n "x"', '\'$(calc) `n "x"\''],
    // PowerShell ends a string at a curly quotation mark too.
    ['a’; calc; ‘b', "('' + 'a' + [char]0x2019 + '; calc; ' + [char]0x2018 + 'b')"],
    ['', "''"],
  ])('%j is %s', (text, source) => {
    expect(literal(text)).toBe(source);
  });

  it('is ASCII on one line and stands for itself, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(literal(text)).toMatch(/^[ -~]*$/);
        expect(meaningOf(literal(text))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a script that was written', () => {
  it('has no fault that a grammar of PowerShell finds, and no code out of a name', async ({ skip }) => {
    if (WHY_NOT !== null) return skip(WHY_NOT);
    const parse = await loadParser();
    const known = new Map<boolean, string>();
    for (const asked of fc.sample(wanted, { numRuns: 40, seed: 5 })) {
      const nodes = nodesOf(parse(writePowershell(asked)));
      expect(faultsOf(nodes)).toEqual([]);
      // The same commands and variables for every name and number.
      const code = nodes.filter(({ type }) => /^(?:command_name|variable|type_name)$/.test(type));
      const isModern = asked.novice === 'vista-or-later';
      const names = [...new Set(code.map(({ text }) => text.toLowerCase()))]
        .filter((name) => name !== 'char' && name !== 'string')
        .toSorted()
        .join(' ');
      expect(names).toBe(known.get(isModern) ?? names);
      known.set(isModern, names);
    }
    expect([...known.keys()]).toHaveLength(2);
  });

  it('collects without a fault that a grammar of PowerShell finds', async ({ skip }) => {
    if (WHY_NOT !== null) return skip(WHY_NOT);
    const parse = await loadParser();
    expect(faultsOf(nodesOf(parse(collectorScript())))).toEqual([]);
    expect(faultsOf(nodesOf(parse(collectorScript().replace('@{', '@('))))).not.toEqual([]);
  });

  it('is ASCII with CRLF, and asks the firewall once for each class of filters', () => {
    for (const script of [
      collectorScript(),
      ...fc.sample(wanted, { numRuns: 20, seed: 6 }).map(writePowershell),
    ]) {
      expect(script).toMatch(/^[\r\n -~]*$/);
      expect(script.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    }
    const asks = [...collectorScript().matchAll(/Get-NetFirewall\w+/g)].map(([name]) => name).toSorted();
    expect(asks).toEqual(
      [
        'AddressFilter',
        'ApplicationFilter',
        'InterfaceTypeFilter',
        'PortFilter',
        'Profile',
        'Rule',
        'SecurityFilter',
        'ServiceFilter',
      ].map((what) => `Get-NetFirewall${what}`),
    );
  });

  it('collects every key that the documents name; rules come from the firewall itself', () => {
    const { firewallRules, ...keys } = KEYS;
    expect(COLLECTED_KEYS).toEqual(expect.arrayContaining(Object.values(keys)));
    expect(COLLECTED_KEYS).not.toContain(firewallRules);
    for (const key of COLLECTED_KEYS) expect(collectorScript()).toContain(`    '${key}'\r\n`);
  });

  it('writes to a group policy only, where no PowerShell runs on the novice', () => {
    for (const asked of fc.sample(wanted, { numRuns: 40, seed: 7 })) {
      const isModern = asked.novice === 'vista-or-later';
      expect(/Win32\.Registry\]::SetValue/.test(writePowershell(asked))).toBe(isModern);
      expect(/Mandatory = \$true\)\]\[string\]\$GpoName/.test(writePowershell(asked))).toBe(!isModern);
    }
  });
});

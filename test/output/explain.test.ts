import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainJson, explainTable } from '../../src/output/explain.ts';
import { explainSchema } from '../../src/output/explain-schema.ts';
import { explainJsonSchema } from '../../src/output/json-schema.ts';
import { EVENTS } from '../../src/policy/explain/events.ts';
import { DCOM_HRESULTS } from '../../src/policy/explain/hresults-dcom.ts';
import { OTHER_HRESULTS } from '../../src/policy/explain/hresults-other.ts';
import { TEXTS } from '../../src/policy/explain/texts.ts';

const ALL = [
  ...[...DCOM_HRESULTS, ...OTHER_HRESULTS, ...EVENTS, ...TEXTS].map((explanation) => ({
    question: explanation.code,
    explanation,
  })),
  { question: 'x\u202e', explanation: null },
];

describe('explanations', () => {
  it('keep their schema, every row of the table', () => {
    const { codes } = explainSchema.parse(JSON.parse(explainJson(ALL)));
    expect(codes.map(({ known }) => known)).toEqual(ALL.map(({ explanation }) => explanation !== null));
  });

  it('are published as they stand: npm run schema writes it', () => {
    const file = join(import.meta.dirname, '../../docs/json-schema/explain-1.schema.json');
    expect(readFileSync(file, 'utf8')).toBe(explainJsonSchema());
    expect(explainJsonSchema()).not.toContain('"additionalProperties": false');
  });

  it('look like this', async () => {
    const asked = (question: string, code = question) => ({
      question,
      explanation: ALL.find(({ explanation }) => explanation?.code === code)?.explanation ?? null,
    });
    const text = explainTable(
      [
        asked('1722', '0x800706BA'),
        asked('0xDEADBEEF'),
        asked('RPC_S_SERVER_UNAVAILABLE', '0x800706BA'),
        asked('-2147023174', '0x800706BA'),
        asked('The RPC server is unavailable.', '0x800706BA'),
        asked('SAFERROR_HOSTNOTFOUND'),
        asked('0x80070052'),
        asked('WSAEACCES', '0x8007271D'),
      ],
      { width: 80, colour: false, verbose: false },
    );
    await expect(text).toMatchFileSnapshot('golden/explain.txt');
  });

  it('are bold at their heads, where colours are wanted', () => {
    const [first = '', second = ''] = explainTable(ALL, { width: 80, colour: true, verbose: false }).split(
      '\n',
    );
    expect(first).toBe('\u001b[1m0x800706BA  RPC_S_SERVER_UNAVAILABLE\u001b[22m');
    expect(second).toBe('  Says     The RPC server is unavailable.');
  });

  it.each([80, 132])('fit a screen of %d columns', (width) => {
    const text = explainTable(ALL, { width, colour: false, verbose: false });
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThan(width);
    expect(text).toMatch(/^0x800706BA {2}RPC_S_SERVER_UNAVAILABLE$/m);
    expect(text).toContain('x\\u{202e}\n');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { WHAT_IF_SCHEMA, type WhatIf } from '../../src/model/what-if.ts';
import { whatIfJsonSchema } from '../../src/output/json-schema.ts';
import { renderWhatIf } from '../../src/output/what-if.ts';
import { renderWhatIfJson, type whatIfSchema } from '../../src/output/what-if-schema.ts';

const step = (changes: Partial<WhatIf['steps'][number]> = {}): WhatIf['steps'][number] => ({
  id: '0123456789abcdef',
  signature: 'endpoint-mapper drop after 10.0.3.1',
  title: 'open TCP 135 after 10.0.3.1 for 10.1.2.0/24',
  text: "Allow TCP 135 from the experts' network to 10.1.2.0/24, and return traffic.",
  ports: [{ from: 135, to: 135 }],
  prefixes: ['10.1.2.0/24'],
  needed: 48,
  makesReady: 40,
  ready: 40,
  commands: ['nft add rule', 'permit tcp EXPERT 10.1.2.0 0.0.0.255 eq 135'],
  tools: ['nftables', 'cisco'],
  ...changes,
});

const whatIf: WhatIf = {
  schema: WHAT_IF_SCHEMA,
  run: {
    id: '20260108T020000Z-4f2a91',
    startedAt: '2026-01-08T02:00:00.000Z',
    vantage: 'expert',
    interrupted: false,
  },
  blocked: 58,
  openable: 51,
  untested: 3,
  order: 'exact',
  steps: [
    step(),
    step({
      title: 'open TCP 49152-65535 after 10.0.9.1 for 10.1.3.0/28',
      makesReady: 0,
      ready: 40,
      commands: [],
      tools: [],
    }),
    step({ title: 'open TCP 3389 at 10.0.9.2 for 10.1.3.1', makesReady: 11, ready: 51 }),
  ],
  barred: [
    { why: 'policy', hosts: 6, examples: ['pc1', 'pc2', 'pc3', 'pc4', 'pc5'] },
    { why: 'own-firewall', hosts: 1, examples: ['pc0417.corp.example'] },
  ],
  undetermined: 12,
  clearSoFar: 7,
  unreachable: 20,
};

const NONE = { steps: [], barred: [], undetermined: 0, clearSoFar: 0, unreachable: 0 };

describe('renderWhatIf', () => {
  const cases = [
    { name: 'some', about: whatIf },
    {
      name: 'none',
      about: {
        ...{ ...whatIf, ...NONE, blocked: 1, openable: 0, untested: 0, barred: whatIf.barred.slice(1) },
        run: { ...whatIf.run, interrupted: true },
      },
    },
  ];
  it.each(cases.flatMap((one) => [40, 100].map((width) => ({ ...one, width }))))(
    '$name at $width columns',
    async ({ name, about, width }) => {
      const text = renderWhatIf(about, { width, colour: false, verbose: false }, null);
      await expect(text).toMatchFileSnapshot(`golden/what-if-${name}-${width}.txt`);
      // Commands are there to be copied, and stay on one line.
      const lines = text.split('\n').filter((line) => !/permit|--verify/.test(line));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    },
  );

  it('says when the order may not be the best', () => {
    const text = (order: WhatIf['order'], steps = whatIf.steps): string =>
      renderWhatIf({ ...whatIf, order, steps }, { width: 200, colour: false, verbose: false }, null);
    expect(text('greedy')).toContain('(greedy)');
    expect(text('exact')).not.toContain('greedy');
    expect(text('exact', whatIf.steps.slice(0, 1))).not.toContain('order');
  });

  it('names the history file of the run for the next audit, as a shell takes it', () => {
    const text = (db: string | null): string =>
      renderWhatIf(whatIf, { width: 80, colour: false, verbose: false }, db);
    expect(text(null)).toMatch(/audit --verify \S+\n/);
    expect(text('/srv/my runs.db')).toMatch(/audit --verify \S+ --db '\/srv\/my runs\.db'\n/);
  });

  it('lets nothing from the network steer the terminal', () => {
    const bad = [{ why: 'policy', hosts: 1, examples: ['\u001b]0;x\u0007\u202e'] }] as const;
    const text = renderWhatIf({ ...whatIf, barred: bad }, { width: 80, colour: false, verbose: false }, null);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('renderWhatIfJson', () => {
  it('gives back what it was given', () => {
    expect(JSON.parse(renderWhatIfJson(whatIf))).toEqual(whatIf);
  });

  it('throws with the path of the field rather than print what breaks the contract', () => {
    expect(() => renderWhatIfJson({ ...whatIf, order: 'random' as never })).toThrow('what-if.order');
  });

  it('is published as docs/json-schema/what-if-1.schema.json', () => {
    const file = join(import.meta.dirname, '../../docs/json-schema/what-if-1.schema.json');
    expect(whatIfJsonSchema()).toBe(readFileSync(file, 'utf8'));
  });

  it('has a schema of the same type', () => {
    type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };
    expectTypeOf<z.infer<typeof whatIfSchema>>().toEqualTypeOf<Mutable<WhatIf>>();
  });
});

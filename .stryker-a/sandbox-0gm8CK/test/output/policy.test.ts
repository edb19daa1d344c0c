import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as z from 'zod';
import type { PolicyReport } from '../../src/model/policy.ts';
import { policyJsonSchema } from '../../src/output/json-schema.ts';
import { policyFormatNames, policyFormats } from '../../src/output/policy-formats.ts';
import type { policySchema } from '../../src/output/policy-schema.ts';
import { renderTable } from '../../src/output/table.ts';
import { ready, reportOf, textOf } from './reports.ts';

const common = { precedence: null, control: null, decides: true, certain: true, ports: [], profiles: [] };

const report: PolicyReport = {
  schema: 'ra-preflight/policy@1',
  novice: 'vista-or-later',
  verdict: 'blocked',
  findings: [
    {
      ...common,
      code: 'dcom-enabled',
      setting: 'EnableDCOM',
      state: 'ok',
      value: 'Y',
      expected: 'Y',
      file: 'ole.reg',
      gpo: null,
      where: 'HKLM\\SOFTWARE\\Microsoft\\Ole\\EnableDCOM',
      text: 'DCOM is enabled.',
      remedy: null,
    },
    {
      ...common,
      code: 'offers-disabled',
      setting: 'Offer Remote Assistance',
      state: 'wrong',
      value: '0',
      expected: '1',
      file: 'base\u001b[31m.xml',
      gpo: '=cmd|<Baseline>',
      precedence: 2,
      control: 'CIS 18.9.35.1',
      where: 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\\fAllowUnsolicited',
      text: 'The policy is disabled.',
      remedy: 'Enable the policy.',
    },
    {
      ...common,
      code: 'not-judged',
      setting: 'Inbound rules',
      state: 'unknown',
      value: null,
      expected: null,
      file: null,
      gpo: null,
      where: null,
      text: 'These files hold no rule.',
      remedy: null,
      certain: false,
    },
  ],
};

const render = async (name: (typeof policyFormatNames)[number]) =>
  textOf((await policyFormats[name]())(report, { width: 80, colour: false, verbose: false }));

it.each(policyFormatNames)('a policy report as %s', async (name) => {
  const text = await render(name);
  expect(text).not.toContain('\u001b');
  await expect(text.replace(/<style>.*<\/style>/s, '').replace(/sha256-[^&']*/, '')).toMatchFileSnapshot(
    `golden/policy.${name}.txt`,
  );
});

it('the table tells the worst first, with source, control and remedy', async () => {
  const text = await render('table');
  expect(text.indexOf('WRONG')).toBeLessThan(text.indexOf('unknown'));
  expect(text.indexOf('unknown')).toBeLessThan(text.indexOf('ok '));
  expect(text).toMatch(/GPO =cmd\|<Baseline>, precedence 2/);
});

it('JUnit has a line each for place, source, control and remedy', async () => {
  const [, failure] = /<failure[^>]*>([^<]*)</.exec(await render('junit')) ?? [];
  expect(failure?.split('\n')).toEqual([
    report.findings[1]?.where,
    expect.stringMatching(/precedence 2/),
    'CIS 18.9.35.1',
    'Enable the policy.',
  ]);
});

it('the CSV disarms formulas, and the page escapes markup', async () => {
  expect(await render('csv')).toContain("'=cmd|<Baseline>");
  expect(await render('html')).toContain('&lt;Baseline&gt;');
});

describe('the policy schema', () => {
  type Mutable<T> = T extends readonly (infer U)[]
    ? Mutable<U>[]
    : T extends object
      ? { -readonly [K in keyof T]: Mutable<T[K]> }
      : T;

  it('is the type of the report, both ways', () => {
    expectTypeOf<z.infer<typeof policySchema>>().toEqualTypeOf<Mutable<PolicyReport>>();
  });

  it('is published as it stands: npm run schema writes it', () => {
    const file = join(import.meta.dirname, '../../docs/json-schema/policy-1.schema.json');
    expect(readFileSync(file, 'utf8')).toBe(policyJsonSchema());
    expect(policyJsonSchema()).not.toContain('"additionalProperties": false');
  });
});

it('the table of a host has lines for its policy', () => {
  const { novice, verdict, findings } = report;
  const policy = { novice, verdict, findings, forbids: true, contradictions: [] };
  const text = textOf(
    renderTable(reportOf([{ ...ready, policy }]), { width: 100, colour: false, verbose: false }),
  );
  expect(text).toContain('Policy for Windows Vista and later: BLOCKED, 3 settings checked, 1 as needed');
  expect(text).toMatch(/WRONG {7}Offer Remote Assistance: The policy is disabled/);
  expect(text).toContain('Not visible from here: groups, the signed-in user');
});

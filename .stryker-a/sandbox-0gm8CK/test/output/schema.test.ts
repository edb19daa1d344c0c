import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { Report } from '../../src/model/report.ts';
import { renderJson } from '../../src/output/json.ts';
import { policyJsonSchema, reportJsonSchema } from '../../src/output/json-schema.ts';
import type { reportSchema } from '../../src/output/schema.ts';
import { blocked, reportOf, textOf } from './reports.ts';

const OPTIONS = { width: 80, colour: false, verbose: false };

/** The type without `readonly`, all the way down, as zod infers it. */
type Mutable<T> = T extends readonly (infer U)[]
  ? Mutable<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

describe('the report schema', () => {
  it('is the type of the report, both ways', () => {
    expectTypeOf<z.infer<typeof reportSchema>>().toEqualTypeOf<Mutable<Report>>();
  });

  it('is published as it stands: npm run schema writes it', () => {
    const file = join(import.meta.dirname, '../../docs/json-schema/report-1.schema.json');
    expect(readFileSync(file, 'utf8')).toBe(reportJsonSchema());
  });

  it('has a sister for policies, published alike', () => {
    const file = join(import.meta.dirname, '../../docs/json-schema/policy-1.schema.json');
    expect(readFileSync(file, 'utf8')).toBe(policyJsonSchema());
  });

  it('lets readers survive additions', () => {
    expect(reportJsonSchema()).not.toContain('"additionalProperties": false');
  });
});

describe('renderJson', () => {
  it('gives back what it was given', () => {
    const report = reportOf([blocked]);
    expect(JSON.parse(textOf(renderJson(report, OPTIONS)))).toEqual(report);
  });

  it('throws with the path of the field rather than print a broken report', () => {
    const broken = reportOf([{ ...blocked, ports: [{ ...blocked.ports[0], port: 70_000 } as never] }]);
    expect(() => textOf(renderJson(broken, OPTIONS))).toThrow(/hosts\.0\.ports\.0\.port/);
  });
});

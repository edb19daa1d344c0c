import { stringify } from 'csv-stringify/sync';
import type { PolicyFinding, PolicyReport } from '../model/policy.ts';
import { type XmlNode, xml } from '../text/xml.ts';
import { csvCell } from './csv-cell.ts';
import { checked, jsonText } from './json-text.ts';
import { policySchema } from './policy-schema.ts';
import { sourceWords } from './policy-words.ts';
import { openTag, xmlText } from './xml.ts';

const LONGEST = 2000;

/** The report as JSON, checked against its published schema. */
export const renderPolicyJson = function* (report: PolicyReport): Iterable<string> {
  yield `${jsonText(checked(policySchema, report, 'policy'), 2)}\n`;
};

const COLUMNS = [
  'code',
  'setting',
  'state',
  'value',
  'expected',
  'file',
  'gpo',
  'precedence',
  'control',
  'where',
  'text',
  'remedy',
  'decides',
  'certain',
] as const satisfies readonly (keyof PolicyFinding)[];

/** One row a finding, in the manner of the CSV of a report: RFC 4180, formulas disarmed. */
export const renderPolicyCsv = function* ({ novice, verdict, findings }: PolicyReport): Iterable<string> {
  const line = (cells: readonly (string | number | boolean | null)[]): string =>
    stringify([cells], { record_delimiter: '\r\n', cast: { string: csvCell, boolean: String } });
  yield line(['novice', 'verdict', ...COLUMNS]);
  for (const one of findings) yield line([novice, verdict, ...COLUMNS.map((name) => one[name])]);
};

const resultOf = (one: PolicyFinding): XmlNode => {
  const message = xmlText(one.text, LONGEST);
  if (!one.decides || one.state === 'ok') return { 'system-out': { '#text': message } };
  if (one.state === 'unknown') return { skipped: { '@message': message } };
  const more = [one.where, sourceWords(one), one.control, one.remedy].flatMap((line) =>
    line ? [xmlText(line, LONGEST)] : [],
  );
  return { failure: { '@message': message, '@type': one.code, '#text': more.join('\n') } };
};

/** The report as JUnit XML: each finding a test case; what decides and is wrong or missing fails, what is unknown is skipped. */
export const renderPolicyJunit = function* ({ novice, findings }: PolicyReport): Iterable<string> {
  const deciding = findings.filter(({ decides }) => decides);
  const suite = {
    '@name': 'ra-preflight policy',
    '@tests': findings.length,
    '@failures': deciding.filter(({ state }) => state === 'wrong' || state === 'missing').length,
    '@errors': 0,
    '@skipped': deciding.filter(({ state }) => state === 'unknown').length,
  };
  yield `<?xml version="1.0" encoding="UTF-8"?>\n${openTag('testsuites', { '@name': 'ra-preflight policy' })}`;
  yield openTag('testsuite', suite);
  yield xml({
    testcase: findings.map((one) => ({
      '@classname': novice,
      '@name': xmlText(`${one.setting} (${one.code})`, 300),
      ...resultOf(one),
    })),
  });
  yield '</testsuite>\n</testsuites>\n';
};

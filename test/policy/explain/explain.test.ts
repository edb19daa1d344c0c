import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REQUIREMENTS } from '../../../src/model/evidence.ts';
import { EVENTS } from '../../../src/policy/explain/events.ts';
import { explain, explainHresult } from '../../../src/policy/explain/explain.ts';
import { DCOM_HRESULTS } from '../../../src/policy/explain/hresults-dcom.ts';
import { OTHER_HRESULTS } from '../../../src/policy/explain/hresults-other.ts';
import { joinArguments } from '../../../src/policy/explain/query.ts';
import { TEXTS } from '../../../src/policy/explain/texts.ts';

const HRESULTS = [...DCOM_HRESULTS, ...OTHER_HRESULTS];
const ROWS = [...HRESULTS, ...EVENTS, ...TEXTS];
const codeOf = (question: string): string | null => explain(question)?.code ?? null;

describe('an error of an offer', () => {
  it.each([
    ['0x800706BA', '0x800706BA'],
    ['0X800706ba', '0x800706BA'],
    ['800706ba', '0x800706BA'],
    ['-2147023174', '0x800706BA'],
    ['2147944122', '0x800706BA'],
    ['1722', '0x800706BA'],
    ['0x6ba', '0x800706BA'],
    ['error 1722', '0x800706BA'],
    ['HRESULT: 0x80070005', '0x80070005'],
    ['5', '0x80070005'],
    ['E_ACCESSDENIED', '0x80070005'],
    ['regdb_e_classnotreg', '0x80040154'],
    ['0x80040154', '0x80040154'],
    // Eight digits that look decimal.
    ['80040154', '0x80040154'],
    ['error code 80080005', '0x80080005'],
    ['EventID: 0x00002734', 'DCOM 10036'],
    ['Microsoft-Windows-DistributedCOM 10028', 'DCOM 10028'],
    ['win32 code: 1722', '0x800706BA'],
    ['\u201c0x80070005\u201d', '0x80070005'],
    ['0x800706D9', '0x800706D9'],
    ['1753', '0x800706D9'],
    ['0x80070052', '0x80070052'],
    ['0x80080005', '0x80080005'],
    ['10060', '0x8007274C'],
    ['10028', 'DCOM 10028'],
    ['DCOM 10036', 'DCOM 10036'],
    ['event id 10006', 'DCOM 10006'],
    ['DistributedCOM 10010', 'DCOM 10010'],
    ['"%%2147942405"', '0x80070005'],
    [
      'Retrieving the COM class factory for {833E4010-AFF7-4AC3-AAC2-9F24C1457BCE} failed: 800706ba',
      '0x800706BA',
    ],
    ['DCOM got error "2147942405" from the computer', '0x80070005'],
    ['The RPC server is unavailable.', '0x800706BA'],
    ['Your offer to help could not be sent.', 'offer-not-sent'],
    ['Permission denied', 'permission-denied'],
    ['0x800A0046', 'permission-denied'],
    ['800a01ce', 'remote-server-unavailable'],
    ['SAFERROR_CONNECTIONTIMEDOUT', 'SAFERROR_CONNECTIONTIMEDOUT'],
    [
      'DCOM was unable to communicate with the computer PC7 using any of the configured protocols.',
      'DCOM 10009',
    ],
    [
      'DCOM was unable to communicate with the computer PC7 using any of the configured protocols; requested by PID 4',
      'DCOM 10028',
    ],
  ])('is known as %s', (question, code) => {
    expect(codeOf(question)).toBe(code);
  });

  it.each([
    '0xDEADBEEF',
    '0x800706BB',
    '10027',
    'DCOM 1722',
    '',
    'help',
    '99999999999',
    '-3000000000',
    '{8F',
  ])('that is not in the table is not guessed: %s', (question) => {
    expect(explain(question)).toBeNull();
  });

  it('is found by each of its numbers', () => {
    for (const row of HRESULTS) {
      expect(explainHresult(row.hresult)).toBe(row);
      expect(explainHresult(row.hresult - 2 ** 32)).toBe(row);
      expect(explain(row.code)).toBe(row);
      expect(explain(row.name ?? '')).toBe(row);
    }
    for (const row of EVENTS) expect(explain(row.code)).toBe(row);
  });

  it('is never both an event and an error', () => {
    for (const { event } of EVENTS) expect(explainHresult(event)).toBeNull();
  });

  it('is found by the sentence that Windows shows', () => {
    for (const row of HRESULTS) expect(explain(row.says)?.code).toBe(row.code);
    for (const { code, phrases } of TEXTS)
      for (const phrase of phrases) expect(explain(phrase)?.code).toBe(code);
  });

  it('never breaks on what somebody typed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.integer().map(String))),
        (args) => {
          const questions = joinArguments(args);
          for (const question of questions) explain(question);
          expect(questions.length).toBeLessThanOrEqual(args.length);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the table of errors', () => {
  it('says for each row what causes it, what proves it, what to change and where that is written', () => {
    for (const { code, cause, proofs, changes, sources } of ROWS) {
      expect(cause, code).toMatch(/\.$/);
      expect(proofs.length, code).toBeGreaterThan(0);
      expect(changes.length, code).toBeGreaterThan(0);
      expect(sources.length, code).toBeGreaterThan(0);
    }
  });

  it('names each code once, and requirements that check has', () => {
    const codes = ROWS.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    const names = ROWS.flatMap(({ proofs }) =>
      proofs.flatMap((one) => (one.by === 'check' ? [one.name] : [])),
    );
    expect(REQUIREMENTS).toEqual(expect.arrayContaining([...new Set(names)]));
  });
});

describe('arguments of explain', () => {
  it.each([
    [
      ['0x800706BA', '10028'],
      ['0x800706BA', '10028'],
    ],
    [
      ['DCOM', '10036', '1722'],
      ['DCOM 10036', '1722'],
    ],
    [['event', 'id', '10006'], ['event id 10006']],
    [['The', 'RPC', 'server', 'is', 'unavailable.'], ['The RPC server is unavailable.']],
    [
      ['Permission denied', '5'],
      ['Permission denied', '5'],
    ],
    [
      ['Permission', 'denied', '5'],
      ['Permission denied', '5'],
    ],
    [
      ['E_ACCESSDENIED', 'E_OUTOFMEMORY'],
      ['E_ACCESSDENIED', 'E_OUTOFMEMORY'],
    ],
  ])('%j are the questions %j', (args, questions) => {
    expect(joinArguments(args)).toEqual(questions);
  });
});

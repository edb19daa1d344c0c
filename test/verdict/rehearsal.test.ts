import { describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/model/rehearsal.ts';
import { explainHresult } from '../../src/policy/explain/explain.ts';
import { withHosts, withRehearsal } from '../../src/verdict/rehearsal.ts';
import { randomOf } from '../simulation/random.ts';
import { type Kind, OPEN, reportOn } from '../simulation/witness-world.ts';

const reported = (kind: Kind) =>
  reportOn(OPEN, { address: '10.1.2.10', kind, half: 0, own: null }, randomOf(1));
const judged = (rehearsal: Rehearsal, report = reported('stealthy')) =>
  withRehearsal(report, rehearsal, explainHresult);
const failed = (activation: number, call: number | null = null) =>
  judged({ kind: 'answered', activation, call });

const UNTRIED = 'The rehearsal is written from the documents, not yet run by us on Windows.';

describe('a rehearsal', () => {
  it('that works makes a silent novice ready, likely', () => {
    const report = judged({ kind: 'answered', activation: 0, call: 0 });
    expect(report).toMatchObject({
      verdict: 'ready',
      confidence: 'likely',
      byGeneration: { 'vista-or-later': 'ready' },
      rehearsal: { says: 'works', code: '0x00000000' },
    });
    expect(report.because[0]?.rule).toBe('rehearsal-works');
    expect(report.because.map(({ rule }) => rule)).not.toContain('clear-so-far');
    expect(report.requirements.map(({ state }) => state)).toEqual(['pass', 'not-needed', 'pass']);
    expect(report.because[0]?.text).toMatch(
      /proves TCP 135, the activation, the DCOM permissions, the helper list and the dynamic port of the object together/,
    );
  });

  it.each([
    [0x80070005, '0x80070005 E_ACCESSDENIED: The novice answered and turned the expert away'],
    [0x800706ba, '0x800706BA RPC_S_SERVER_UNAVAILABLE: No RPC conversation was established'],
    [0x80040154, '0x80040154 REGDB_E_CLASSNOTREG: The novice has no Remote Assistance'],
    [0x8badf00d, '0x8BADF00D, which is not a known error of offers.'],
  ])('that fails with %i is explained, and the verdict on the network stays', (hresult, words) => {
    const report = failed(hresult);
    expect(report).toMatchObject({ verdict: 'undetermined', rehearsal: { says: 'fails' } });
    expect(report.because[0]?.rule).toBe('clear-so-far');
    expect(report.because.at(-1)).toMatchObject({
      rule: 'rehearsal-failed',
      text: expect.stringContaining(words),
    });
  });

  it('whose first call fails says that the account may, and that the dynamic port is what fails', () => {
    const report = failed(0, 0x800706ba);
    expect(report.verdict).toBe('undetermined');
    expect(report.rehearsal).toMatchObject({ says: 'fails', code: '0x800706BA' });
    expect(report.because.at(-1)).toMatchObject({
      rule: 'rehearsal-call-failed',
      text: expect.stringContaining(
        'so this account may do that, but the first call to it over its dynamic port failed: 0x800706BA',
      ),
    });
  });

  it('without a result says why', () => {
    const report = judged({ kind: 'no-answer', why: 'PowerShell ended without a result' });
    expect(report).toMatchObject({ verdict: 'undetermined', rehearsal: { says: 'unknown', code: null } });
    expect(report.because.at(-1)?.text).toBe(
      `The rehearsal of the offer gave no result: PowerShell ended without a result. ${UNTRIED}`,
    );
  });

  it('says that it was not run on Windows, whatever came of it', () => {
    const all: Rehearsal[] = [
      { kind: 'answered', activation: 0, call: 0 },
      { kind: 'answered', activation: 0, call: 0x800706ba },
      { kind: 'answered', activation: 0x80070005, call: null },
      { kind: 'no-answer', why: 'x' },
    ];
    for (const one of all) expect(judged(one).rehearsal?.text.endsWith(UNTRIED)).toBe(true);
  });

  it('overrules nothing that probes decided', () => {
    const refusing = reported('printer');
    expect(refusing.verdict).toBe('blocked');
    const report = judged({ kind: 'answered', activation: 0, call: 0 }, refusing);
    expect(report.verdict).toBe('blocked');
    expect(report.because.slice(0, -1)).toEqual(refusing.because);
  });
});

it('hosts that were replaced are counted anew', () => {
  const report = { hosts: [], summary: {} } as never;
  const ready = judged({ kind: 'answered', activation: 0, call: 0 });
  expect(
    withHosts(report, [reported('stealthy'), ready, reported('printer'), reported('dead')]).summary,
  ).toEqual({
    hosts: 4,
    ready: 1,
    blocked: 1,
    undetermined: 1,
    clearSoFar: 1,
    unreachable: 1,
  });
});

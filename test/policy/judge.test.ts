import { describe, expect, it } from 'vitest';
import type { Novice } from '../../src/model/policy.ts';
import { judgePolicy } from '../../src/policy/judge/judge.ts';
import { dword, pol, polOf, read, rule, TS, VISTA, XP } from './files.ts';
import { DOMAIN, internet } from './judge-entries.ts';
import { found, judge } from './judge-files.ts';
import { ROWS } from './judge-rows.ts';
import { gpresult, policy } from './report-files.ts';

it('a policy with all that Vista and later need is ready', () => {
  const report = judge('vista-or-later', polOf(VISTA));
  expect(report.verdict).toBe('ready');
  expect(report.findings.filter(({ state }) => state === 'wrong' || state === 'missing')).toEqual([]);
  expect(found(report, 'offers-enabled')).toMatchObject([
    { state: 'ok', value: '1', file: '0.pol', where: `HKLM\\${TS}\\fAllowUnsolicited`, decides: true },
  ]);
});

it.each<Novice>(['xp-sp2', 'xp-x64-sp1'])('a policy with all that %s needs is ready', (novice) => {
  expect(judge(novice, polOf(XP)).verdict).toBe('ready');
});

it('what is ready for XP is not for Server 2003: Sessmgr.exe does not open 3389 there', () => {
  const report = judge('server-2003-sp1', polOf(XP));
  expect(report.verdict).toBe('blocked');
  expect(found(report, 'sessmgr-without-effect')).toHaveLength(1);
  expect(found(report, 'desktop-exception')).toMatchObject([{ state: 'missing' }]);
  const open = [dword(`${DOMAIN}\\Services\\RemoteDesktop`, 'Enabled', 1)];
  expect(judge('server-2003-sp1', polOf(XP, { sessmgr: [], open })).verdict).toBe('ready');
});

it('without a novice, the Windows of today is assumed, and that is told', () => {
  const report = judgePolicy([read(polOf(VISTA))], null);
  expect(report).toMatchObject({ novice: 'vista-or-later', verdict: 'ready' });
  expect(report.findings.at(-1)).toMatchObject({ code: 'assumed', setting: 'Windows of the novice' });
});

describe('for Vista and later', () => {
  it.each(ROWS)('%s', (_, changes, verdict, code, state) => {
    const report = judge('vista-or-later', polOf(VISTA, changes));
    expect(report.verdict).toBe(verdict);
    expect(found(report, code).map((one) => one.state)).toContain(state);
  });

  it('the near miss says what was meant', () => {
    const report = judge('vista-or-later', polOf(VISTA, { offers: [dword(TS, 'OfferRemoteAssistance', 1)] }));
    expect(found(report, 'near-miss')[0]?.text).toContain('did you mean fAllowUnsolicited?');
    expect(report.verdict).toBe('blocked');
  });

  it('controls of baselines are named where they are what was found', () => {
    const report = judge(
      'vista-or-later',
      pol(dword(TS, 'fAllowUnsolicited', 0), dword(TS, 'fAllowToGetHelp', 0)),
    );
    expect(found(report, 'offers-disabled')[0]?.control).toContain('CIS 18.8.35.1 / 18.9.35.1');
    expect(found(report, 'solicited-disabled')[0]?.control).toContain('STIG V-220823 (WN10-CC-000155');
  });
});

it.each([
  ['Y', 'Y', '5000-5199'],
  ['N', 'N', '5000-5199'],
  ['Y', 'N', '1025-4999, 5200-65535'],
  ['N', 'Y', '1025-4999, 5200-65535'],
])('ports available to the Internet %s, used %s: servers take %s', (available, use, ports) => {
  const report = judge(
    'vista-or-later',
    polOf(VISTA, { more: internet(['5000-5099', '5100-5199'], available, use) }),
  );
  expect(found(report, 'rpc-ports-restricted')[0]?.text).toContain(ports);
});

describe('several files', () => {
  it('the last one wins, and the other is told', () => {
    const report = judgePolicy(
      [
        read(polOf(VISTA), { file: 'helpdesk.pol', precedence: 2 }),
        read(pol(dword(TS, 'fAllowUnsolicited', 0)), { file: 'baseline.pol', precedence: 1 }),
      ],
      'vista-or-later',
    );
    expect(found(report, 'offers-disabled')).toMatchObject([{ file: 'baseline.pol', precedence: 1 }]);
    expect(found(report, 'overruled')).toMatchObject([{ file: 'helpdesk.pol', precedence: 2, value: '1' }]);
  });

  it('within a report the GPO of precedence 1 wins, wherever it stands', () => {
    const report = judge(
      'vista-or-later',
      gpresult(
        policy('Configure Offer Remote Assistance', 'Disabled') +
          policy('Configure Offer Remote Assistance', 'Enabled', { gpo: '{B}', precedence: 2 }),
      ),
    );
    expect(found(report, 'offers-disabled')).toMatchObject([{ gpo: 'Help desk', precedence: 1 }]);
  });
});

it('remarks that are alike are bounded, and counted', () => {
  const broken = Array.from({ length: 60 }, (_, index) => rule(`r${index}`, 'Action=Perhaps'));
  const report = judge('vista-or-later', polOf(VISTA, { broken }));
  expect(found(report, 'unreadable-entry')).toHaveLength(50);
  expect(found(report, 'not-judged')).toMatchObject([
    { text: expect.stringMatching(/^10 more/), decides: false },
  ]);
});

it('a localised report is unknown, never ok', () => {
  const german = gpresult(policy('Remoteunterstützung anbieten', 'Enabled', { explain: 'Diese Richtlinie' }));
  for (const novice of ['xp-sp2', 'xp-x64-sp1', 'server-2003-sp1', 'vista-or-later'] as const) {
    const report = judge(novice, german);
    expect(report.verdict).toBe('undetermined');
    const named = report.findings.filter(({ setting }) =>
      /Assistance|connect remotely|RPC clients/.test(setting),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ state }) => state !== 'unknown')).toEqual([]);
  }
});

import { describe, expect, it } from 'vitest';
import { dword, polOf, TS, XP } from './files.ts';
import { DOMAIN, exception } from './judge-entries.ts';
import { found, judge } from './judge-files.ts';
import type { Row } from './judge-rows.ts';

const XP_ROWS: readonly Row[] = [
  [
    'connections denied',
    { connections: [dword(TS, 'fDenyTSConnections', 1)] },
    'blocked',
    'connections-denied',
    'wrong',
  ],
  ['connections not configured', { connections: [] }, 'blocked', 'connections-not-configured', 'missing'],
  ['no port exception', { mapper: [] }, 'blocked', 'exception-missing', 'missing'],
  [
    'a disabled port exception',
    { mapper: [exception('GloballyOpenPorts', '135:TCP:*:Disabled:x')] },
    'blocked',
    'exception-disabled',
    'wrong',
  ],
  [
    'entries of two statuses',
    { more: [exception('GloballyOpenPorts', '135:TCP:*:Disabled:x')] },
    'blocked',
    'exceptions-conflict',
    'wrong',
  ],
  [
    'entries of two scopes',
    { more: [exception('GloballyOpenPorts', '135:TCP:10.0.0.0/8:Enabled:x')] },
    'ready',
    'exceptions-conflict',
    'wrong',
  ],
  [
    'a malformed entry',
    { more: [exception('GloballyOpenPorts', '135/TCP')] },
    'ready',
    'exception-malformed',
    'wrong',
  ],
  [
    'the list disabled',
    { ports: [dword(`${DOMAIN}\\GloballyOpenPorts`, 'Enabled', 0)] },
    'blocked',
    'exceptions-ignored',
    'wrong',
  ],
  [
    'the blanks of the policy text',
    { mapper: [exception('GloballyOpenPorts', '135:TCP:*:Enabled: Offer Remote Assistance')] },
    'ready',
    'exception-present',
    'ok',
  ],
  [
    'another spelling of the folder',
    { sessmgr: [exception('AuthorizedApplications', 'C:\\WINDOWS\\system32\\sessmgr.exe:*:enabled:x')] },
    'ready',
    'exception-present',
    'ok',
  ],
  [
    'Remote Desktop instead of Sessmgr',
    { sessmgr: [], more: [dword(`${DOMAIN}\\Services\\RemoteDesktop`, 'Enabled', 1)] },
    'ready',
    'desktop-always-open',
    'ok',
  ],
  [
    'remote administration instead of 135',
    { mapper: [], more: [dword(`${DOMAIN}\\RemoteAdminSettings`, 'Enabled', 1)] },
    'ready',
    'exception-present',
    'ok',
  ],
  [
    'no exceptions allowed',
    { more: [dword(DOMAIN, 'DoNotAllowExceptions', 1)] },
    'blocked',
    'exceptions-forbidden',
    'wrong',
  ],
  [
    'the firewall off',
    { mapper: [], more: [dword(DOMAIN, 'EnableFirewall', 0)] },
    'ready',
    'firewall-off',
    'ok',
  ],
  [
    'a scope',
    { mapper: [exception('GloballyOpenPorts', '135:TCP:LocalSubNet,10.1.0.0/16:Enabled:x')] },
    'ready',
    'assumed',
    'unknown',
  ],
];

describe('for XP SP2', () => {
  it.each(XP_ROWS)('%s', (_, changes, verdict, code, state) => {
    const report = judge('xp-sp2', polOf(XP, changes));
    expect(report.verdict).toBe(verdict);
    expect(found(report, code).map((one) => one.state)).toContain(state);
  });

  it('solicited disabled leaves it open only where KB301527 exempts nobody', () => {
    const changes = { more: [dword(TS, 'fAllowToGetHelp', 0)] };
    expect(judge('xp-sp2', polOf(XP, changes)).verdict).toBe('ready');
    expect(judge('xp-x64-sp1', polOf(XP, changes)).verdict).toBe('undetermined');
  });
});

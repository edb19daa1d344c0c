import { expect, it } from 'vitest';
import { refuseElsewhere, withRehearsals } from '../../src/cli/rehearsals.ts';
import type { Report } from '../../src/model/report.ts';
import { DCOM_HRESULTS } from '../../src/policy/explain/hresults-dcom.ts';
import { OTHER_HRESULTS } from '../../src/policy/explain/hresults-other.ts';
import { randomOf } from '../simulation/random.ts';
import { type Kind, OPEN, reportOn } from '../simulation/witness-world.ts';
import { run } from './run.ts';

const reported = (low: number, kind: Kind) =>
  reportOn(OPEN, { address: `10.1.2.${low}`, kind, half: 0, own: null }, randomOf(1));

it.skipIf(process.platform === 'win32')(
  'check --rehearse is for Windows only, and says so in one line',
  async () => {
    const { code, stderr } = await run(['check', '127.0.24.1', '--rehearse']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'ra-preflight: --rehearse: needs Windows: it activates Remote Assistance on the novice as the signed-in expert\n',
    );
    expect(() => refuseElsewhere('win32')).not.toThrow();
  },
);

it('is done with the hosts that answered, by the name that was typed', async () => {
  const report = {
    run: { interrupted: false },
    hosts: [reported(10, 'stealthy'), reported(11, 'dead'), reported(12, 'stealthy')],
  } as unknown as Report;
  const rehearser = {
    program: process.execPath,
    args: [
      '-e',
      "const ok = process.env.RA_PREFLIGHT_NOVICE === '10.1.2.10'; console.log('RA-PREFLIGHT activation ' + (ok ? '00000000\\nRA-PREFLIGHT call 00000000' : '80070005'))",
    ],
    timeoutMs: 20_000,
  };
  const { hosts, summary } = await withRehearsals(report, { rehearser, quiet: true });
  expect(hosts.map((host) => host.rehearsal?.says)).toEqual(['works', undefined, 'fails']);
  expect(summary).toMatchObject({ ready: 1, unreachable: 1, undetermined: 1 });
  const cut = { ...report, run: { interrupted: true } } as Report;
  expect((await withRehearsals(cut, { rehearser, quiet: true })).hosts).toEqual(report.hosts);
});

it('explains every HRESULT of the table, from a child that prints it', async () => {
  const rows = [...DCOM_HRESULTS, ...OTHER_HRESULTS];
  const hosts = rows.map((_, i) => reported(i + 1, 'stealthy'));
  const words = rows.map(({ code }) => code.slice(2));
  // The novice's address says which.
  const rehearser = {
    program: process.execPath,
    args: [
      '-e',
      `console.log('RA-PREFLIGHT activation ' + ${JSON.stringify(words)}[process.env.RA_PREFLIGHT_NOVICE.split('.')[3] - 1])`,
    ],
    timeoutMs: 20_000,
  };
  const report = { run: { interrupted: false }, hosts } as unknown as Report;
  const judged = await withRehearsals(report, { rehearser, quiet: true });
  expect(rows.length).toBeGreaterThan(20);
  for (const [i, { rehearsal, verdict }] of judged.hosts.entries()) {
    const { code, name, cause } = rows[i] ?? { code: '', name: '', cause: '' };
    expect(rehearsal).toMatchObject({ says: 'fails', code });
    expect(rehearsal?.text).toContain(`${code} ${name}: ${cause}`);
    expect(rehearsal?.text).toContain('written from the documents, not yet run by us on Windows');
    expect(verdict).toBe('undetermined');
  }
}, 60_000);

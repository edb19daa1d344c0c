import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOVICES } from '../../src/model/policy.ts';
import { judgePolicy } from '../../src/policy/judge/judge.ts';
import { PolicyFault } from '../../src/policy/read/fault.ts';
import { CASES as FUZZ_CASES, PATIENCE_MS, withoutFrames } from '../fuzz/campaign.ts';
import { damaged } from '../fuzz/mutate.ts';
import { polOf, read, VISTA, XP } from './files.ts';
import { firewall, firewallRule, gpreport, gpresult, offered, policy } from './report-files.ts';

const SEED = Number(process.env['RA_FUZZ_SEED'] ?? Math.trunc(Math.random() * 2 ** 31));

/** Fewer than of packets: each is a whole file, which is read and judged in twenty times as long. */
const CASES = Math.min(FUZZ_CASES, 25_000);

const REG = [
  'Windows Registry Editor Version 5.00',
  '',
  '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services]',
  '"fAllowUnsolicited"=dword:00000001',
  '"a"=-',
  '@="b\\"\\\\"',
  '"c"=hex(7):61,00,\\',
  '  00,00',
  '[-HKEY_LOCAL_MACHINE\\A]',
  '',
].join('\r\n');
const LGPO =
  '; x\r\nComputer\r\nSoftware\\A\r\nb\r\nDWORD:1\r\n\r\nUser\r\nSoftware\\A\r\nb\r\nMULTISZ:a\\0b\r\n';
const INF =
  '[Unicode]\r\nUnicode=yes\r\n[Registry Values]\r\nMACHINE\\Software\\Policies\\Microsoft\\Windows NT\\DCOM\\MachineLaunchRestriction=1,"O:BAG:BAD:(A;;CCDCLCSWRP;;;WD)"\r\nMACHINE\\A\\b=3,1,2\r\n';
const JSON_TEXT = JSON.stringify({
  schema: 'ra-preflight/collected@1',
  registryKeys: ['HKLM\\SOFTWARE\\Microsoft\\Ole'],
  registry: [{ path: 'HKLM\\SOFTWARE\\Microsoft\\Ole', name: 'EnableDCOM', type: 'REG_SZ', value: 'Y' }],
  firewallRules: [
    {
      name: 'm',
      enabled: 'True',
      profile: 'Domain',
      direction: 'Inbound',
      action: 'Allow',
      protocol: 'TCP',
      localPorts: ['135'],
    },
  ],
  firewallProfiles: [{ name: 'Domain', enabled: 'True' }],
  networkProfiles: [{ name: 'a', networkCategory: 2 }],
});
const BARE = JSON.stringify([{ Name: 'a', Enabled: 1, Profile: 1, Direction: 1, Action: 2 }]);

const wide = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

const report = policy('Offer Remote Assistance', 'Enabled', { more: offered(['CONTOSO\\Helpdesk']) });
const rules = firewall(firewallRule({ Name: 'm', Dir: 'In', Action: 'Allow', LPort: '135' }));

const READERS: Readonly<Record<string, readonly Buffer[]>> = {
  'Registry.pol': [polOf(VISTA), polOf(XP)],
  '.reg': [wide(REG), Buffer.from(REG), Buffer.from(REG.replace(/^.*$/m, 'REGEDIT4'))],
  'LGPO text': [Buffer.from(LGPO), wide(LGPO)],
  'GptTmpl.inf': [wide(INF), Buffer.from(INF)],
  reports: [gpresult(report, rules), Buffer.from(gpreport(report))],
  JSON: [Buffer.from(JSON_TEXT), Buffer.from(BARE)],
};

/** Reads and judges; a fault must be one printable line with an offset in the file. Without `expect`, which takes longer than that. */
const readAndJudge = (input: Buffer): 'read' | 'refused' => {
  try {
    const file = read(input);
    judgePolicy([file], NOVICES[input.length % NOVICES.length] ?? null);
    return 'read';
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    const { offset, message } = error;
    // Written so that NaN, which is neither, fails too.
    if (!(offset >= 0 && offset <= input.length)) throw new Error(`offset ${offset}`);
    if (message.includes('\n') || message.length >= 200) throw new Error(`message ${message}`);
    return 'refused';
  }
};

const attack = (input: Buffer): 'read' | 'refused' => {
  const before = Buffer.from(input);
  const result = withoutFrames(() => readAndJudge(input));
  if (!input.equals(before)) throw new Error('the input was changed');
  return result;
};

describe.each(Object.entries(READERS))('%s', (_, seeds) => {
  it('is read as it is', () => {
    for (const seed of seeds) expect(attack(seed)).toBe('read');
  });

  it(
    `damaged in ${CASES} ways is read or refused in one line (seed ${SEED})`,
    () => {
      const seen = { read: 0, refused: 0 };
      fc.assert(
        fc.property(damaged(seeds), (input) => {
          seen[attack(input)]++;
        }),
        { numRuns: CASES, seed: SEED },
      );
      // A campaign that is always refused, or never, tests nothing.
      expect(seen.read).toBeGreaterThan(CASES / 200);
      expect(seen.refused).toBeGreaterThan(CASES / 200);
    },
    PATIENCE_MS,
  );
});

import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../src/cli/did-you-mean.ts';
import { MAKE } from '../../src/cli/options/policy-make.ts';
import { SCAN } from '../../src/cli/options/scan.ts';
import { OTHER_NAMES } from '../../src/cli/other-names.ts';
import { UsageError } from '../../src/model/fault.ts';

const OPTIONS = {
  novice: SCAN.novice,
  engine: SCAN.engine,
  format: SCAN.format,
  undetermined: SCAN.undetermined,
  'policy make novice': MAKE.novice,
  'policy make format': MAKE.format,
};

const MEANT: Readonly<Record<keyof typeof OPTIONS, Readonly<Record<string, string>>>> = {
  novice: {
    'vista-or-later':
      'vista, 7, 8, 8.1, 10, 11, win7, Win10, WIN11, windows-11, windows 8.1, Windows_10, windows7sp1, win11-24h2, 2008, 2008r2, 2012 R2, server-2016, server2019, Windows Server 2022, Microsoft Windows 11 Pro, server-2025, vista_or_later',
    'xp-2003': 'xp, winxp, windows-xp, xp-sp3, 2003, server-2003, Windows Server 2003 R2, xp2003',
    auto: 'automatic, auot',
  },
  engine: {
    syn: 'SYN, half-open, raw, masscan, syns',
    node: 'nodejs, js, Node',
    windows: 'win, win32, Windows, windwos',
    linux: 'Linux, unix, linx',
    auto: 'automatic',
  },
  format: {
    'nmap-xml': 'xml, nmap, nmapxml, oX',
    ndjson: 'jsonl, json-lines, JSONLines',
    json: 'JSON, jsn',
    table: 'txt, text, plain',
    csv: 'xlsx, Excel, tsv, csv;',
    html: 'htm, HTML5, web',
    junit: 'junit-xml, JUnit',
    nagios: 'icinga2, check_mk, nagois',
    prometheus: 'prom, openmetrics, promethues',
  },
  undetermined: { ok: 'okay, OK, ready', warn: 'warning, WARN, critical' },
  'policy make novice': {
    'vista-or-later': 'win10, server-2019',
    'xp-sp2': 'xp, windows xp sp3',
    'xp-x64-sp1': 'xp64, xp-x64, windows xp x64',
    'server-2003-sp1': '2003, server-2003, windows server 2003 r2',
  },
  'policy make format': { powershell: 'ps1, pwsh, Powershell', pol: 'registry.pol, gpo', reg: 'regedit' },
};

describe('a value that is close to a known one', () => {
  const cases = Object.entries(MEANT).flatMap(([option, words]) =>
    Object.entries(words).flatMap(([word, typed]) =>
      typed.split(', ').map((text) => [option as keyof typeof OPTIONS, text, word] as const),
    ),
  );

  it.each(cases)('--%s %s: did you mean %s?', (option, typed, word) => {
    const read = () => OPTIONS[option].kind.read('--x', typed);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(`; did you mean ${word}?`);
  });

  it.each([
    ['novice', '2000'],
    ['novice', 'macos'],
    ['novice', 'windows'],
    ['novice', '12345'],
    ['engine', 'x'],
    ['format', 'pdf'],
    ['undetermined', 'maybe'],
    ['policy make novice', 'xp-2003'],
  ] as const)('--%s %s is like none', (option, typed) => {
    expect(() => OPTIONS[option].kind.read('--x', typed)).toThrow(/expected one of [^;]*$/);
  });

  it('is the longest of those that are in it', () => {
    expect(didYouMean('subnet-rates', ['rate', 'subnet-rate'])).toBe('; did you mean subnet-rate?');
  });

  it('every other name is for a word that some option or key takes', () => {
    const words = new Set(
      [
        ...Object.values(OPTIONS).flatMap(({ kind }) => kind.completion ?? []),
        'mended',
        'failure',
        'bash',
      ].flat(),
    );
    for (const word of OTHER_NAMES.keys()) expect([word, words.has(word)]).toEqual([word, true]);
  });
});

import { distance } from 'fastest-levenshtein';
import { KEYS } from '../required.ts';
import type { SetValue } from '../setting.ts';
import { dataWords, finding, type Judge, named } from './finding.ts';

/** Values that offers depend on, and the key of HKLM that Windows reads each in. */
const VALUES: readonly (readonly [name: string, key: string])[] = [
  ['fAllowUnsolicited', KEYS.terminalServices],
  ['fAllowUnsolicitedFullControl', KEYS.terminalServices],
  ['fAllowToGetHelp', KEYS.terminalServices],
  ['fDenyTSConnections', KEYS.terminalServices],
  ['EnableDCOM', KEYS.ole],
];

/** Names that people write and that look right, but that Windows does not read. */
const WRONG_NAMES: Readonly<Record<string, string>> = {
  offerremoteassistance: 'fAllowUnsolicited',
  allowofferremoteassistance: 'fAllowUnsolicited',
  allowunsolicited: 'fAllowUnsolicited',
  allowunsolicitedfullcontrol: 'fAllowUnsolicitedFullControl',
  allowtogethelp: 'fAllowToGetHelp',
  denytsconnections: 'fDenyTSConnections',
};

/** Keys where the same names are right too: the switches of System Properties. */
const ALSO_RIGHT: ReadonlySet<string> = new Set([
  'system\\currentcontrolset\\control\\remote assistance',
  'system\\currentcontrolset\\control\\terminal server',
]);
/** Keys that are about Remote Assistance or DCOM, whatever is before them. */
const NEAR_KEY = /(terminal services|remote assistance|terminal server|\\ole|\\raunsolicit)$/i;

/** Most letters that a slip of the keyboard changes. */
const MOST_SLIPS = 2;

/** Words of very different lengths need not be compared letter by letter. */
const isNear = (a: string, b: string): boolean =>
  Math.abs(a.length - b.length) <= MOST_SLIPS && distance(a, b) <= MOST_SLIPS;

/** The value that a name was meant to be; null where it is one, or like none. */
const meantBy = (name: string): string | null => {
  const small = name.trim().toLowerCase();
  if (VALUES.some(([known]) => known.toLowerCase() === name.toLowerCase())) return null;
  const alias = WRONG_NAMES[small];
  if (alias !== undefined) return alias;
  return VALUES.find(([known]) => isNear(small, known.toLowerCase()))?.[0] ?? null;
};

const isRight = ({ hive, key, name }: SetValue): boolean =>
  hive === 'HKLM' &&
  (ALSO_RIGHT.has(key.toLowerCase()) ||
    VALUES.some(
      ([known, home]) =>
        known.toLowerCase() === name.toLowerCase() && home.toLowerCase() === key.toLowerCase(),
    ));

/** Values with names or keys that come close to those that Windows reads: it ignores them without a word. */
export const NEAR_MISS: Judge = ({ facts }) =>
  facts.all.flatMap((value) => {
    const { hive, key, name, source, data } = value;
    const common = {
      state: 'wrong' as const,
      setting: name,
      source,
      value: dataWords(data),
      where: `${hive}\\${key}\\${name}`,
    };
    const meant = NEAR_KEY.test(key) ? meantBy(name) : null;
    if (meant !== null) {
      const home = VALUES.find(([known]) => known === meant)?.[1];
      return [
        finding({
          ...common,
          code: 'near-miss',
          expected: `HKLM\\${home}\\${meant}`,
          text: `Windows does not read ${named(name)}: did you mean ${meant}?`,
          remedy: `Set ${meant} instead.`,
        }),
      ];
    }
    const known = VALUES.find(([one]) => one.toLowerCase() === name.toLowerCase());
    if (!known || isRight(value)) return [];
    return [
      finding({
        ...common,
        code: 'misplaced',
        expected: `HKLM\\${known[1]}\\${known[0]}`,
        text: `Windows does not read ${known[0]} in this key: it belongs to HKLM\\${known[1]}.`,
        remedy: 'Set it in the key that Windows reads.',
      }),
    ];
  });

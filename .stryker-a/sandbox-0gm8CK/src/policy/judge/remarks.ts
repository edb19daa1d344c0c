import type { PolicyFinding } from '../../model/policy.ts';
import { KEYS } from '../required.ts';
import type { Unread } from '../setting.ts';
import { dataWords, finding, type Judge, placeOf } from './finding.ts';

const UNREAD_SETTINGS: Readonly<Record<Unread['code'], string>> = {
  'localised-report': 'Language of the report',
  'unreadable-entry': 'An entry of the file',
  'gpo-disabled': 'Computer settings of the GPO',
};

/** What of the files could not be read. */
const unread: Judge = ({ facts }) =>
  facts.unread.map(({ code, text, source }) =>
    finding({
      code,
      state: 'unknown',
      setting: UNREAD_SETTINGS[code],
      source,
      text,
      remedy:
        code === 'gpo-disabled' ? 'Enable the computer settings of the GPO, or leave the file out.' : null,
    }),
  );

/** Values whose history is listed. */
const TOLD: readonly (readonly [key: string, name: string])[] = [
  [KEYS.terminalServices, 'fAllowUnsolicited'],
  [KEYS.terminalServices, 'fAllowUnsolicitedFullControl'],
  [KEYS.terminalServices, 'fAllowToGetHelp'],
  [KEYS.terminalServices, 'fDenyTSConnections'],
  [KEYS.ole, 'EnableDCOM'],
  [KEYS.dcom, 'MachineAccessRestriction'],
  [KEYS.dcom, 'MachineLaunchRestriction'],
  [KEYS.rpc, 'RestrictRemoteClients'],
  [KEYS.rpcInternet, 'Ports'],
  [KEYS.domainProfile, 'EnableFirewall'],
  [KEYS.domainProfile, 'DoNotAllowExceptions'],
  [KEYS.domainProfile, 'AllowLocalPolicyMerge'],
  [KEYS.remoteDesktop, 'Enabled'],
];

/** Values that another file or GPO of more precedence replaced. */
const overruled: Judge = ({ facts }) =>
  TOLD.flatMap(([key, name]): PolicyFinding[] => {
    const { value, deletedBy, overruled: before } = facts.find(key, name);
    const now = value ? dataWords(value.data) : 'nothing';
    const winner = value?.source ?? deletedBy;
    const others = before.filter(({ data }) => dataWords(data) !== now);
    const last = others.at(-1);
    if (!last || !winner) return [];
    return [
      finding({
        code: 'overruled',
        state: 'ok',
        setting: name,
        source: last.source,
        value: dataWords(last.data),
        expected: now,
        where: placeOf(key, name),
        text: `Overruled by ${winner.gpo ?? winner.file}, which has more precedence.`,
      }),
    ];
  });

/** What is said of the files as such. */
export const REMARKS: readonly Judge[] = [unread, overruled];

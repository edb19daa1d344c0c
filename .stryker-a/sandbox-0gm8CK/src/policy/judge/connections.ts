import { KEYS } from '../required.ts';
import { REG } from '../setting.ts';
import {
  dataWords,
  dwordOf,
  finding,
  isAbsent,
  isGone,
  type Judge,
  placeOf,
  sourceOf,
  unjudged,
  wrongType,
} from './finding.ts';

const REMOTE = 'Allow users to connect remotely using Terminal Services';
const DCOM = 'EnableDCOM';
/** The switch of the Remote tab in System Properties; the policy goes before it. */
const LOCAL_KEY = 'SYSTEM\\CurrentControlSet\\Control\\Terminal Server';

const connections: Judge = ({ facts, novice }) => {
  const policy = facts.find(KEYS.terminalServices, 'fDenyTSConnections');
  const local = facts.find(LOCAL_KEY, 'fDenyTSConnections');
  const found = policy.value || !local.value ? policy : local;
  const where = placeOf(found === local ? LOCAL_KEY : KEYS.terminalServices, 'fDenyTSConnections');
  const common = { setting: REMOTE, where, source: sourceOf(found), expected: '0' };
  if (novice === 'vista-or-later')
    return found.value
      ? [
          finding({
            ...common,
            code: 'connections-not-needed',
            state: 'ok',
            value: dataWords(found.value.data),
            expected: null,
            text: 'Windows Vista and later do not need Remote Desktop for offers.',
          }),
        ]
      : [];
  if (!found.value) {
    const unknown = isAbsent(facts, KEYS.terminalServices, found)
      ? null
      : unjudged(facts, REMOTE, where, '0');
    if (unknown) return [unknown];
    return [
      finding({
        ...common,
        code: 'connections-not-configured',
        state: 'missing',
        certain: isGone(facts, KEYS.terminalServices, found),
        text: 'The policy is not configured. KB301527 asks for it, for the session uses Terminal Services.',
        remedy: 'Enable the policy (fDenyTSConnections = 0).',
        decides: true,
      }),
    ];
  }
  const value = dwordOf(found.value);
  if (value === null) return [wrongType(found.value, REMOTE, REG.dword, true)];
  const isAllowed = value === 0;
  return [
    finding({
      ...common,
      code: isAllowed ? 'connections-allowed' : 'connections-denied',
      state: isAllowed ? 'ok' : 'wrong',
      value: String(value),
      text: isAllowed
        ? 'Remote connections are allowed.'
        : 'Remote connections are denied, and the session of Remote Assistance with them.',
      remedy: isAllowed ? null : 'Enable the policy (fDenyTSConnections = 0).',
      decides: true,
    }),
  ];
};

const dcom: Judge = ({ facts }) => {
  const found = facts.find(KEYS.ole, 'EnableDCOM');
  const where = placeOf(KEYS.ole, 'EnableDCOM');
  const common = { setting: DCOM, where, source: sourceOf(found), expected: 'Y', decides: true };
  const remedy = `Set the REG_SZ value EnableDCOM of HKLM\\${KEYS.ole} to Y, and restart.`;
  if (!found.value) {
    return [
      isAbsent(facts, KEYS.ole, found)
        ? finding({
            ...common,
            code: 'dcom-not-set',
            state: 'missing',
            certain: isGone(facts, KEYS.ole, found),
            text: 'EnableDCOM is missing: Remote Assistance does not work without it (KB301527).',
            remedy,
          })
        : finding({
            ...common,
            code: 'not-judged',
            state: 'unknown',
            text: `These files do not hold HKLM\\${KEYS.ole}. Windows has EnableDCOM = Y there unless somebody changed it; N or no value stops Remote Assistance (KB301527).`,
            remedy:
              'Run the script of ra-preflight policy collector on the novice, or export that key with regedit.',
          }),
    ];
  }
  const { data } = found.value;
  if (typeof data !== 'string') return [wrongType(found.value, DCOM, REG.sz, true)];
  const isOn = data.trim().toUpperCase() === 'Y';
  return [
    finding({
      ...common,
      code: isOn ? 'dcom-enabled' : 'dcom-disabled',
      state: isOn ? 'ok' : 'wrong',
      value: dataWords(data),
      text: isOn ? 'DCOM is enabled.' : 'DCOM is disabled: Remote Assistance does not work (KB301527).',
      remedy: isOn ? null : remedy,
    }),
  ];
};

/** Terminal Services and DCOM as a whole. */
export const CONNECTIONS: readonly Judge[] = [connections, dcom];

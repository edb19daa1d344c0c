import type { PolicyFinding } from '../../model/policy.ts';
import { KEYS } from '../required.ts';
import { REG, type SetValue } from '../setting.ts';
import { helperFault } from '../write/helper-name.ts';
import { CONTROLS } from './controls.ts';
import {
  dataWords,
  dwordOf,
  finding,
  isAbsent,
  isGone,
  type Judge,
  named,
  placeOf,
  sourceOf,
  unjudged,
  wrongType,
} from './finding.ts';

const OFFER = 'Offer Remote Assistance';
const CONTROL = `${OFFER}: permit remote control of this computer`;
const HELPERS = `${OFFER}: helpers`;
const SOLICITED = 'Solicited Remote Assistance';

const ENABLE = `Enable "Configure Offer Remote Assistance" (Computer Configuration, Administrative Templates, System, Remote Assistance).`;

const offers: Judge = ({ facts }) => {
  const found = facts.find(KEYS.terminalServices, 'fAllowUnsolicited');
  const where = placeOf(KEYS.terminalServices, 'fAllowUnsolicited');
  const common = { setting: OFFER, where, expected: '1', source: sourceOf(found), decides: true };
  if (!found.value) {
    const unknown = isAbsent(facts, KEYS.terminalServices, found) ? null : unjudged(facts, OFFER, where, '1');
    if (unknown) return [unknown];
    return [
      finding({
        ...common,
        code: 'offers-not-configured',
        state: 'missing',
        certain: isGone(facts, KEYS.terminalServices, found),
        text: found.deletedBy
          ? 'The policy deletes fAllowUnsolicited: nobody can offer assistance unasked.'
          : 'The policy is not configured: nobody can offer assistance unasked.',
        remedy: ENABLE,
      }),
    ];
  }
  const value = dwordOf(found.value);
  if (value === null) return [wrongType(found.value, OFFER, REG.dword, true)];
  if (value !== 0)
    return [
      finding({
        ...common,
        code: 'offers-enabled',
        state: 'ok',
        value: String(value),
        text: 'Offers are allowed.',
      }),
    ];
  return [
    finding({
      ...common,
      code: 'offers-disabled',
      state: 'wrong',
      value: '0',
      control: CONTROLS.offersDisabled,
      text: 'The policy is disabled: nobody can offer assistance unasked.',
      remedy: `${ENABLE} Where a security baseline sets it, make an exception for it in a GPO of higher precedence.`,
    }),
  ];
};

const control: Judge = ({ facts }) => {
  const found = facts.find(KEYS.terminalServices, 'fAllowUnsolicitedFullControl');
  const where = placeOf(KEYS.terminalServices, 'fAllowUnsolicitedFullControl');
  const common = { setting: CONTROL, where, expected: '1', source: sourceOf(found) };
  if (!found.value)
    return facts.find(KEYS.terminalServices, 'fAllowUnsolicited').value === null
      ? []
      : [
          finding({
            ...common,
            code: 'view-only',
            state: facts.isLocalised ? 'unknown' : 'missing',
            text: 'Nothing says whether helpers may control the computer or only view it.',
            remedy: 'Set fAllowUnsolicitedFullControl to 1 (control) or 0 (view only).',
          }),
        ];
  const value = dwordOf(found.value);
  if (value === null) return [wrongType(found.value, CONTROL, REG.dword, false)];
  return [
    finding({
      ...common,
      code: value === 0 ? 'view-only' : 'full-control',
      state: 'ok',
      value: String(value),
      text:
        value === 0
          ? 'Helpers may view the computer, not control it.'
          : 'Helpers may control the computer if its user agrees.',
    }),
  ];
};

/** Windows takes only texts with a name for helpers, and reads the names (helpsvc of XP enumerates value names). */
const isHelper = ({ name, type }: SetValue): boolean =>
  name !== '' && (type === REG.sz || type === REG.expandSz || type === REG.multiSz);

const faultOf = ({ name, data }: SetValue): string | null => {
  const other =
    typeof data === 'string' && data !== name && helperFault(data) === null && helperFault(name) !== null;
  if (other)
    return `${named(name)} is the name of the value and ${named(dataWords(data))} its data; Windows reads the name, so both must be the account`;
  return helperFault(name);
};

const malformed = (value: SetValue, decides: boolean): PolicyFinding =>
  finding({
    code: 'helper-malformed',
    state: 'wrong',
    // Another policy may list helpers too.
    certain: false,
    setting: HELPERS,
    source: value.source,
    value: value.name,
    expected: 'DOMAIN\\user or DOMAIN\\group',
    where: placeOf(value.key, value.name),
    text: `${faultOf(value) ?? ''}. Windows does not verify helpers and ignores what it cannot resolve.`,
    remedy: 'Name the helper as DOMAIN\\user or DOMAIN\\group.',
    decides,
  });

const helpers: Judge = ({ facts }) => {
  const all = facts.within(KEYS.helpers).filter(isHelper);
  const good = all.filter((value) => faultOf(value) === null);
  const bad = all
    .filter((value) => faultOf(value) !== null)
    .map((value) => malformed(value, good.length === 0));
  const where = `HKLM\\${KEYS.helpers}`;
  if (all.length === 0) {
    const unknown = facts.covers(KEYS.helpers) ? null : unjudged(facts, HELPERS, where, null);
    if (unknown) return [unknown];
    return [
      finding({
        code: 'helpers-none',
        state: 'missing',
        setting: HELPERS,
        where,
        expected: 'DOMAIN\\user or DOMAIN\\group',
        certain: facts.knows(KEYS.helpers),
        text: 'No helpers are listed.',
        remedy: 'Add the accounts or groups of the helpers with "Show" in the policy.',
        decides: true,
      }),
    ];
  }
  const [first] = good;
  if (!first) return bad;
  return [
    finding({
      code: 'helpers-listed',
      state: 'ok',
      setting: HELPERS,
      source: first.source,
      value: good
        .map(({ name }) => name)
        .slice(0, 20)
        .join(', '),
      where,
      text: good.length === 1 ? 'One helper is listed.' : `${good.length} helpers are listed.`,
      decides: true,
    }),
    ...bad,
    finding({
      code: 'assumed',
      state: 'unknown',
      setting: HELPERS,
      where,
      text: 'Assumed: these accounts exist in a domain that both computers trust, and the expert is one of them or in one of the groups. Windows does not verify that either.',
    }),
  ];
};

const solicited: Judge = ({ facts, novice }) => {
  const found = facts.find(KEYS.terminalServices, 'fAllowToGetHelp');
  const where = placeOf(KEYS.terminalServices, 'fAllowToGetHelp');
  const exempt = novice === 'xp-sp2' || novice === 'vista-or-later';
  const common = { setting: SOLICITED, where, source: sourceOf(found) };
  if (!found.value) {
    const unknown = isAbsent(facts, KEYS.terminalServices, found)
      ? null
      : unjudged(facts, SOLICITED, where, null);
    if (unknown && !exempt) return [unknown];
    return [
      finding({
        ...common,
        code: 'solicited-not-disabled',
        state: unknown ? 'unknown' : 'ok',
        text: unknown
          ? `${unknown.text} It would not stop offers to this Windows.`
          : 'Solicited Remote Assistance is not disabled by policy.',
      }),
    ];
  }
  const value = dwordOf(found.value);
  if (value === null) return [wrongType(found.value, SOLICITED, REG.dword, false)];
  if (value !== 0)
    return [
      finding({
        ...common,
        code: 'solicited-not-disabled',
        state: 'ok',
        value: String(value),
        text: 'Solicited Remote Assistance is enabled.',
      }),
    ];
  return [
    finding({
      ...common,
      code: 'solicited-disabled',
      state: exempt ? 'ok' : 'unknown',
      value: '0',
      control: CONTROLS.solicitedDisabled,
      text: exempt
        ? 'Solicited Remote Assistance is disabled. That stops offers on XP before Service Pack 2 only (KB826088).'
        : 'Solicited Remote Assistance is disabled. KB301527 says that offers fail then, and exempts only XP with Service Pack 2 (KB826088).',
      remedy: exempt ? null : 'Enable "Solicited Remote Assistance", or leave it not configured.',
      decides: !exempt,
    }),
  ];
};

/** Whether offers are allowed, to whom, and how far. */
export const OFFERS: readonly Judge[] = [offers, control, helpers, solicited];

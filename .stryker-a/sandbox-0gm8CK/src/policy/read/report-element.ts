import type { FirewallRule, Instruction } from '../setting.ts';
import { type Data, PROFILES, REG, type Source } from '../setting.ts';
import { ruleOf } from './firewall-rule.ts';
import { type NamedPolicy, valuesOf } from './report-names.ts';
import { childOf, type Element, textOf } from './xml.ts';

const FIREWALL_KEY = 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall';

/** The keys of the profiles, by the elements that reports name them with. */
export const PROFILE_KEYS: Readonly<Record<string, string>> = {
  DomainProfile: `${FIREWALL_KEY}\\DomainProfile`,
  PrivateProfile: `${FIREWALL_KEY}\\StandardProfile`,
  PublicProfile: `${FIREWALL_KEY}\\PublicProfile`,
};

/** Who gave a setting: the GPO by its identifier or name, and 1 for the one that won. */
export interface Given {
  readonly precedence: number | null;
  readonly gpo: string | null;
}

/** Who gave what an element holds. */
export const givenBy = (element: Element): Given => {
  const precedence = Number(textOf(element, 'Precedence') ?? Number.NaN);
  const gpo = childOf(element, 'GPO');
  return {
    precedence: Number.isInteger(precedence) && precedence > 0 ? precedence : null,
    gpo: textOf(gpo, 'Identifier') ?? textOf(gpo, 'Name'),
  };
};

const LISTS = new Set(['ListBox', 'DropDownList', 'EditText']);

const entriesOf = (list: Element): string[] =>
  (childOf(list, 'Value')?.children ?? [])
    .filter(({ name }) => name === 'Element')
    .map((entry) => textOf(entry, 'Name') || textOf(entry, 'Data') || '')
    .filter(Boolean);

/** A `Policy` element of the administrative templates. */
export const namedPolicy = (element: Element): NamedPolicy => {
  const fields = element.children.filter(({ name }) => LISTS.has(name));
  const kind = (wanted: string): Element[] => fields.filter(({ name }) => name === wanted);
  return {
    name: textOf(element, 'Name') ?? '',
    state: textOf(element, 'State') ?? '',
    category: textOf(element, 'Category') ?? '',
    choices: kind('DropDownList').map((field) => textOf(childOf(field, 'Value'), 'Name') ?? ''),
    texts: kind('EditText').map((field) => textOf(field, 'Value') ?? ''),
    entries: kind('ListBox').flatMap(entriesOf),
  };
};

const setting = (key: string, name: string, type: number, data: Data, source: Source): Instruction => ({
  op: 'set',
  hive: 'HKLM',
  key,
  name,
  type,
  data,
  source,
});

const wholeNumber = (text: string | null): number | null =>
  text !== null && /^\d{1,10}$/.test(text) ? Number(text) : null;

/** What a `Policy` sets, of an English report. */
export const fromPolicy = (policy: NamedPolicy, source: Source): Instruction[] =>
  valuesOf(policy).map(({ key, name, set }) =>
    set === null
      ? { op: 'delete-value', hive: 'HKLM', key, name, source }
      : setting(key, name, set.type, set.data, source),
  );

/** What a `RegistrySetting` sets: a value that no template of the reporting machine describes. */
export const fromRegistrySetting = (element: Element, source: Source): Instruction[] => {
  const key = textOf(element, 'KeyPath');
  if (key === null) return [];
  return element.children
    .filter(({ name }) => name === 'Value')
    .flatMap((value) => {
      const name = textOf(value, 'Name') ?? '';
      const number = wholeNumber(textOf(value, 'Number'));
      if (number !== null) return [setting(key, name, REG.dword, number, source)];
      const text = textOf(value, 'String');
      return text === null ? [] : [setting(key, name, REG.sz, text, source)];
    });
};

/** What a security option sets, where it is a value of the registry: `MACHINE\Software\...\MachineLaunchRestriction`. */
export const fromSecurityOption = (element: Element, source: Source): Instruction[] => {
  const match = /^MACHINE\\(.+)\\([^\\]+)$/i.exec(textOf(element, 'KeyName') ?? '');
  if (!match) return [];
  const [, key = '', name = ''] = match;
  const number = wholeNumber(textOf(element, 'SettingNumber'));
  if (number !== null) return [setting(key, name, REG.dword, number, source)];
  const text = textOf(element, 'SettingString');
  return text === null ? [] : [setting(key, name, REG.sz, text, source)];
};

const numberOf = (text: string | null): number | null => {
  if (text === 'true' || text === 'false') return text === 'true' ? 1 : 0;
  return wholeNumber(text);
};

/** What one setting in the element of a firewall profile sets; the registry calls the values the same. */
export const fromProfile = (profile: string, element: Element, source: Source): Instruction[] => {
  const key = PROFILE_KEYS[profile];
  const value = numberOf(textOf(element, 'Value'));
  return key === undefined || value === null ? [] : [setting(key, element.name, REG.dword, value, source)];
};

/** A firewall rule; null where it is no valid one. */
export const fromRule = (element: Element, source: Source): FirewallRule | null => {
  const fields = new Map<string, string[]>();
  for (const { name, text } of element.children) {
    if (name === 'GPO' || name === 'Precedence' || name === 'Version') continue;
    const field = name.toLowerCase();
    fields.set(field, [...(fields.get(field) ?? []), text.trim()]);
  }
  if (!fields.has('dir')) fields.set('dir', ['in']);
  if (!fields.has('active')) fields.set('active', ['true']);
  const name = fields.get('name')?.[0] ?? '';
  const rule = ruleOf(name, fields, 'policy', source);
  return rule === null || rule.profiles.length > 0 ? rule : { ...rule, profiles: PROFILES };
};

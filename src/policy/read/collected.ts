import {
  type Data,
  type FirewallProfile,
  type FirewallRule,
  type Hive,
  type Instruction,
  type NetworkProfile,
  type PolicyFile,
  REG,
  type Source,
  type Unread,
} from '../setting.ts';
import { hexBytes } from './data.ts';
import { PolicyFault } from './fault.ts';
import { nameOnlyRule, profilesOf, wholeRule } from './firewall-json.ts';
import { asList, asText, fieldsOf, parseJson } from './json.ts';
import { bounded } from './limits.ts';

/** The format of what `policy collector` prints. */
const COLLECTED_SCHEMA = 'ra-preflight/collected@1';

/** Types by their name in regedit and in .NET, without regard to case. */
const TYPES: Readonly<Record<string, number>> = {
  reg_none: REG.none,
  none: REG.none,
  reg_sz: REG.sz,
  string: REG.sz,
  reg_expand_sz: REG.expandSz,
  expandstring: REG.expandSz,
  reg_binary: REG.binary,
  binary: REG.binary,
  reg_dword: REG.dword,
  dword: REG.dword,
  reg_multi_sz: REG.multiSz,
  multistring: REG.multiSz,
  reg_qword: REG.qword,
  qword: REG.qword,
};

const HIVES: Readonly<Record<string, Hive>> = {
  hklm: 'HKLM',
  'hklm:': 'HKLM',
  hkey_local_machine: 'HKLM',
  hkcu: 'HKCU',
  'hkcu:': 'HKCU',
  hkey_current_user: 'HKCU',
};

const placeOf = (path: string): { readonly hive: Hive; readonly key: string } | null => {
  const slash = path.indexOf('\\');
  const hive = HIVES[path.slice(0, Math.max(slash, 0)).toLowerCase()];
  return hive === undefined ? null : { hive, key: path.slice(slash + 1) };
};

const wholeOf = (value: unknown, most: bigint): bigint | null => {
  const text = asText(value)?.trim() ?? '';
  return /^\d{1,20}$/.test(text) && BigInt(text) <= most ? BigInt(text) : null;
};

const dataOf = (type: number, value: unknown): Data | null => {
  switch (type) {
    case REG.sz:
    case REG.expandSz:
      return asText(value);
    case REG.multiSz:
      return asList(value).map((item) => asText(item) ?? '');
    case REG.dword: {
      const whole = wholeOf(value, 2n ** 32n - 1n);
      return whole === null ? null : Number(whole);
    }
    case REG.qword:
      return wholeOf(value, 2n ** 64n - 1n);
    default: {
      if (typeof value === 'string') return hexBytes(value);
      const bytes = asList(value);
      return bytes.every((byte) => Number.isInteger(byte) && Number(byte) >= 0 && Number(byte) < 256)
        ? Uint8Array.from(bytes, Number)
        : null;
    }
  }
};

const settingOf = (value: unknown, source: Source): Instruction | null => {
  const fields = fieldsOf(value);
  const place = placeOf(asText(fields?.get('path')) ?? '');
  const name = asText(fields?.get('name'));
  const type = TYPES[asText(fields?.get('type'))?.toLowerCase() ?? ''];
  if (!fields || !place || name === null || type === undefined) return null;
  const data = dataOf(type, fields.get('value'));
  return data === null ? null : { op: 'set', ...place, name, type, data, source };
};

/** Words and numbers of GpoBoolean: 0 false, 1 true, 2 not configured. */
const switchOf = (value: unknown): boolean | null => {
  const text = asText(value)?.toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : null;
};

const inboundOf = (value: unknown): 'allow' | 'block' | null => {
  const text = asText(value)?.toLowerCase();
  if (text === 'allow' || text === '2') return 'allow';
  return text === 'block' || text === '4' ? 'block' : null;
};

const profileOf = (value: unknown, source: Source): FirewallProfile | null => {
  const fields = fieldsOf(value);
  const [profile, ...more] = profilesOf(fields?.get('name'));
  if (!fields || profile === undefined || more.length > 0) return null;
  return {
    profile,
    enabled: switchOf(fields.get('enabled')),
    defaultInbound: inboundOf(fields.get('defaultinboundaction')),
    inboundRules: switchOf(fields.get('allowinboundrules')),
    localRules: switchOf(fields.get('allowlocalfirewallrules')),
    source,
  };
};

/** Numbers of NetworkCategory; they are no bits. */
const CATEGORIES: Readonly<Record<string, NetworkProfile['profile']>> = {
  '0': 'public',
  public: 'public',
  '1': 'private',
  private: 'private',
  '2': 'domain',
  domainauthenticated: 'domain',
  domain: 'domain',
};

const networkOf = (value: unknown, source: Source): NetworkProfile | null => {
  const fields = fieldsOf(value);
  const category = asText(fields?.get('networkcategory') ?? fields?.get('category'));
  const profile = CATEGORIES[category?.toLowerCase() ?? ''];
  return !fields || profile === undefined
    ? null
    : { name: asText(fields.get('name')) ?? '', profile, source };
};

/** Reads each item of a list; what cannot be read is reported once for the list. */
const each = <T>(
  list: unknown,
  what: string,
  source: Source,
  read: (value: unknown, source: Source) => T | null,
): { readonly items: readonly T[]; readonly unread: readonly Unread[] } => {
  const items = bounded<T>();
  let failed = 0;
  for (const value of asList(list)) {
    const item = read(value, source);
    if (item === null) failed++;
    else items.add(item, 0);
  }
  const text = `${failed} of its ${what} could not be read.`;
  return { items: items.items, unread: failed === 0 ? [] : [{ code: 'unreadable-entry', text, source }] };
};

const readCollected = (fields: ReadonlyMap<string, unknown>, source: Source): PolicyFile => {
  const settings = each(fields.get('registry'), 'registry values', source, settingOf);
  const rules = each(fields.get('firewallrules'), 'firewall rules', source, wholeRule);
  const profiles = each(fields.get('firewallprofiles'), 'firewall profiles', source, profileOf);
  const networks = each(fields.get('networkprofiles'), 'network profiles', source, networkOf);
  const missed = asList(fields.get('unread')).flatMap((one): Unread[] => {
    const what = asText(fieldsOf(one)?.get('what'));
    return what === null
      ? []
      : [{ code: 'unreadable-entry', text: `The collector could not read ${what.slice(0, 200)}.`, source }];
  });
  return {
    format: 'collected',
    says: 'computer',
    source,
    covers: asList(fields.get('registrykeys'))
      .map((path) => placeOf(asText(path) ?? ''))
      .flatMap((place) => (place?.hive === 'HKLM' ? [place.key.toLowerCase()] : [])),
    instructions: settings.items,
    rules: rules.items,
    profiles: profiles.items,
    networks: networks.items,
    unread: [...settings.unread, ...rules.unread, ...profiles.unread, ...networks.unread, ...missed],
  };
};

/** Windows PowerShell 5.1 wraps a list so where it came out of a property. */
const unwrapped = (value: unknown): readonly unknown[] => {
  const inner = fieldsOf(value)?.get('value');
  return Array.isArray(inner) ? inner : asList(value);
};

const readRules = (value: unknown, source: Source): PolicyFile => {
  const list = unwrapped(value);
  const { items, unread } = each<FirewallRule>(list, 'firewall rules', source, nameOnlyRule);
  if (items.length === 0)
    throw new PolicyFault('is JSON, but neither firewall rules nor what policy collector prints', 0);
  return {
    format: 'firewall-json',
    says: 'computer',
    source,
    covers: [],
    instructions: [],
    rules: items,
    profiles: [],
    networks: [],
    unread,
  };
};

/**
 * Reads JSON: what the collector script prints, whole, or firewall rules of `Get-NetFirewallRule | ConvertTo-Json`, by their
 * names only. Throws PolicyFault.
 */
export const readJson = (bytes: Uint8Array, source: Source): PolicyFile => {
  const value = parseJson(bytes);
  const fields = fieldsOf(value);
  const schema = asText(fields?.get('schema'));
  if (fields && schema === COLLECTED_SCHEMA) return readCollected(fields, source);
  if (schema?.startsWith('ra-preflight/'))
    throw new PolicyFault(`is of the format ${schema.slice(0, 60)}, not ${COLLECTED_SCHEMA}`, 0);
  return readRules(value, source);
};

import { type FirewallRule, PROFILES, type Profile, type Source } from '../setting.ts';

/** Fields that say where a rule counts, or that change nothing about whom it lets in. */
const TOLD = new Set([
  'action',
  'active',
  'dir',
  'protocol',
  'profile',
  'lport',
  'lport2_10',
  'ra4',
  'ra42',
  'ra6',
  'ra62',
  'app',
  'svc',
  'name',
  'desc',
  'embedctxt',
  'edge',
  'defer',
]);

const ACTIONS: Readonly<Record<string, FirewallRule['action']>> = {
  allow: 'allow',
  block: 'block',
  bypass: 'bypass',
  bypassblock: 'bypass',
};

const isProfile = (text: string): text is Profile => PROFILES.some((profile) => profile === text);

/** Fields of a rule by their names in small letters; a field may stand several times. */
export type RuleFields = ReadonlyMap<string, readonly string[]>;

const protocolOf = (text: string | undefined): number | null | undefined => {
  if (text === undefined) return null;
  const number = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (number === 256) return null;
  return number >= 0 && number < 256 ? number : undefined;
};

/** A list, or null for any where the rule names none. */
const listOr = (fields: RuleFields, ...names: readonly string[]): readonly string[] | null => {
  const all = names
    .flatMap((name) => fields.get(name) ?? [])
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter(Boolean);
  return all.length === 0 || all.includes('*') ? null : all;
};

const emptyAsNull = (text: string | undefined): string | null => text || null;

/** A rule from the fields of MS-GPFAS 2.2.2; null where they are no valid rule. */
export const ruleOf = (
  name: string,
  fields: RuleFields,
  store: FirewallRule['store'],
  source: Source,
): FirewallRule | null => {
  const one = (field: string): string | undefined => fields.get(field)?.[0];
  const action = ACTIONS[one('action')?.toLowerCase() ?? ''];
  const direction = one('dir')?.toLowerCase();
  const active = one('active')?.toLowerCase();
  const protocol = protocolOf(one('protocol'));
  const profiles = (fields.get('profile') ?? []).map((text) => text.toLowerCase());
  if (action === undefined || (direction !== 'in' && direction !== 'out')) return null;
  if ((active !== 'true' && active !== 'false') || protocol === undefined) return null;
  return {
    name,
    displayName: emptyAsNull(one('name')),
    group: emptyAsNull(one('embedctxt')),
    enabled: active === 'true',
    direction,
    // With Security=..., an allowed connection must be authenticated: it is another kind of permission.
    action: action === 'allow' && fields.has('security') ? 'bypass' : action,
    profiles: profiles.length === 0 || profiles.includes('all') ? PROFILES : profiles.filter(isProfile),
    protocol,
    localPorts: listOr(fields, 'lport', 'lport2_10'),
    program: emptyAsNull(one('app')),
    service: emptyAsNull(one('svc')),
    remoteAddresses: listOr(fields, 'ra4', 'ra42', 'ra6', 'ra62'),
    conditions: [...fields.keys()].filter((field) => !TOLD.has(field)),
    detail: 'whole',
    store,
    source,
  };
};

/**
 * A rule as the registry and Registry.pol hold it: `v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=135|...|` (MS-GPFAS
 * 2.2.2). `name` is that of the value. Null where it is no valid rule.
 */
export const parseRule = (
  name: string,
  text: string,
  store: FirewallRule['store'],
  source: Source,
): FirewallRule | null => {
  const [version = '', ...rest] = text.split('|');
  if (!/^v2\.\d+$/i.test(version)) return null;
  const fields = new Map<string, string[]>();
  for (const part of rest) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    if (equals < 1) return null;
    const field = part.slice(0, equals).toLowerCase();
    const value = part.slice(equals + 1);
    const known = fields.get(field);
    if (known) known.push(value);
    else fields.set(field, [value]);
  }
  return ruleOf(name, fields, store, source);
};

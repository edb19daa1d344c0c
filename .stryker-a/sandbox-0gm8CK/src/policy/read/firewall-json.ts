import { type FirewallRule, PROFILES, type Profile, type Source } from '../setting.ts';
import { asList, asText, fieldsOf } from './json.ts';

type Fields = ReadonlyMap<string, unknown>;

/** Words and numbers of the enumerations of the NetSecurity module (MSFT_NetFirewallRule). */
const ON = new Set(['true', '1']);
const OFF = new Set(['false', '2', '0']);
const DIRECTIONS: Readonly<Record<string, 'in' | 'out'>> = {
  inbound: 'in',
  '1': 'in',
  outbound: 'out',
  '2': 'out',
};
const ACTIONS: Readonly<Record<string, FirewallRule['action']>> = {
  allow: 'allow',
  '2': 'allow',
  allowbypass: 'bypass',
  '3': 'bypass',
  block: 'block',
  '4': 'block',
};
const PROTOCOLS: Readonly<Record<string, number>> = { icmpv4: 1, tcp: 6, udp: 17, icmpv6: 58 };
const BITS: readonly (readonly [bit: number, profile: Profile])[] = [
  [1, 'domain'],
  [2, 'private'],
  [4, 'public'],
];
const GROUP_POLICY = new Set(['grouppolicy', '2']);
const ANY = new Set(['any', '', '*']);

const lower = (value: unknown): string => asText(value)?.trim().toLowerCase() ?? '';

/** The profiles of a rule: bits of a number, or words with commas; none and `Any` are all. */
export const profilesOf = (value: unknown): readonly Profile[] => {
  const words = asList(value).flatMap((one) => lower(one).split(','));
  const named = words
    .map((word) => word.trim())
    .flatMap((word) => {
      if (/^\d+$/.test(word))
        return BITS.filter(([bit]) => (Number(word) & bit) !== 0).map(([, profile]) => profile);
      return PROFILES.filter(
        (profile) => word === profile || (word === 'domainauthenticated' && profile === 'domain'),
      );
    });
  return named.length === 0 ? PROFILES : PROFILES.filter((profile) => named.includes(profile));
};

/** A list of texts; null for any. */
const listOf = (value: unknown): readonly string[] | null => {
  const texts = asList(value)
    .flatMap((one) => asText(one)?.split(',') ?? [])
    .map((text) => text.trim())
    .filter(Boolean);
  return texts.length === 0 || texts.some((text) => ANY.has(text.toLowerCase())) ? null : texts;
};

const nameOr = (value: unknown): string | null => {
  const text = asText(value)?.trim() ?? '';
  return ANY.has(text.toLowerCase()) ? null : text;
};

const protocolOf = (value: unknown): number | null | undefined => {
  const text = lower(value);
  if (ANY.has(text)) return null;
  if (/^\d{1,3}$/.test(text)) return Number(text) === 256 ? null : Number(text);
  return PROTOCOLS[text];
};

/** Windows calls the port of the endpoint mapper so here, and `RPC-EPMap` in its registry. */
const portOf = (port: string): string => (/^rpc-?epmap$/i.test(port) ? 'RPC-EPMap' : port);

/** Further conditions, by the names that MS-GPFAS gives them, and what stands for none. */
const CONDITIONS: readonly (readonly [field: string, name: string])[] = [
  ['remoteports', 'rport'],
  ['localaddresses', 'la4'],
  ['package', 'apppkgid'],
  ['interfacetype', 'iftype'],
  ['localusers', 'luauth'],
  ['remoteusers', 'ruauth'],
  ['remotemachines', 'rmauth'],
];
const UNREQUIRED = new Set(['', 'any', '*', 'notrequired', '0']);

const conditionsOf = (fields: Fields): string[] =>
  CONDITIONS.filter(([field]) =>
    asList(fields.get(field)).some((value) => !UNREQUIRED.has(lower(value))),
  ).map(([, name]) => name);

const isSecured = (fields: Fields): boolean =>
  ['authentication', 'encryption'].some((field) => !UNREQUIRED.has(lower(fields.get(field))));

/** What every form of a rule has; null where it is no rule. */
const common = (fields: Fields, source: Source) => {
  const name = asText(fields.get('name') ?? fields.get('instanceid') ?? fields.get('id'));
  const enabled = lower(fields.get('enabled'));
  const direction = DIRECTIONS[lower(fields.get('direction'))];
  const action = ACTIONS[lower(fields.get('action'))];
  if (name === null || direction === undefined || action === undefined) return null;
  if (!ON.has(enabled) && !OFF.has(enabled)) return null;
  return {
    name,
    displayName: asText(fields.get('displayname')),
    group: nameOr(fields.get('group') ?? fields.get('rulegroup')),
    enabled: ON.has(enabled),
    direction,
    action,
    profiles: profilesOf(fields.get('profile') ?? fields.get('profiles')),
    store: GROUP_POLICY.has(lower(fields.get('policystoresourcetype')))
      ? ('policy' as const)
      : ('local' as const),
    source,
  };
};

/** A rule of `Get-NetFirewallRule | ConvertTo-Json`: it has neither ports nor programs nor addresses. Null where it is none. */
export const nameOnlyRule = (value: unknown, source: Source): FirewallRule | null => {
  const fields = fieldsOf(value);
  const base = fields && common(fields, source);
  if (!base) return null;
  return {
    ...base,
    protocol: null,
    localPorts: null,
    program: null,
    service: null,
    remoteAddresses: null,
    conditions: [],
    detail: 'name-only',
  };
};

/** A rule as the collector writes it, with what its six filters say. Null where it is none. */
export const wholeRule = (value: unknown, source: Source): FirewallRule | null => {
  const fields = fieldsOf(value);
  const base = fields && common(fields, source);
  const protocol = fields && protocolOf(fields.get('protocol'));
  if (!base || protocol === undefined) return null;
  return {
    ...base,
    action: base.action === 'allow' && isSecured(fields) ? 'bypass' : base.action,
    protocol,
    localPorts: listOf(fields.get('localports'))?.map(portOf) ?? null,
    program: nameOr(fields.get('program')),
    service: nameOr(fields.get('service')),
    remoteAddresses: listOf(fields.get('remoteaddresses')),
    conditions: conditionsOf(fields),
    detail: 'whole',
  };
};

import { ADDRESS_BITS } from '../../ip/ip.ts';
import type { Novice } from '../../model/policy.ts';
import type { PortRange } from '../../model/target.ts';
import { exceptionsFor, HELPERS, KEYS, type RequiredException, RULE_GROUP, valuesFor } from '../required.ts';
import { type Data, type Hive, REG } from '../setting.ts';

/** A block of addresses as the firewall takes it, a prefix and its length: `10.1.0.0` and 16. */
export interface Prefix {
  readonly family: 4 | 6;
  readonly address: string;
  readonly bits: number;
}

/** What the policy is to allow. Everything in it is valid: see `helperFault` for the names. */
export interface Wanted {
  readonly novice: Novice;
  /** `DOMAIN\user` or `DOMAIN\group`. */
  readonly helpers: readonly string[];
  readonly viewOnly: boolean;
  /** Where the helpers are; empty for everywhere. Only IPv4 where the firewall is that of XP or Server 2003. */
  readonly from: readonly Prefix[];
  /** Where RPC servers take their ports (KB300083); null leaves the range as it is. */
  readonly rpcPorts: PortRange | null;
}

/** Longest name of a value in a Registry.pol, UTF-16 units (MS-GPREG 2.2.1). */
export const LONGEST_NAME = 259;

/** A registry value to be written, and the document that requires it. */
export interface WrittenValue {
  readonly hive: Hive;
  readonly key: string;
  readonly name: string;
  readonly type: number;
  readonly data: Data;
  /** The setting as the group policy editor names it. */
  readonly setting: string;
  readonly document: string;
}

/** `10.1.0.0/16`, and a single address without its length. */
export const prefixText = ({ family, address, bits }: Prefix): string =>
  bits === ADDRESS_BITS[family] ? address : `${address}/${bits}`;

/** The scope of an exception: everybody, or a list (the format of "Windows Firewall: Define port exceptions"). */
const scopeOf = (from: readonly Prefix[]): string =>
  from.length === 0 ? '*' : from.map(prefixText).join(',');

/** An entry of the lists in which XP and Server 2003 keep exceptions: name and data of the value are the same text. */
const listed = (exception: RequiredException, from: readonly Prefix[]): WrittenValue => {
  const what = exception.port === null ? exception.program : `${exception.port}:TCP`;
  const text = `${what}:${scopeOf(from)}:Enabled:${exception.name}`;
  return {
    hive: 'HKLM',
    key: exception.port === null ? KEYS.programList : KEYS.portList,
    name: text,
    type: REG.sz,
    data: text,
    setting: `Windows Firewall: Define ${exception.port === null ? 'program' : 'port'} exceptions (Domain Profile)`,
    document: exception.document,
  };
};

/** A dotted mask: MS-GPFAS writes IPv4 subnets that way. */
const maskOf = (bits: number): string =>
  [0, 8, 16, 24].map((at) => 256 - 2 ** (8 - Math.min(8, Math.max(0, bits - at)))).join('.');

const addressField = ({ family, address, bits }: Prefix): string => {
  if (family === 6) return `RA6=${bits === 128 ? address : `${address}/${bits}`}`;
  return `RA4=${bits === 32 ? address : `${address}/${maskOf(bits)}`}`;
};

/**
 * A rule of the Windows Firewall as group policy keeps it (MS-GPFAS 2.2.2.19), in version 2.0 of the grammar, which Vista reads too.
 * It has the name of the built-in rule that opens the same, and its group.
 */
const rule = (exception: RequiredException, from: readonly Prefix[]): WrittenValue[] => {
  if (exception.rule === null) return [];
  const fields = [
    'Action=Allow',
    'Active=TRUE',
    'Dir=In',
    'Protocol=6',
    'Profile=Domain',
    ...(exception.port === null ? [] : [`LPort=${exception.port}`]),
    ...from.map(addressField),
    `App=${exception.rule.program}`,
    ...(exception.rule.service === null ? [] : [`Svc=${exception.rule.service}`]),
    `Name=${exception.name}`,
    `EmbedCtxt=${RULE_GROUP}`,
  ];
  return [
    {
      hive: 'HKLM',
      key: KEYS.firewallRules,
      name: exception.rule.name,
      type: REG.sz,
      data: `v2.0|${fields.join('|')}|`,
      setting: 'Windows Firewall with Advanced Security: inbound rules',
      document: exception.document,
    },
  ];
};

const RPC_SETTING = 'RPC port restriction';

/** The four forms of KB300083 have one that says what it means: these ports are for the Internet, and servers use those. */
const rpcRange = ({ from, to }: PortRange): WrittenValue[] => {
  const at = { hive: 'HKLM', key: KEYS.rpcInternet, setting: RPC_SETTING, document: 'KB300083' } as const;
  return [
    { ...at, name: 'Ports', type: REG.multiSz, data: [from === to ? `${from}` : `${from}-${to}`] },
    { ...at, name: 'PortsInternetAvailable', type: REG.sz, data: 'Y' },
    { ...at, name: 'UseInternetPorts', type: REG.sz, data: 'Y' },
  ];
};

/** Names once each, whatever their case, as first written. */
const once = (names: readonly string[]): string[] => {
  const folded = names.map((name) => name.toLowerCase());
  return names.filter((_, i) => folded.indexOf(folded[i] ?? '') === i);
};

/** The values that offers to this novice need, in the order of the documents, and nothing else. */
export const valuesOf = ({ novice, helpers, viewOnly, from, rpcPorts }: Wanted): WrittenValue[] => {
  const scope = scopeOf(from);
  const fixed = valuesFor(novice).map(({ hive, key, name, type, data, setting, document }) => ({
    hive,
    key,
    name,
    type,
    data: name === 'fAllowUnsolicitedFullControl' && viewOnly ? 0 : name === 'RemoteAddresses' ? scope : data,
    setting,
    document,
  }));
  const names = once(helpers).map((name) => ({
    ...HELPERS,
    name,
    data: name,
    setting: 'Offer Remote Assistance: helpers',
    document: 'KB301527',
  }));
  const exceptions = exceptionsFor(novice).flatMap((exception) =>
    novice === 'vista-or-later' ? rule(exception, from) : [listed(exception, from)],
  );
  return [...fixed, ...names, ...exceptions, ...(rpcPorts === null ? [] : rpcRange(rpcPorts))];
};

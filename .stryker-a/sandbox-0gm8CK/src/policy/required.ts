import { NOVICES, type Novice } from '../model/policy.ts';
import { type Data, type Hive, REG } from './setting.ts';

/** Keys without their hive, as the documents spell them. */
export const KEYS = {
  terminalServices: 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services',
  helpers: 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\\RAUnsolicit',
  ole: 'SOFTWARE\\Microsoft\\Ole',
  dcom: 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\DCOM',
  rpc: 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\Rpc',
  rpcInternet: 'SOFTWARE\\Microsoft\\Rpc\\Internet',
  firewall: 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall',
  firewallRules: 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules',
  domainProfile: 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile',
  portList: 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile\\GloballyOpenPorts\\List',
  ports: 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile\\GloballyOpenPorts',
  programList: 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile\\AuthorizedApplications\\List',
  programs: 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile\\AuthorizedApplications',
  remoteAdmin: 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile\\RemoteAdminSettings',
  remoteDesktop: 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile\\Services\\RemoteDesktop',
} as const;

/** A registry value that a document requires. */
export interface RequiredValue {
  readonly hive: Hive;
  readonly key: string;
  readonly name: string;
  readonly type: number;
  readonly data: Data;
  /** The policy as the group policy editor names it, or where else it is set. */
  readonly setting: string;
  readonly novices: readonly Novice[];
  /** The document that requires it. */
  readonly document: string;
}

const XP: readonly Novice[] = ['xp-sp2', 'xp-x64-sp1'];
const LEGACY: readonly Novice[] = [...XP, 'server-2003-sp1'];

/** The values that are the same for all helpers; `fAllowUnsolicitedFullControl` is 0 for helpers who may only view. */
export const REQUIRED_VALUES: readonly RequiredValue[] = [
  {
    hive: 'HKLM',
    key: KEYS.terminalServices,
    name: 'fAllowUnsolicited',
    type: REG.dword,
    data: 1,
    setting: 'Offer Remote Assistance',
    novices: NOVICES,
    document: 'KB301527',
  },
  {
    hive: 'HKLM',
    key: KEYS.terminalServices,
    name: 'fAllowUnsolicitedFullControl',
    type: REG.dword,
    data: 1,
    setting: 'Offer Remote Assistance: permit remote control of this computer',
    novices: NOVICES,
    document: 'KB301527',
  },
  {
    hive: 'HKLM',
    key: KEYS.ole,
    name: 'EnableDCOM',
    type: REG.sz,
    data: 'Y',
    setting: 'EnableDCOM',
    novices: NOVICES,
    document: 'KB301527',
  },
  {
    hive: 'HKLM',
    key: KEYS.terminalServices,
    name: 'fDenyTSConnections',
    type: REG.dword,
    data: 0,
    setting: 'Allow users to connect remotely using Terminal Services',
    novices: LEGACY,
    document: 'KB301527',
  },
  {
    hive: 'HKLM',
    key: KEYS.ports,
    name: 'Enabled',
    type: REG.dword,
    data: 1,
    setting: 'Windows Firewall: Define port exceptions (Domain Profile)',
    novices: LEGACY,
    document: 'KB301527',
  },
  {
    hive: 'HKLM',
    key: KEYS.programs,
    name: 'Enabled',
    type: REG.dword,
    data: 1,
    setting: 'Windows Firewall: Define program exceptions (Domain Profile)',
    novices: LEGACY,
    document: 'KB301527',
  },
  {
    hive: 'HKLM',
    key: KEYS.remoteDesktop,
    name: 'Enabled',
    type: REG.dword,
    data: 1,
    setting: 'Windows Firewall: Allow Remote Desktop exception (Domain Profile)',
    novices: ['server-2003-sp1'],
    document: 'Offer Remote Assistance policy text',
  },
  {
    hive: 'HKLM',
    key: KEYS.remoteDesktop,
    name: 'RemoteAddresses',
    type: REG.sz,
    data: '*',
    setting: 'Windows Firewall: Allow Remote Desktop exception (Domain Profile): scope',
    novices: ['server-2003-sp1'],
    document: 'Offer Remote Assistance policy text',
  },
];

/** Where the names of the helpers stand: each is a REG_SZ value whose name and data are both `DOMAIN\user` or `DOMAIN\group`. */
export const HELPERS = { hive: 'HKLM', key: KEYS.helpers, type: REG.sz } as const;

/**
 * An exception of the firewall that a document requires, in the Domain profile. It is written as a port or program exception
 * (`135:TCP:*:Enabled:Offer Remote Assistance`, `PATH:*:Enabled:NAME`), and on Vista and later also as a rule.
 */
export interface RequiredException {
  readonly id: 'mapper' | 'sessmgr' | 'helpsvc' | 'helpctr' | 'msra' | 'raserver';
  readonly port: number | null;
  /** With environment variables, as the documents write it. */
  readonly program: string | null;
  /** The name that the documents give the exception. */
  readonly name: string;
  /** The rule of the built-in group `Remote Assistance` that opens the same on Vista and later (Windows 10 and 11, rule format 2.30). */
  readonly rule: { readonly name: string; readonly service: string | null; readonly program: string } | null;
  readonly novices: readonly Novice[];
  readonly document: string;
}

/** The resource string that the built-in rules name as their group. */
export const RULE_GROUP = '@FirewallAPI.dll,-33002';

/** In the order of the documents. */
export const REQUIRED_EXCEPTIONS: readonly RequiredException[] = [
  {
    id: 'mapper',
    port: 135,
    program: null,
    name: 'Offer Remote Assistance',
    rule: {
      name: 'RemoteAssistance-DCOM-In-TCP-NoScope-Active',
      service: 'rpcss',
      program: '%SystemRoot%\\system32\\svchost.exe',
    },
    novices: NOVICES,
    document: 'KB301527',
  },
  {
    id: 'sessmgr',
    port: null,
    program: '%WINDIR%\\SYSTEM32\\Sessmgr.exe',
    name: 'Remote Assistance',
    rule: null,
    novices: XP,
    document: 'KB301527',
  },
  {
    id: 'helpsvc',
    port: null,
    program: '%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpsvc.exe',
    name: 'Offer Remote Assistance',
    rule: null,
    novices: LEGACY,
    document: 'KB301527',
  },
  {
    id: 'helpctr',
    port: null,
    program: '%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpctr.exe',
    name: 'Remote Assistance – Windows Messenger and Voice',
    rule: null,
    novices: LEGACY,
    document: 'KB301527',
  },
  {
    id: 'msra',
    port: null,
    program: '%WINDIR%\\System32\\msra.exe',
    name: 'Remote Assistance',
    rule: {
      name: 'RemoteAssistance-In-TCP-EdgeScope-Active',
      service: null,
      program: '%SystemRoot%\\system32\\msra.exe',
    },
    novices: ['vista-or-later'],
    document: 'Offer Remote Assistance policy text (policy-csp-remoteassistance)',
  },
  {
    id: 'raserver',
    port: null,
    program: '%WINDIR%\\System32\\raserver.exe',
    name: 'Offer Remote Assistance',
    rule: {
      name: 'RemoteAssistance-RAServer-In-TCP-NoScope-Active',
      service: null,
      program: '%SystemRoot%\\system32\\raserver.exe',
    },
    novices: ['vista-or-later'],
    document: 'Offer Remote Assistance policy text (policy-csp-remoteassistance)',
  },
];

/** The values that a novice needs. */
export const valuesFor = (novice: Novice): readonly RequiredValue[] =>
  REQUIRED_VALUES.filter(({ novices }) => novices.includes(novice));

/** The firewall exceptions that a novice needs. */
export const exceptionsFor = (novice: Novice): readonly RequiredException[] =>
  REQUIRED_EXCEPTIONS.filter(({ novices }) => novices.includes(novice));

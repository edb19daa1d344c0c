/** The part of the registry that a setting is for: `HKLM` of the computer, `HKCU` of the user who is signed in. */
export type Hive = 'HKLM' | 'HKCU';

/** Registry value types by their number (winnt.h; MS-GPREG 2.2.1). Files may hold numbers that are none of these. */
export const REG = {
  none: 0,
  sz: 1,
  expandSz: 2,
  binary: 3,
  dword: 4,
  dwordBigEndian: 5,
  link: 6,
  multiSz: 7,
  resourceList: 8,
  fullResourceDescriptor: 9,
  resourceRequirementsList: 10,
  qword: 11,
} as const;

/**
 * Registry data in the form of its type: a text (sz, expandSz, link), a number (dword, dwordBigEndian), a bigint
 * (qword), the texts of a multiSz, else bytes. Data that does not fit its type stays bytes.
 */
export type Data = string | number | bigint | readonly string[] | Uint8Array;

/** Where a setting stands. `precedence` counts from 1, the one that wins, as gpresult does; null where the file does not say. */
export interface Source {
  /** The file as it was named on the command line, or a path below that for a file of a folder. */
  readonly file: string;
  /** The group policy object by its display name (or GUID), where known. */
  readonly gpo: string | null;
  readonly precedence: number | null;
}

/** A key without its hive; compared without regard to case. `SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services` */
interface At {
  readonly hive: Hive;
  readonly key: string;
  readonly source: Source;
}

/** A value that is set. The name of a key's default value is empty. */
export interface SetValue extends At {
  readonly op: 'set';
  readonly name: string;
  readonly type: number;
  readonly data: Data;
  /** `**soft.NAME`: set only where the value is not there yet. */
  readonly soft?: true;
}

/** `**del.NAME`, `**DeleteValues`, `"NAME"=-`: one value is deleted. */
export interface DeleteValue extends At {
  readonly op: 'delete-value';
  readonly name: string;
}

/** `**delvals.`: all values of the key are deleted, those of its subkeys are not. `**DeleteKeys`, `[-KEY]`: the key with all below it. */
export interface DeleteAll extends At {
  readonly op: 'delete-values' | 'delete-key';
}

/** One line of a policy, in the order of its file; a later one acts on what earlier ones left. */
export type Instruction = SetValue | DeleteValue | DeleteAll;

/** Firewall profiles, and with them network categories: `domain` is DomainAuthenticated. */
export type Profile = 'domain' | 'private' | 'public';

/** All profiles, as the firewall lists them. */
export const PROFILES: readonly Profile[] = ['domain', 'private', 'public'];

/**
 * A rule of the Windows Firewall of Vista and later (MS-GPFAS 2.2.2, Get-NetFirewallRule). Null means any; what a file cannot
 * say is told by `detail`.
 */
export interface FirewallRule {
  /** The name that identifies a rule: `RemoteAssistance-DCOM-In-TCP-NoScope-Active`, or a GUID. */
  readonly name: string;
  readonly displayName: string | null;
  readonly group: string | null;
  readonly enabled: boolean;
  readonly direction: 'in' | 'out';
  /** `bypass`: allowed if secure, past rules that block. */
  readonly action: 'allow' | 'block' | 'bypass';
  readonly profiles: readonly Profile[];
  /** By number (6 TCP, 17 UDP). */
  readonly protocol: number | null;
  /** `135`, `5000-5100`, `RPC`, `RPC-EPMap`. */
  readonly localPorts: readonly string[] | null;
  readonly program: string | null;
  readonly service: string | null;
  /** `10.1.0.0/16`, `10.1.0.1-10.1.0.9`, `LocalSubnet`. */
  readonly remoteAddresses: readonly string[] | null;
  /** Further conditions of the rule that are not read, by their names in MS-GPFAS: `RPort`, `LUAuth`, `Security`. */
  readonly conditions: readonly string[];
  /** `name-only`: protocol, ports, program, service and addresses are unknown (bare Get-NetFirewallRule), and null. */
  readonly detail: 'whole' | 'name-only';
  /** Whether group policy gave it, or it is the computer's own and counts only where local rules are merged. */
  readonly store: 'policy' | 'local';
  readonly source: Source;
}

/** How the firewall of one profile is set as a whole; null what is not configured or not known. */
export interface FirewallProfile {
  readonly profile: Profile;
  readonly enabled: boolean | null;
  readonly defaultInbound: 'allow' | 'block' | null;
  /** False: no inbound rule counts ("block all connections", "do not allow exceptions"). */
  readonly inboundRules: boolean | null;
  /** Whether the computer's own rules are merged (AllowLocalPolicyMerge). */
  readonly localRules: boolean | null;
  readonly source: Source;
}

/** A network that the novice was connected to when the collector ran. */
export interface NetworkProfile {
  readonly name: string;
  readonly profile: Profile;
  readonly source: Source;
}

/** Something of a file that could not be read for certain; it becomes a finding. */
export interface Unread {
  readonly code: 'localised-report' | 'unreadable-entry' | 'gpo-disabled';
  readonly text: string;
  readonly source: Source;
}

/** What one file says, in its order. */
export interface PolicyFile {
  readonly format: 'pol' | 'reg' | 'lgpo' | 'gpresult' | 'gpreport' | 'inf' | 'firewall-json' | 'collected';
  /**
   * `policy`: it says only what a policy sets. `computer`: it says how the computer is, so that a value which it covers and does
   * not hold is missing for certain.
   */
  readonly says: 'policy' | 'computer';
  readonly source: Source;
  /** Keys whose values it lists in full, in small letters: what is not among them is not there. */
  readonly covers: readonly string[];
  readonly instructions: readonly Instruction[];
  readonly rules: readonly FirewallRule[];
  readonly profiles: readonly FirewallProfile[];
  readonly networks: readonly NetworkProfile[];
  readonly unread: readonly Unread[];
}

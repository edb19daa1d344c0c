import { parseRule } from './read/firewall-rule.ts';
import { KEYS } from './required.ts';
import type {
  FirewallProfile,
  FirewallRule,
  Hive,
  Instruction,
  NetworkProfile,
  PolicyFile,
  SetValue,
  Source,
  Unread,
} from './setting.ts';

/** What became of a value: what it is set to now, what said that it is not there, and what it was before others won. */
export interface SettingFound {
  readonly value: SetValue | null;
  readonly deletedBy: Source | null;
  readonly overruled: readonly SetValue[];
}

const NOT_FOUND: SettingFound = { value: null, deletedBy: null, overruled: [] };

/** All that the files say together. */
export interface PolicyFacts {
  /** A value of HKLM. */
  readonly find: (key: string, name: string) => SettingFound;
  /** The values of a key of HKLM that are set now, in the order of the files. */
  readonly within: (key: string) => readonly SetValue[];
  /** Everything that is set now, of both hives. */
  readonly all: readonly SetValue[];
  /** Whether some file lists that key of HKLM in full, as exports do, and small files for import seem to. */
  readonly covers: (key: string) => boolean;
  /** Whether a file with the state of the computer lists that key in full. */
  readonly knows: (key: string) => boolean;
  readonly rules: readonly FirewallRule[];
  readonly profiles: readonly FirewallProfile[];
  readonly networks: readonly NetworkProfile[];
  readonly unread: readonly Unread[];
  /** Whether the rules of the computer itself are known, and not only those of policies. */
  readonly knowsLocalRules: boolean;
  readonly isLocalised: boolean;
  /**
   * Whether some file can hold policies of administrative templates: what it lacks is then not configured. Firewall rules as JSON,
   * security templates and exports of other keys cannot.
   */
  readonly readsPolicies: boolean;
}

const POLICY_FORMATS: ReadonlySet<PolicyFile['format']> = new Set(['pol', 'lgpo', 'gpresult', 'gpreport']);

const isPolicyKey = (key: string): boolean => /^software\\policies(\\|$)/i.test(key);

/** Registries and exports of them count where they have a key of policies. */
const readsPolicies = ({ format, covers, instructions }: PolicyFile): boolean =>
  POLICY_FORMATS.has(format) || covers.some(isPolicyKey) || instructions.some(({ key }) => isPolicyKey(key));

/** Where a computer keeps the firewall rules that are its own. */
const LOCAL_RULES =
  'SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules';

const pathOf = (hive: Hive, key: string): string => `${hive}\\${key}`.toLowerCase();

interface Slot {
  value: SetValue | null;
  deletedBy: Source | null;
  readonly overruled: SetValue[];
}

/** The registry as it is after all instructions, one after the other. */
const registry = () => {
  const keys = new Map<string, Map<string, Slot>>();
  const slotOf = (hive: Hive, key: string, name: string): Slot => {
    const path = pathOf(hive, key);
    const slots = keys.get(path) ?? new Map<string, Slot>();
    keys.set(path, slots);
    const slot = slots.get(name.toLowerCase()) ?? { value: null, deletedBy: null, overruled: [] };
    slots.set(name.toLowerCase(), slot);
    return slot;
  };
  const remove = (slot: Slot, source: Source): void => {
    if (slot.value) slot.overruled.push(slot.value);
    slot.value = null;
    slot.deletedBy = source;
  };
  const apply = (one: Instruction): void => {
    switch (one.op) {
      case 'set': {
        const slot = slotOf(one.hive, one.key, one.name);
        if (slot.value && one.soft) return;
        if (slot.value) slot.overruled.push(slot.value);
        slot.value = one;
        slot.deletedBy = null;
        return;
      }
      case 'delete-value':
        remove(slotOf(one.hive, one.key, one.name), one.source);
        return;
      case 'delete-values':
        for (const slot of keys.get(pathOf(one.hive, one.key))?.values() ?? []) remove(slot, one.source);
        return;
      default: {
        const path = pathOf(one.hive, one.key);
        for (const [known, slots] of keys) {
          if (known !== path && !known.startsWith(`${path}\\`)) continue;
          for (const slot of slots.values()) remove(slot, one.source);
        }
      }
    }
  };
  return { keys, apply };
};

/** The rules that stand in the registry, and those that are no valid rule. */
const rulesIn = (
  values: readonly SetValue[],
  store: FirewallRule['store'],
): { readonly rules: readonly FirewallRule[]; readonly unread: readonly Unread[] } => {
  const rules: FirewallRule[] = [];
  const unread: Unread[] = [];
  for (const { name, data, source } of values) {
    const rule = typeof data === 'string' ? parseRule(name, data, store, source) : null;
    if (rule) rules.push(rule);
    else unread.push({ code: 'unreadable-entry', text: `The firewall rule '${name}' is not valid.`, source });
  }
  return { rules, unread };
};

/**
 * What several files say together. They come in the order in which Windows would apply them: a later one wins, and within a
 * report the GPO of precedence 1.
 */
export const policyFactsOf = (files: readonly PolicyFile[]): PolicyFacts => {
  const { keys, apply } = registry();
  for (const file of files) for (const one of file.instructions) apply(one);
  const within = (key: string): SetValue[] =>
    [...(keys.get(pathOf('HKLM', key))?.values() ?? [])].flatMap(({ value }) => (value ? [value] : []));
  const covered = new Set(files.flatMap(({ covers }) => covers));
  const known = new Set(files.flatMap(({ says, covers }) => (says === 'computer' ? covers : [])));
  const policyRules = rulesIn(within(KEYS.firewallRules), 'policy');
  const localRules = rulesIn(within(LOCAL_RULES), 'local');
  const rules = [...files.flatMap((file) => file.rules), ...policyRules.rules, ...localRules.rules];
  const unread = [...files.flatMap((file) => file.unread), ...policyRules.unread, ...localRules.unread];
  return {
    find: (key, name) => keys.get(pathOf('HKLM', key))?.get(name.toLowerCase()) ?? NOT_FOUND,
    within,
    all: [...keys.values()].flatMap((slots) =>
      [...slots.values()].flatMap(({ value }) => (value ? [value] : [])),
    ),
    covers: (key) => covered.has(key.toLowerCase()),
    knows: (key) => known.has(key.toLowerCase()),
    rules,
    profiles: files.flatMap((file) => file.profiles),
    networks: files.flatMap((file) => file.networks),
    unread,
    knowsLocalRules:
      localRules.rules.length > 0 ||
      files.some(({ says, rules: own }) => says === 'computer' && own.some(({ store }) => store === 'local')),
    isLocalised: unread.some(({ code }) => code === 'localised-report'),
    readsPolicies: files.some(readsPolicies),
  };
};

import type { FirewallRule, Instruction, PolicyFile, Source, Unread } from '../setting.ts';
import { PolicyFault } from './fault.ts';
import {
  fromPolicy,
  fromProfile,
  fromRegistrySetting,
  fromRule,
  fromSecurityOption,
  type Given,
  givenBy,
  namedPolicy,
  PROFILE_KEYS,
} from './report-element.ts';
import { isEnglish } from './report-names.ts';
import { type Element, readXml, textOf } from './xml.ts';

const SETTINGS = new Set(['Policy', 'RegistrySetting', 'SecurityOptions', 'InboundFirewallRules']);
/** Roots of the reports of gpresult, and of one and of several GPOs. */
const ROOTS = new Set(['Rsop', 'GPO', 'GPOs', 'report']);

type Kind = 'setting' | 'gpo' | 'gpo-name' | 'computer-enabled';

/** What an element is to us, by its name and those above it; null for what is not read, as all about the user. */
const kindOf = (path: readonly string[]): Kind | null => {
  const [side, data, extension, name = ''] = path.slice(-4);
  const isComputer = side === 'ComputerResults' || side === 'Computer';
  if (isComputer && data === 'ExtensionData' && extension === 'Extension')
    return SETTINGS.has(name) || name in PROFILE_KEYS ? 'setting' : null;
  const [above, last] = path.slice(-2);
  if (above === 'ComputerResults' && last === 'GPO') return 'gpo';
  if (above === 'GPO' && last === 'Name') return 'gpo-name';
  return above === 'Computer' && last === 'Enabled' ? 'computer-enabled' : null;
};

interface Draft {
  readonly given: Given;
  readonly instructions: readonly Instruction[];
  readonly rules: readonly FirewallRule[];
}

/** Collects what a report says while it is read. */
const collect = (source: Source) => {
  const names = new Map<string, string>();
  const drafts: Draft[] = [];
  const unread: Unread[] = [];
  let gpo: string | null = source.gpo;
  let isApplied = true;
  let isLocalised = false;

  const keep = (
    element: Element,
    instructions: readonly Instruction[],
    rules: readonly FirewallRule[] = [],
  ): void => {
    if (instructions.length + rules.length === 0) return;
    const given = givenBy(element);
    drafts.push({ given: { ...given, gpo: given.gpo ?? gpo }, instructions, rules });
  };

  const takeSetting = (element: Element): void => {
    switch (element.name) {
      case 'Policy': {
        const policy = namedPolicy(element);
        const explanation = textOf(element, 'Explain') || textOf(element, 'Supported') || '';
        if (!isEnglish(policy, explanation)) isLocalised = true;
        keep(element, fromPolicy(policy, source));
        break;
      }
      case 'RegistrySetting':
        keep(element, fromRegistrySetting(element, source));
        break;
      case 'SecurityOptions':
        keep(element, fromSecurityOption(element, source));
        break;
      case 'InboundFirewallRules': {
        const rule = fromRule(element, source);
        if (rule) keep(element, [], [rule]);
        else
          unread.push({
            code: 'unreadable-entry',
            text: 'A firewall rule of the report is not valid.',
            source,
          });
        break;
      }
      default:
        for (const one of element.children) keep(one, fromProfile(element.name, one, source));
    }
  };

  return {
    take: (element: Element, kind: Kind): void => {
      if (kind === 'gpo') {
        const identifier = textOf(
          element.children.find(({ name }) => name === 'Path'),
          'Identifier',
        );
        const name = textOf(element, 'Name');
        if (identifier !== null && name !== null) names.set(identifier, name);
      } else if (kind === 'gpo-name') {
        gpo = element.text.trim();
        isApplied = true;
      } else if (kind === 'computer-enabled') {
        isApplied = element.text.trim() !== 'false';
        if (!isApplied)
          unread.push({
            code: 'gpo-disabled',
            text: 'The computer settings of this GPO are disabled: Windows applies none of them.',
            source: { ...source, gpo },
          });
      } else if (isApplied) takeSetting(element);
    },
    finish: (): Pick<PolicyFile, 'instructions' | 'rules' | 'unread'> => {
      // The winner comes last, as if the GPOs were applied one after the other.
      const ordered = drafts.toSorted((a, b) => (b.given.precedence ?? 0) - (a.given.precedence ?? 0));
      const sourceOf = ({ gpo: id, precedence }: Given): Source => ({
        ...source,
        gpo: id === null ? null : (names.get(id) ?? id),
        precedence: precedence ?? source.precedence,
      });
      return {
        instructions: ordered.flatMap(({ given, instructions }) =>
          instructions.map((one) => ({ ...one, source: sourceOf(given) })),
        ),
        rules: ordered.flatMap(({ given, rules }) =>
          rules.map((one) => ({ ...one, source: sourceOf(given) })),
        ),
        unread: isLocalised
          ? [
              ...unread,
              {
                code: 'localised-report',
                text: 'The report names policies in a language other than English: localised report, give Registry.pol.',
                source,
              },
            ]
          : unread,
      };
    },
  };
};

/**
 * Reads the report of `gpresult /x` or of Get-GPOReport: the settings of the computer, each with its GPO and precedence. They
 * name policies by display names; what is not English is reported as unread. Throws PolicyFault.
 */
export const readReport = (bytes: Uint8Array, source: Source): PolicyFile => {
  const report = collect(source);
  let root = '';
  let hasComputer = false;
  readXml(
    bytes,
    (path) => {
      if (path.length === 1) {
        root = path[0] ?? '';
        if (!ROOTS.has(root))
          throw new PolicyFault(
            `is XML of '${root.slice(0, 40)}', not a report of gpresult or Get-GPOReport`,
            0,
          );
      }
      hasComputer ||= path.at(-1) === 'ComputerResults' || path.at(-1) === 'Computer';
      return kindOf(path) !== null;
    },
    (element, path) => {
      const kind = kindOf(path);
      if (kind) report.take(element, kind);
    },
  );
  if (!hasComputer)
    throw new PolicyFault(
      'holds no results for the computer (gpresult /scope:computer /x FILE)',
      bytes.length,
    );
  return {
    format: root === 'Rsop' ? 'gpresult' : 'gpreport',
    says: 'policy',
    source,
    covers: [],
    profiles: [],
    networks: [],
    ...report.finish(),
  };
};

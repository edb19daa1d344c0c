/** An entry of an access list: whom it is for, what it grants or denies, as bits of COM. */
export interface Ace {
  readonly kind: 'allow' | 'deny';
  /** As the text names it: `WD`, `S-1-5-11`. */
  readonly trustee: string;
  readonly rights: number;
}

/** Rights of COM (MS-DCOM 3.2.1, ole32). */
export const COM_RIGHTS = { execute: 1, local: 2, remote: 4, activateLocal: 8, activateRemote: 16 } as const;

/** Two-letter rights in the order of their bits; generic ones stand for all of COM's. */
const SPECIFIC = ['CC', 'DC', 'LC', 'SW', 'RP', 'WP', 'DT', 'LO', 'CR'];
const ALL = 0x1f;
const GENERIC: ReadonlySet<string> = new Set(['GA', 'GX']);
/** Rights about the descriptor itself, which COM does not ask for. */
const OTHERS: ReadonlySet<string> = new Set([
  'SD',
  'RC',
  'WD',
  'WO',
  'GR',
  'GW',
  'SY',
  'FA',
  'FR',
  'FW',
  'FX',
  'KA',
  'KR',
  'KW',
  'KX',
]);
const GENERIC_BITS = 0x30000000;

const bitsOf = (text: string): number | null => {
  if (/^0x[0-9a-f]{1,8}$/i.test(text)) {
    const bits = Number.parseInt(text, 16);
    return (bits & GENERIC_BITS) === 0 ? bits & ALL : ALL;
  }
  if (text.length % 2 !== 0) return null;
  let bits = 0;
  for (let at = 0; at < text.length; at += 2) {
    const right = text.slice(at, at + 2).toUpperCase();
    const index = SPECIFIC.indexOf(right);
    if (index >= 0) bits |= 2 ** index;
    else if (GENERIC.has(right)) bits |= ALL;
    else if (!OTHERS.has(right)) return null;
  }
  return bits & ALL;
};

const SID = '(?:[A-Z]{2}|S(?:-\\d{1,10})+)';
/** Owner, group, access list with its flags and entries, and what is audited. */
const DESCRIPTOR = new RegExp(
  `^(?:O:${SID})?(?:G:${SID})?(?:D:([A-Z_]*)((?:\\([^()]*\\))*))?(?:S:.*)?$`,
  'is',
);
const ENTRY = new RegExp(`^([A-Z]+);([A-Z]*);([^;]*);[^;]*;[^;]*;(${SID})$`, 'i');
const KINDS: Readonly<Record<string, Ace['kind']>> = { A: 'allow', OA: 'allow', D: 'deny', OD: 'deny' };

/** One entry without its brackets; null where it is not valid, or of a kind that cannot be judged. */
const aceOf = (entry: string): (Ace & { readonly inheritOnly: boolean }) | null => {
  const [, kind = '', flags = '', rights = '', trustee = ''] = ENTRY.exec(entry) ?? [];
  const known = KINDS[kind.toUpperCase()];
  const bits = bitsOf(rights);
  if (known === undefined || bits === null) return null;
  return { kind: known, trustee: trustee.toUpperCase(), rights: bits, inheritOnly: /IO/i.test(flags) };
};

/**
 * Reads the access list of a security descriptor in SDDL. Null where the text is no valid one; `open` where it has no access list,
 * which restricts nobody.
 */
export const parseSddl = (text: string): readonly Ace[] | 'open' | null => {
  const match = DESCRIPTOR.exec(text.trim());
  if (!match || text.trim() === '') return null;
  const [, flags, entries] = match;
  if (flags === undefined || /NO_ACCESS_CONTROL/i.test(flags)) return 'open';
  const aces = (entries ?? '').slice(1, -1).split(')(').filter(Boolean).map(aceOf);
  return aces.some((ace) => ace === null)
    ? null
    : aces.flatMap((ace) => (ace === null || ace.inheritOnly ? [] : [ace]));
};

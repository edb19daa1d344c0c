import { UsageError } from '../model/fault.ts';
import { quoted } from '../text/quoted.ts';
import { covers } from './intervals.ts';
import { ofFamily, readNet, type Span, spanOf } from './span.ts';

/** Which addresses may be probed at all, in CIDR notation or as single addresses. An empty `allow` allows everything. */
export interface Scope {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** One entry of a scope: as written, and as numbers. */
export interface ScopeNet extends Span {
  readonly text: string;
}

const readNets = (texts: readonly string[], list: string): ScopeNet[] =>
  texts.map((text) => {
    const span = readNet(text.trim());
    if (span) return { ...span, text };
    throw new UsageError(
      `scope.${list}: ${quoted(text)} is not an address or CIDR block, expected e.g. 10.1.0.0/16 or 2001:db8::/32`,
    );
  });

/** Both lists of a scope as numbers. Throws UsageError for an entry that is no block. */
export const readScope = ({
  allow,
  deny,
}: Scope): { readonly allow: readonly ScopeNet[]; readonly deny: readonly ScopeNet[] } => ({
  allow: readNets(allow, 'allow'),
  deny: readNets(deny, 'deny'),
});

/**
 * Makes the check that every address passes before it gets a packet: a reason when it is out of scope, else null. `deny`
 * wins over `allow`. Throws UsageError for an entry that is no block.
 */
export const makeScope = (scope: Scope): ((address: string) => string | null) => {
  const { allow, deny } = readScope(scope);
  const [allowed, denied] = [ofFamily(allow), ofFamily(deny)];
  return (address) => {
    const span = spanOf(address);
    if (span && covers(denied(span.family), span)) {
      const hit = deny.find(
        ({ family, first, last }) => family === span.family && first <= span.first && last >= span.last,
      );
      return `is out of scope: the configuration denies ${hit?.text}`;
    }
    if (allow.length === 0 || (span && covers(allowed(span.family), span))) return null;
    return `is out of scope: the configuration allows only ${scope.allow.join(', ')}`;
  };
};

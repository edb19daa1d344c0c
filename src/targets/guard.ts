import type { Family } from '../model/target.ts';
import { escapeControls } from '../text/quoted.ts';
import { forbiddenIn, whyNeedsZone } from './forbidden.ts';
import { covers, type IntervalSet } from './intervals.ts';
import { badItem, type ReadItem } from './item.ts';
import { readScope, type Scope } from './scope.ts';
import { MOST_TARGETS } from './space.ts';
import { ofFamily, type Span, sizeOf, spanOf } from './span.ts';

/** An address that names no single host on a network this machine is on, and why (`is the broadcast address of eth0`). */
export interface OwnAddress {
  readonly address: string;
  readonly why: string;
}

/** What may be probed: families (`-4`, `-6`), the scope of the configuration, and what the own networks take away. */
export interface SpaceGuard {
  readonly families: { readonly v4: boolean; readonly v6: boolean };
  readonly scope: Scope;
  readonly own?: readonly OwnAddress[];
}

/** A guard made ready: what it refuses, and what it takes away from blocks without a word. */
export interface ReadyGuard {
  /** Throws UsageError for an item that must not be probed, or not as a whole. */
  readonly check: (item: ReadItem) => void;
  readonly denied: (family: Family) => IntervalSet;
  readonly own: (family: Family) => IntervalSet;
}

const readOwn = (own: readonly OwnAddress[]): (Span & OwnAddress)[] =>
  own.flatMap((entry) => {
    const span = spanOf(entry.address);
    return span ? [{ ...entry, ...span }] : [];
  });

/** Makes the guard of a target space. All of it is arithmetic on the ends of blocks. Throws UsageError for a bad scope. */
export const makeGuard = ({ families, scope, own = [] }: SpaceGuard): ReadyGuard => {
  const { allow, deny } = readScope(scope);
  const ownSpans = readOwn(own);
  const allowed = ofFamily(allow);
  const denied = ofFamily(deny);

  const whyNot = (span: Span, hasZone: boolean): string | null => {
    const { family } = span;
    const isSingle = span.first === span.last;
    if (!(family === 4 ? families.v4 : families.v6)) {
      return `is IPv${family}, and -${10 - family} allows only the other family`;
    }
    const forbidden = forbiddenIn(span);
    if (forbidden) {
      return isSingle
        ? forbidden.why
        : `contains addresses of ${forbidden.text}: such an address ${forbidden.why}`;
    }
    const zoneless = hasZone ? null : whyNeedsZone(span);
    if (zoneless !== null) return zoneless;
    if (sizeOf(span) > BigInt(MOST_TARGETS)) {
      return 'holds more than 2^32 addresses, too many to probe; give a smaller block';
    }
    if (covers(denied(family), span)) {
      const hit = deny.find(
        (net) => net.family === family && net.first <= span.first && net.last >= span.last,
      );
      return `is out of scope: the configuration denies ${hit ? escapeControls(hit.text) : 'all of it'}`;
    }
    if (allow.length > 0 && !covers(allowed(family), span)) {
      const list = scope.allow.map(escapeControls).join(', ');
      return `is ${isSingle ? '' : 'wholly or partly '}out of scope: the configuration allows only ${list}`;
    }
    const hit = isSingle && ownSpans.find((one) => one.family === family && one.first === span.first);
    return hit ? escapeControls(hit.why) : null;
  };

  return {
    check: (item) => {
      const hasZone = item.kind === 'address' && item.target.address.includes('%');
      const why = item.kind === 'name' ? null : whyNot(item.span, hasZone);
      if (why !== null) throw badItem(item, why);
    },
    denied,
    own: ofFamily(ownSpans),
  };
};

import pLimit from 'p-limit';
import type { Resolver } from '../model/wire.ts';
import { mistakeLines, refuseBad } from '../targets/bad-items.ts';
import type { ExcludedSpan, Excludes } from '../targets/read-excludes.ts';
import { escapeControls, quoted } from '../text/quoted.ts';

/** Excluded names that are looked up at the same time. */
const LOOKUPS = 32;

/** What is left out, with the addresses that excluded names have now, and what a person should know of these. */
export interface ResolvedExcludes {
  readonly excludes: Excludes;
  readonly notices: readonly string[];
}

type FoundAddresses =
  | { readonly spans: readonly ExcludedSpan[] }
  | { readonly none: string }
  | { readonly failed: string };

const lookUp = async (name: string, resolver: Resolver): Promise<FoundAddresses> => {
  const resolution = await resolver.resolve(name, new AbortController().signal);
  switch (resolution.kind) {
    case 'resolved':
      return {
        spans: resolution.addresses.map(({ address }) => ({ text: name, first: address, last: address })),
      };
    case 'not-found':
      return { none: `exclude ${quoted(name)}: has no address now; only the name itself is left out` };
    case 'failed':
      return {
        failed: `exclude ${quoted(name)}: its addresses are not known and cannot be left out (${escapeControls(resolution.fault.text)})`,
      };
  }
};

/**
 * Looks excluded names up, so that their addresses are left out whatever leads there. A name that has none is reported; one that
 * could not be looked up is a UsageError, as nobody could keep the promise.
 */
export const resolveExcludes = async (excludes: Excludes, resolver: Resolver): Promise<ResolvedExcludes> => {
  const limit = pLimit(LOOKUPS);
  const found = await Promise.all(excludes.names.map((name) => limit(() => lookUp(name, resolver))));
  refuseBad(
    found.flatMap((one) => ('failed' in one ? [one.failed] : [])),
    null,
  );
  return {
    excludes: {
      ...excludes,
      spans: [...excludes.spans, ...found.flatMap((one) => ('spans' in one ? one.spans : []))],
    },
    notices: mistakeLines(found.flatMap((one) => ('none' in one ? [one.none] : []))),
  };
};

/** What every answer says: it is for this reader and this site only, is what it says it is, and is kept nowhere. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** For whatever is no page: nothing may be loaded or run. */
export const NOTHING_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** For our own pages: our one script, style sheet and picture, requests and forms to ourselves, and no text made into HTML. */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const META = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/;
const HASH = /'sha(?:256|384|512)-[A-Za-z0-9+/]{43,88}={0,2}'/g;

const hashesOf = (policy: string, directive: string): string => {
  const found = policy.split(';').find((one) => one.trim().startsWith(`${directive} `));
  const hashes = found?.match(HASH) ?? [];
  return hashes.length > 0 ? `; ${directive} ${hashes.join(' ')}` : '';
};

/**
 * The header for a page that carries its own policy in a meta element, like a report. A browser applies both, so the
 * header allows what the page names by hash and nothing else, whatever the meta element says; without one, nothing at
 * all. `head` is the beginning of the page; only what stands before the first title, style, script or body is looked at,
 * as nothing of that comes from the network.
 */
export const policyOfPage = (head: string): string => {
  const fixed = head.slice(0, Math.max(0, head.search(/<(?:title|style|script|body)\b/)));
  const policy = (META.exec(fixed)?.[1] ?? '').replaceAll('&#39;', "'");
  return `default-src 'none'${hashesOf(policy, 'style-src')}${hashesOf(policy, 'script-src')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
};

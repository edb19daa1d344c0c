function stryNS_9fa48() {
  var g = typeof globalThis === 'object' && globalThis && globalThis.Math === Math && globalThis || new Function("return this")();
  var ns = g.__stryker__ || (g.__stryker__ = {});
  if (ns.activeMutant === undefined && g.process && g.process.env && g.process.env.__STRYKER_ACTIVE_MUTANT__) {
    ns.activeMutant = g.process.env.__STRYKER_ACTIVE_MUTANT__;
  }
  function retrieveNS() {
    return ns;
  }
  stryNS_9fa48 = retrieveNS;
  return retrieveNS();
}
stryNS_9fa48();
function stryCov_9fa48() {
  var ns = stryNS_9fa48();
  var cov = ns.mutantCoverage || (ns.mutantCoverage = {
    static: {},
    perTest: {}
  });
  function cover() {
    var c = cov.static;
    if (ns.currentTestId) {
      c = cov.perTest[ns.currentTestId] = cov.perTest[ns.currentTestId] || {};
    }
    var a = arguments;
    for (var i = 0; i < a.length; i++) {
      c[a[i]] = (c[a[i]] || 0) + 1;
    }
  }
  stryCov_9fa48 = cover;
  cover.apply(null, arguments);
}
function stryMutAct_9fa48(id) {
  var ns = stryNS_9fa48();
  function isActive(id) {
    if (ns.activeMutant === id) {
      if (ns.hitCount !== void 0 && ++ns.hitCount > ns.hitLimit) {
        throw new Error('Stryker: Hit count limit reached (' + ns.hitCount + ')');
      }
      return true;
    }
    return false;
  }
  stryMutAct_9fa48 = isActive;
  return isActive(id);
}
import { ipText } from '../ip/ip.ts';
import { readNet, type Span, spanOf } from './span.ts';
const NOT_SINGLE = stryMutAct_9fa48("162") ? "" : (stryCov_9fa48("162"), 'and only single hosts can be probed');

/**
 * The only table of them: single addresses and whole blocks are held against it (RFC 1122 3.2.1.3, RFC 1112 4, RFC 5771,
 * RFC 4291).
 */
const FORBIDDEN: readonly (readonly [string, string])[] = stryMutAct_9fa48("163") ? [] : (stryCov_9fa48("163"), [stryMutAct_9fa48("164") ? [] : (stryCov_9fa48("164"), [stryMutAct_9fa48("165") ? "" : (stryCov_9fa48("165"), '0.0.0.0/8'), stryMutAct_9fa48("166") ? "" : (stryCov_9fa48("166"), 'is in 0.0.0.0/8 ("this network"), which names no host')]), stryMutAct_9fa48("167") ? [] : (stryCov_9fa48("167"), [stryMutAct_9fa48("168") ? "" : (stryCov_9fa48("168"), '224.0.0.0/4'), stryMutAct_9fa48("169") ? `` : (stryCov_9fa48("169"), `is a multicast address, ${NOT_SINGLE}`)]), stryMutAct_9fa48("170") ? [] : (stryCov_9fa48("170"), [stryMutAct_9fa48("171") ? "" : (stryCov_9fa48("171"), '255.255.255.255'), stryMutAct_9fa48("172") ? `` : (stryCov_9fa48("172"), `is the broadcast address, ${NOT_SINGLE}`)]), stryMutAct_9fa48("173") ? [] : (stryCov_9fa48("173"), [stryMutAct_9fa48("174") ? "" : (stryCov_9fa48("174"), '240.0.0.0/4'), stryMutAct_9fa48("175") ? "" : (stryCov_9fa48("175"), 'is in 240.0.0.0/4 (reserved), which names no host')]), stryMutAct_9fa48("176") ? [] : (stryCov_9fa48("176"), [stryMutAct_9fa48("177") ? "" : (stryCov_9fa48("177"), '::'), stryMutAct_9fa48("178") ? "" : (stryCov_9fa48("178"), 'is the unspecified address, which names no host')]), stryMutAct_9fa48("179") ? [] : (stryCov_9fa48("179"), [stryMutAct_9fa48("180") ? "" : (stryCov_9fa48("180"), 'ff00::/8'), stryMutAct_9fa48("181") ? `` : (stryCov_9fa48("181"), `is a multicast address, ${NOT_SINGLE}`)])]);

/** A block of addresses of which none must ever get a packet, and why. */
export interface ForbiddenNet extends Span {
  readonly text: string;
  readonly why: string;
}
const NETS: readonly ForbiddenNet[] = FORBIDDEN.flatMap(([text, why]) => {
  if (stryMutAct_9fa48("182")) {
    {}
  } else {
    stryCov_9fa48("182");
    const span = readNet(text);
    return span ? stryMutAct_9fa48("183") ? [] : (stryCov_9fa48("183"), [stryMutAct_9fa48("184") ? {} : (stryCov_9fa48("184"), {
      ...span,
      text,
      why
    })]) : stryMutAct_9fa48("185") ? ["Stryker was here"] : (stryCov_9fa48("185"), []);
  }
});

/** The first forbidden block that shares an address with a span, or null. */
export const forbiddenIn = stryMutAct_9fa48("186") ? () => undefined : (stryCov_9fa48("186"), (() => {
  const forbiddenIn = (span: Span): ForbiddenNet | null => stryMutAct_9fa48("187") ? NETS.find(net => net.family === span.family && net.first <= span.last && net.last >= span.first) && null : (stryCov_9fa48("187"), NETS.find(stryMutAct_9fa48("188") ? () => undefined : (stryCov_9fa48("188"), net => stryMutAct_9fa48("191") ? net.family === span.family && net.first <= span.last || net.last >= span.first : stryMutAct_9fa48("190") ? false : stryMutAct_9fa48("189") ? true : (stryCov_9fa48("189", "190", "191"), (stryMutAct_9fa48("193") ? net.family === span.family || net.first <= span.last : stryMutAct_9fa48("192") ? true : (stryCov_9fa48("192", "193"), (stryMutAct_9fa48("195") ? net.family !== span.family : stryMutAct_9fa48("194") ? true : (stryCov_9fa48("194", "195"), net.family === span.family)) && (stryMutAct_9fa48("198") ? net.first > span.last : stryMutAct_9fa48("197") ? net.first < span.last : stryMutAct_9fa48("196") ? true : (stryCov_9fa48("196", "197", "198"), net.first <= span.last)))) && (stryMutAct_9fa48("201") ? net.last < span.first : stryMutAct_9fa48("200") ? net.last > span.first : stryMutAct_9fa48("199") ? true : (stryCov_9fa48("199", "200", "201"), net.last >= span.first))))) ?? null);
  return forbiddenIn;
})());

/** Every link has these addresses, so that one alone does not say where to send to (RFC 4007 6). */
const LINK_LOCAL = readNet(stryMutAct_9fa48("202") ? "" : (stryCov_9fa48("202"), 'fe80::/10'));

/** Why addresses without a zone cannot be probed, or null. */
export const whyNeedsZone = stryMutAct_9fa48("203") ? () => undefined : (stryCov_9fa48("203"), (() => {
  const whyNeedsZone = ({
    family,
    first,
    last
  }: Span): string | null => (stryMutAct_9fa48("206") ? LINK_LOCAL && family === LINK_LOCAL.family && first <= LINK_LOCAL.last || last >= LINK_LOCAL.first : stryMutAct_9fa48("205") ? false : stryMutAct_9fa48("204") ? true : (stryCov_9fa48("204", "205", "206"), (stryMutAct_9fa48("208") ? LINK_LOCAL && family === LINK_LOCAL.family || first <= LINK_LOCAL.last : stryMutAct_9fa48("207") ? true : (stryCov_9fa48("207", "208"), (stryMutAct_9fa48("210") ? LINK_LOCAL || family === LINK_LOCAL.family : stryMutAct_9fa48("209") ? true : (stryCov_9fa48("209", "210"), LINK_LOCAL && (stryMutAct_9fa48("212") ? family !== LINK_LOCAL.family : stryMutAct_9fa48("211") ? true : (stryCov_9fa48("211", "212"), family === LINK_LOCAL.family)))) && (stryMutAct_9fa48("215") ? first > LINK_LOCAL.last : stryMutAct_9fa48("214") ? first < LINK_LOCAL.last : stryMutAct_9fa48("213") ? true : (stryCov_9fa48("213", "214", "215"), first <= LINK_LOCAL.last)))) && (stryMutAct_9fa48("218") ? last < LINK_LOCAL.first : stryMutAct_9fa48("217") ? last > LINK_LOCAL.first : stryMutAct_9fa48("216") ? true : (stryCov_9fa48("216", "217", "218"), last >= LINK_LOCAL.first)))) ? stryMutAct_9fa48("219") ? `` : (stryCov_9fa48("219"), `is link-local and needs a zone, the interface to use: ${ipText(first, 6)}%eth0`) : null;
  return whyNeedsZone;
})());

/** Why an address must never get a packet, or null. Takes canonical addresses; IPv4-mapped counts as IPv4. */
export const whyForbidden = (address: string): string | null => {
  if (stryMutAct_9fa48("220")) {
    {}
  } else {
    stryCov_9fa48("220");
    const span = spanOf(address);
    if (stryMutAct_9fa48("223") ? false : stryMutAct_9fa48("222") ? true : stryMutAct_9fa48("221") ? span : (stryCov_9fa48("221", "222", "223"), !span)) return stryMutAct_9fa48("224") ? "" : (stryCov_9fa48("224"), 'is not an address');
    return stryMutAct_9fa48("225") ? forbiddenIn(span)?.why && (address.includes('%') ? null : whyNeedsZone(span)) : (stryCov_9fa48("225"), (stryMutAct_9fa48("226") ? forbiddenIn(span).why : (stryCov_9fa48("226"), forbiddenIn(span)?.why)) ?? (address.includes(stryMutAct_9fa48("227") ? "" : (stryCov_9fa48("227"), '%')) ? null : whyNeedsZone(span)));
  }
};
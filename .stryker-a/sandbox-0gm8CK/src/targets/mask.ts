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
import { readIp } from '../ip/ip.ts';
const ALL = 0xffff_ffffn;

/**
 * The prefix length that a dotted mask stands for, a netmask (255.255.255.0) or the wildcard of a Cisco list (0.0.0.255). Null
 * for any other text, and for masks of less than four bits, which may as well be hosts (192.0.0.0).
 */
export const maskBits = (text: string): number | null => {
  if (stryMutAct_9fa48("319")) {
    {}
  } else {
    stryCov_9fa48("319");
    const ip = readIp(text);
    if (stryMutAct_9fa48("322") ? ip?.family === 4 : stryMutAct_9fa48("321") ? false : stryMutAct_9fa48("320") ? true : (stryCov_9fa48("320", "321", "322"), (stryMutAct_9fa48("323") ? ip.family : (stryCov_9fa48("323"), ip?.family)) !== 4)) return null;
    const host = (stryMutAct_9fa48("326") ? ip.number >> 28n !== 0xfn : stryMutAct_9fa48("325") ? false : stryMutAct_9fa48("324") ? true : (stryCov_9fa48("324", "325", "326"), ip.number >> 28n === 0xfn)) ? ip.number ^ ALL : ip.number;
    const isMask = stryMutAct_9fa48("329") ? (host & host + 1n) === 0n && host >> 28n === 0n || ip.number !== 0n : stryMutAct_9fa48("328") ? false : stryMutAct_9fa48("327") ? true : (stryCov_9fa48("327", "328", "329"), (stryMutAct_9fa48("331") ? (host & host + 1n) === 0n || host >> 28n === 0n : stryMutAct_9fa48("330") ? true : (stryCov_9fa48("330", "331"), (stryMutAct_9fa48("333") ? (host & host + 1n) !== 0n : stryMutAct_9fa48("332") ? true : (stryCov_9fa48("332", "333"), (host & (stryMutAct_9fa48("334") ? host - 1n : (stryCov_9fa48("334"), host + 1n))) === 0n)) && (stryMutAct_9fa48("336") ? host >> 28n !== 0n : stryMutAct_9fa48("335") ? true : (stryCov_9fa48("335", "336"), host >> 28n === 0n)))) && (stryMutAct_9fa48("338") ? ip.number === 0n : stryMutAct_9fa48("337") ? true : (stryCov_9fa48("337", "338"), ip.number !== 0n)));
    return isMask ? stryMutAct_9fa48("339") ? 32 + (host === 0n ? 0 : host.toString(2).length) : (stryCov_9fa48("339"), 32 - ((stryMutAct_9fa48("342") ? host !== 0n : stryMutAct_9fa48("341") ? false : stryMutAct_9fa48("340") ? true : (stryCov_9fa48("340", "341", "342"), host === 0n)) ? 0 : host.toString(2).length)) : null;
  }
};

/** What to write instead of an address and its mask as two words, or as one with a slash; null when the second is no mask. */
export const asBlock = (address: string, mask: string): string | null => {
  if (stryMutAct_9fa48("343")) {
    {}
  } else {
    stryCov_9fa48("343");
    const bits = maskBits(mask);
    return (stryMutAct_9fa48("346") ? bits !== null || readIp(address)?.family === 4 : stryMutAct_9fa48("345") ? false : stryMutAct_9fa48("344") ? true : (stryCov_9fa48("344", "345", "346"), (stryMutAct_9fa48("348") ? bits === null : stryMutAct_9fa48("347") ? true : (stryCov_9fa48("347", "348"), bits !== null)) && (stryMutAct_9fa48("350") ? readIp(address)?.family !== 4 : stryMutAct_9fa48("349") ? true : (stryCov_9fa48("349", "350"), (stryMutAct_9fa48("351") ? readIp(address).family : (stryCov_9fa48("351"), readIp(address)?.family)) === 4)))) ? stryMutAct_9fa48("352") ? `` : (stryCov_9fa48("352"), `${address}/${bits}`) : null;
  }
};
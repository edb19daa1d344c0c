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
import type { Family } from '../model/target.ts';
import type { Interval } from './intervals.ts';
import type { AddressesPart, NamesPart, SpacePart } from './space.ts';
type Address = AddressesPart['addresses'][number];
type Name = NamesPart['names'][number];
type Growing = {
  readonly kind: 'block';
  readonly family: Family;
  readonly first: bigint;
  last: bigint;
} | {
  readonly kind: 'addresses';
  readonly addresses: Address[];
} | {
  readonly kind: 'names';
  readonly names: Name[];
};

/** Collects the parts of a space in order; what continues the part before becomes one with it. */
export interface Collector {
  readonly addBlock: (family: Family, interval: Interval) => void;
  readonly addAddress: (address: Address) => void;
  readonly addName: (name: Name) => void;
  readonly parts: () => SpacePart[];
}

/** Makes a collector without parts. */
export const makeCollector = (): Collector => {
  if (stryMutAct_9fa48("29")) {
    {}
  } else {
    stryCov_9fa48("29");
    const grown: Growing[] = stryMutAct_9fa48("30") ? ["Stryker was here"] : (stryCov_9fa48("30"), []);
    return stryMutAct_9fa48("31") ? {} : (stryCov_9fa48("31"), {
      addBlock: (family, {
        first,
        last
      }) => {
        if (stryMutAct_9fa48("32")) {
          {}
        } else {
          stryCov_9fa48("32");
          const before = grown.at(stryMutAct_9fa48("33") ? +1 : (stryCov_9fa48("33"), -1));
          if (stryMutAct_9fa48("36") ? before?.kind === 'block' && before.family === family || before.last + 1n === first : stryMutAct_9fa48("35") ? false : stryMutAct_9fa48("34") ? true : (stryCov_9fa48("34", "35", "36"), (stryMutAct_9fa48("38") ? before?.kind === 'block' || before.family === family : stryMutAct_9fa48("37") ? true : (stryCov_9fa48("37", "38"), (stryMutAct_9fa48("40") ? before?.kind !== 'block' : stryMutAct_9fa48("39") ? true : (stryCov_9fa48("39", "40"), (stryMutAct_9fa48("41") ? before.kind : (stryCov_9fa48("41"), before?.kind)) === (stryMutAct_9fa48("42") ? "" : (stryCov_9fa48("42"), 'block')))) && (stryMutAct_9fa48("44") ? before.family !== family : stryMutAct_9fa48("43") ? true : (stryCov_9fa48("43", "44"), before.family === family)))) && (stryMutAct_9fa48("46") ? before.last + 1n !== first : stryMutAct_9fa48("45") ? true : (stryCov_9fa48("45", "46"), (stryMutAct_9fa48("47") ? before.last - 1n : (stryCov_9fa48("47"), before.last + 1n)) === first)))) before.last = last;else grown.push(stryMutAct_9fa48("48") ? {} : (stryCov_9fa48("48"), {
            kind: stryMutAct_9fa48("49") ? "" : (stryCov_9fa48("49"), 'block'),
            family,
            first,
            last
          }));
        }
      },
      addAddress: address => {
        if (stryMutAct_9fa48("50")) {
          {}
        } else {
          stryCov_9fa48("50");
          const before = grown.at(stryMutAct_9fa48("51") ? +1 : (stryCov_9fa48("51"), -1));
          if (stryMutAct_9fa48("54") ? before?.kind !== 'addresses' : stryMutAct_9fa48("53") ? false : stryMutAct_9fa48("52") ? true : (stryCov_9fa48("52", "53", "54"), (stryMutAct_9fa48("55") ? before.kind : (stryCov_9fa48("55"), before?.kind)) === (stryMutAct_9fa48("56") ? "" : (stryCov_9fa48("56"), 'addresses')))) before.addresses.push(address);else grown.push(stryMutAct_9fa48("57") ? {} : (stryCov_9fa48("57"), {
            kind: stryMutAct_9fa48("58") ? "" : (stryCov_9fa48("58"), 'addresses'),
            addresses: stryMutAct_9fa48("59") ? [] : (stryCov_9fa48("59"), [address])
          }));
        }
      },
      addName: name => {
        if (stryMutAct_9fa48("60")) {
          {}
        } else {
          stryCov_9fa48("60");
          const before = grown.at(stryMutAct_9fa48("61") ? +1 : (stryCov_9fa48("61"), -1));
          if (stryMutAct_9fa48("64") ? before?.kind !== 'names' : stryMutAct_9fa48("63") ? false : stryMutAct_9fa48("62") ? true : (stryCov_9fa48("62", "63", "64"), (stryMutAct_9fa48("65") ? before.kind : (stryCov_9fa48("65"), before?.kind)) === (stryMutAct_9fa48("66") ? "" : (stryCov_9fa48("66"), 'names')))) before.names.push(name);else grown.push(stryMutAct_9fa48("67") ? {} : (stryCov_9fa48("67"), {
            kind: stryMutAct_9fa48("68") ? "" : (stryCov_9fa48("68"), 'names'),
            names: stryMutAct_9fa48("69") ? [] : (stryCov_9fa48("69"), [name])
          }));
        }
      },
      parts: stryMutAct_9fa48("70") ? () => undefined : (stryCov_9fa48("70"), () => grown.map(part => {
        if (stryMutAct_9fa48("71")) {
          {}
        } else {
          stryCov_9fa48("71");
          if (stryMutAct_9fa48("74") ? part.kind === 'block' : stryMutAct_9fa48("73") ? false : stryMutAct_9fa48("72") ? true : (stryCov_9fa48("72", "73", "74"), part.kind !== (stryMutAct_9fa48("75") ? "" : (stryCov_9fa48("75"), 'block')))) return part;
          const {
            kind,
            family,
            first,
            last
          } = part;
          return stryMutAct_9fa48("76") ? {} : (stryCov_9fa48("76"), {
            kind,
            family,
            first: ipText(first, family),
            count: Number(stryMutAct_9fa48("77") ? last - first - 1n : (stryCov_9fa48("77"), (stryMutAct_9fa48("78") ? last + first : (stryCov_9fa48("78"), last - first)) + 1n))
          });
        }
      }))
    });
  }
};
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
  readonly families: {
    readonly v4: boolean;
    readonly v6: boolean;
  };
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
const readOwn = stryMutAct_9fa48("228") ? () => undefined : (stryCov_9fa48("228"), (() => {
  const readOwn = (own: readonly OwnAddress[]): (Span & OwnAddress)[] => own.flatMap(entry => {
    if (stryMutAct_9fa48("229")) {
      {}
    } else {
      stryCov_9fa48("229");
      const span = spanOf(entry.address);
      return span ? stryMutAct_9fa48("230") ? [] : (stryCov_9fa48("230"), [stryMutAct_9fa48("231") ? {} : (stryCov_9fa48("231"), {
        ...entry,
        ...span
      })]) : stryMutAct_9fa48("232") ? ["Stryker was here"] : (stryCov_9fa48("232"), []);
    }
  });
  return readOwn;
})());

/** Makes the guard of a target space. All of it is arithmetic on the ends of blocks. Throws UsageError for a bad scope. */
export const makeGuard = ({
  families,
  scope,
  own = stryMutAct_9fa48("233") ? ["Stryker was here"] : (stryCov_9fa48("233"), [])
}: SpaceGuard): ReadyGuard => {
  if (stryMutAct_9fa48("234")) {
    {}
  } else {
    stryCov_9fa48("234");
    const {
      allow,
      deny
    } = readScope(scope);
    const ownSpans = readOwn(own);
    const allowed = ofFamily(allow);
    const denied = ofFamily(deny);
    const whyNot = (span: Span, hasZone: boolean): string | null => {
      if (stryMutAct_9fa48("235")) {
        {}
      } else {
        stryCov_9fa48("235");
        const {
          family
        } = span;
        const isSingle = stryMutAct_9fa48("238") ? span.first !== span.last : stryMutAct_9fa48("237") ? false : stryMutAct_9fa48("236") ? true : (stryCov_9fa48("236", "237", "238"), span.first === span.last);
        if (stryMutAct_9fa48("241") ? false : stryMutAct_9fa48("240") ? true : stryMutAct_9fa48("239") ? family === 4 ? families.v4 : families.v6 : (stryCov_9fa48("239", "240", "241"), !((stryMutAct_9fa48("244") ? family !== 4 : stryMutAct_9fa48("243") ? false : stryMutAct_9fa48("242") ? true : (stryCov_9fa48("242", "243", "244"), family === 4)) ? families.v4 : families.v6))) {
          if (stryMutAct_9fa48("245")) {
            {}
          } else {
            stryCov_9fa48("245");
            return stryMutAct_9fa48("246") ? `` : (stryCov_9fa48("246"), `is IPv${family}, and -${stryMutAct_9fa48("247") ? 10 + family : (stryCov_9fa48("247"), 10 - family)} allows only the other family`);
          }
        }
        const forbidden = forbiddenIn(span);
        if (stryMutAct_9fa48("249") ? false : stryMutAct_9fa48("248") ? true : (stryCov_9fa48("248", "249"), forbidden)) {
          if (stryMutAct_9fa48("250")) {
            {}
          } else {
            stryCov_9fa48("250");
            return isSingle ? forbidden.why : stryMutAct_9fa48("251") ? `` : (stryCov_9fa48("251"), `contains addresses of ${forbidden.text}: such an address ${forbidden.why}`);
          }
        }
        const zoneless = hasZone ? null : whyNeedsZone(span);
        if (stryMutAct_9fa48("254") ? zoneless === null : stryMutAct_9fa48("253") ? false : stryMutAct_9fa48("252") ? true : (stryCov_9fa48("252", "253", "254"), zoneless !== null)) return zoneless;
        if (stryMutAct_9fa48("258") ? sizeOf(span) <= BigInt(MOST_TARGETS) : stryMutAct_9fa48("257") ? sizeOf(span) >= BigInt(MOST_TARGETS) : stryMutAct_9fa48("256") ? false : stryMutAct_9fa48("255") ? true : (stryCov_9fa48("255", "256", "257", "258"), sizeOf(span) > BigInt(MOST_TARGETS))) {
          if (stryMutAct_9fa48("259")) {
            {}
          } else {
            stryCov_9fa48("259");
            return stryMutAct_9fa48("260") ? "" : (stryCov_9fa48("260"), 'holds more than 2^32 addresses, too many to probe; give a smaller block');
          }
        }
        if (stryMutAct_9fa48("262") ? false : stryMutAct_9fa48("261") ? true : (stryCov_9fa48("261", "262"), covers(denied(family), span))) {
          if (stryMutAct_9fa48("263")) {
            {}
          } else {
            stryCov_9fa48("263");
            const hit = deny.find(stryMutAct_9fa48("264") ? () => undefined : (stryCov_9fa48("264"), net => stryMutAct_9fa48("267") ? net.family === family && net.first <= span.first || net.last >= span.last : stryMutAct_9fa48("266") ? false : stryMutAct_9fa48("265") ? true : (stryCov_9fa48("265", "266", "267"), (stryMutAct_9fa48("269") ? net.family === family || net.first <= span.first : stryMutAct_9fa48("268") ? true : (stryCov_9fa48("268", "269"), (stryMutAct_9fa48("271") ? net.family !== family : stryMutAct_9fa48("270") ? true : (stryCov_9fa48("270", "271"), net.family === family)) && (stryMutAct_9fa48("274") ? net.first > span.first : stryMutAct_9fa48("273") ? net.first < span.first : stryMutAct_9fa48("272") ? true : (stryCov_9fa48("272", "273", "274"), net.first <= span.first)))) && (stryMutAct_9fa48("277") ? net.last < span.last : stryMutAct_9fa48("276") ? net.last > span.last : stryMutAct_9fa48("275") ? true : (stryCov_9fa48("275", "276", "277"), net.last >= span.last)))));
            return stryMutAct_9fa48("278") ? `` : (stryCov_9fa48("278"), `is out of scope: the configuration denies ${hit ? escapeControls(hit.text) : stryMutAct_9fa48("279") ? "" : (stryCov_9fa48("279"), 'all of it')}`);
          }
        }
        if (stryMutAct_9fa48("282") ? allow.length > 0 || !covers(allowed(family), span) : stryMutAct_9fa48("281") ? false : stryMutAct_9fa48("280") ? true : (stryCov_9fa48("280", "281", "282"), (stryMutAct_9fa48("285") ? allow.length <= 0 : stryMutAct_9fa48("284") ? allow.length >= 0 : stryMutAct_9fa48("283") ? true : (stryCov_9fa48("283", "284", "285"), allow.length > 0)) && (stryMutAct_9fa48("286") ? covers(allowed(family), span) : (stryCov_9fa48("286"), !covers(allowed(family), span))))) {
          if (stryMutAct_9fa48("287")) {
            {}
          } else {
            stryCov_9fa48("287");
            const list = scope.allow.map(escapeControls).join(stryMutAct_9fa48("288") ? "" : (stryCov_9fa48("288"), ', '));
            return stryMutAct_9fa48("289") ? `` : (stryCov_9fa48("289"), `is ${isSingle ? stryMutAct_9fa48("290") ? "Stryker was here!" : (stryCov_9fa48("290"), '') : stryMutAct_9fa48("291") ? "" : (stryCov_9fa48("291"), 'wholly or partly ')}out of scope: the configuration allows only ${list}`);
          }
        }
        const hit = stryMutAct_9fa48("294") ? isSingle || ownSpans.find(one => one.family === family && one.first === span.first) : stryMutAct_9fa48("293") ? false : stryMutAct_9fa48("292") ? true : (stryCov_9fa48("292", "293", "294"), isSingle && ownSpans.find(stryMutAct_9fa48("295") ? () => undefined : (stryCov_9fa48("295"), one => stryMutAct_9fa48("298") ? one.family === family || one.first === span.first : stryMutAct_9fa48("297") ? false : stryMutAct_9fa48("296") ? true : (stryCov_9fa48("296", "297", "298"), (stryMutAct_9fa48("300") ? one.family !== family : stryMutAct_9fa48("299") ? true : (stryCov_9fa48("299", "300"), one.family === family)) && (stryMutAct_9fa48("302") ? one.first !== span.first : stryMutAct_9fa48("301") ? true : (stryCov_9fa48("301", "302"), one.first === span.first))))));
        return hit ? escapeControls(hit.why) : null;
      }
    };
    return stryMutAct_9fa48("303") ? {} : (stryCov_9fa48("303"), {
      check: item => {
        if (stryMutAct_9fa48("304")) {
          {}
        } else {
          stryCov_9fa48("304");
          const hasZone = stryMutAct_9fa48("307") ? item.kind === 'address' || item.target.address.includes('%') : stryMutAct_9fa48("306") ? false : stryMutAct_9fa48("305") ? true : (stryCov_9fa48("305", "306", "307"), (stryMutAct_9fa48("309") ? item.kind !== 'address' : stryMutAct_9fa48("308") ? true : (stryCov_9fa48("308", "309"), item.kind === (stryMutAct_9fa48("310") ? "" : (stryCov_9fa48("310"), 'address')))) && item.target.address.includes(stryMutAct_9fa48("311") ? "" : (stryCov_9fa48("311"), '%')));
          const why = (stryMutAct_9fa48("314") ? item.kind !== 'name' : stryMutAct_9fa48("313") ? false : stryMutAct_9fa48("312") ? true : (stryCov_9fa48("312", "313", "314"), item.kind === (stryMutAct_9fa48("315") ? "" : (stryCov_9fa48("315"), 'name')))) ? null : whyNot(item.span, hasZone);
          if (stryMutAct_9fa48("318") ? why === null : stryMutAct_9fa48("317") ? false : stryMutAct_9fa48("316") ? true : (stryCov_9fa48("316", "317", "318"), why !== null)) throw badItem(item, why);
        }
      },
      denied,
      own: ofFamily(ownSpans)
    });
  }
};
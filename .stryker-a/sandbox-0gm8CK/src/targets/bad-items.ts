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
import { UsageError } from '../model/fault.ts';

/** Mistakes that are said one by one; of more, only how many. */
const MOST_SAID = 20;

/** What could be read of a list of things, and what is wrong with the others, in order. */
export interface Sorted<T> {
  readonly good: readonly T[];
  readonly bad: readonly string[];
}

/** Reads each item; what a UsageError says of one is kept, so that all mistakes of a list are known at once. */
export const readEach = <I, T>(items: readonly I[], read: (item: I) => T): Sorted<T> => {
  if (stryMutAct_9fa48("0")) {
    {}
  } else {
    stryCov_9fa48("0");
    const good: T[] = stryMutAct_9fa48("1") ? ["Stryker was here"] : (stryCov_9fa48("1"), []);
    const bad: string[] = stryMutAct_9fa48("2") ? ["Stryker was here"] : (stryCov_9fa48("2"), []);
    for (const item of items) {
      if (stryMutAct_9fa48("3")) {
        {}
      } else {
        stryCov_9fa48("3");
        try {
          if (stryMutAct_9fa48("4")) {
            {}
          } else {
            stryCov_9fa48("4");
            good.push(read(item));
          }
        } catch (error) {
          if (stryMutAct_9fa48("5")) {
            {}
          } else {
            stryCov_9fa48("5");
            if (stryMutAct_9fa48("8") ? false : stryMutAct_9fa48("7") ? true : stryMutAct_9fa48("6") ? error instanceof UsageError : (stryCov_9fa48("6", "7", "8"), !(error instanceof UsageError))) throw error;
            bad.push(error.message);
          }
        }
      }
    }
    return stryMutAct_9fa48("9") ? {} : (stryCov_9fa48("9"), {
      good,
      bad
    });
  }
};

/** Mistakes a line each: the first 20, and how many there are beyond. */
export const mistakeLines = stryMutAct_9fa48("10") ? () => undefined : (stryCov_9fa48("10"), (() => {
  const mistakeLines = (bad: readonly string[]): readonly string[] => (stryMutAct_9fa48("14") ? bad.length > MOST_SAID : stryMutAct_9fa48("13") ? bad.length < MOST_SAID : stryMutAct_9fa48("12") ? false : stryMutAct_9fa48("11") ? true : (stryCov_9fa48("11", "12", "13", "14"), bad.length <= MOST_SAID)) ? bad : stryMutAct_9fa48("15") ? [] : (stryCov_9fa48("15"), [...(stryMutAct_9fa48("16") ? bad : (stryCov_9fa48("16"), bad.slice(0, MOST_SAID))), stryMutAct_9fa48("17") ? `` : (stryCov_9fa48("17"), `and ${(stryMutAct_9fa48("18") ? bad.length + MOST_SAID : (stryCov_9fa48("18"), bad.length - MOST_SAID)).toLocaleString(stryMutAct_9fa48("19") ? "" : (stryCov_9fa48("19"), 'en'))} more like these`)]);
  return mistakeLines;
})());

/** Throws a UsageError with a line for each mistake, when there is one. `hint` says what else can be done about a list. */
export const refuseBad = (bad: readonly string[], hint: string | null): void => {
  if (stryMutAct_9fa48("20")) {
    {}
  } else {
    stryCov_9fa48("20");
    if (stryMutAct_9fa48("23") ? bad.length !== 0 : stryMutAct_9fa48("22") ? false : stryMutAct_9fa48("21") ? true : (stryCov_9fa48("21", "22", "23"), bad.length === 0)) return;
    const lines = mistakeLines(bad);
    throw new UsageError(((stryMutAct_9fa48("26") ? hint !== null : stryMutAct_9fa48("25") ? false : stryMutAct_9fa48("24") ? true : (stryCov_9fa48("24", "25", "26"), hint === null)) ? lines : stryMutAct_9fa48("27") ? [] : (stryCov_9fa48("27"), [...lines, hint])).join(stryMutAct_9fa48("28") ? "" : (stryCov_9fa48("28"), '\n')));
  }
};
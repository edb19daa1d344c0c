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
import { domainToASCII } from 'node:url';
import { canonicalIp } from '../ip/ip.ts';
import { quoted } from '../text/quoted.ts';

/** A host name as it is looked up, or why the text is none. */
export type ReadName = {
  readonly name: string;
} | {
  readonly why: string;
};

/** What separates labels before IDNA has mapped them (RFC 3490 3.1). */
const DOTS = stryMutAct_9fa48("353") ? /[^.\u3002\uff0e\uff61]/ : (stryCov_9fa48("353"), /[.\u3002\uff0e\uff61]/);
/** A label as typed, in any script. All else must be refused here: IDNA takes a text for a URL's host, and cuts and decodes it. */
const TYPED_LABEL = stryMutAct_9fa48("360") ? /^[\p{L}\p{M}\P{N}_-]+$/u : stryMutAct_9fa48("359") ? /^[\p{L}\P{M}\p{N}_-]+$/u : stryMutAct_9fa48("358") ? /^[\P{L}\p{M}\p{N}_-]+$/u : stryMutAct_9fa48("357") ? /^[^\p{L}\p{M}\p{N}_-]+$/u : stryMutAct_9fa48("356") ? /^[\p{L}\p{M}\p{N}_-]$/u : stryMutAct_9fa48("355") ? /^[\p{L}\p{M}\p{N}_-]+/u : stryMutAct_9fa48("354") ? /[\p{L}\p{M}\p{N}_-]+$/u : (stryCov_9fa48("354", "355", "356", "357", "358", "359", "360"), /^[\p{L}\p{M}\p{N}_-]+$/u);
/** A label of a host name: letters, digits, hyphens inside, and the underscores that Windows networks have (RFC 1123). */
const LABEL = stryMutAct_9fa48("367") ? /^[a-z0-9_]([a-z0-9_-]{0,61}[^a-z0-9_])?$/ : stryMutAct_9fa48("366") ? /^[a-z0-9_]([^a-z0-9_-]{0,61}[a-z0-9_])?$/ : stryMutAct_9fa48("365") ? /^[a-z0-9_]([a-z0-9_-][a-z0-9_])?$/ : stryMutAct_9fa48("364") ? /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])$/ : stryMutAct_9fa48("363") ? /^[^a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/ : stryMutAct_9fa48("362") ? /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?/ : stryMutAct_9fa48("361") ? /[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/ : (stryCov_9fa48("361", "362", "363", "364", "365", "366", "367"), /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/);
const MOST = 253;
const whyNoLabel = (labels: readonly string[], pattern: RegExp): string | null => {
  if (stryMutAct_9fa48("368")) {
    {}
  } else {
    stryCov_9fa48("368");
    for (const label of labels) {
      if (stryMutAct_9fa48("369")) {
        {}
      } else {
        stryCov_9fa48("369");
        if (stryMutAct_9fa48("372") ? label.length !== 0 : stryMutAct_9fa48("371") ? false : stryMutAct_9fa48("370") ? true : (stryCov_9fa48("370", "371", "372"), label.length === 0)) return stryMutAct_9fa48("373") ? "" : (stryCov_9fa48("373"), 'has an empty part between its dots');
        if (stryMutAct_9fa48("377") ? label.length <= 63 : stryMutAct_9fa48("376") ? label.length >= 63 : stryMutAct_9fa48("375") ? false : stryMutAct_9fa48("374") ? true : (stryCov_9fa48("374", "375", "376", "377"), label.length > 63)) return stryMutAct_9fa48("378") ? "" : (stryCov_9fa48("378"), 'has a part of more than 63 characters');
        if (stryMutAct_9fa48("381") ? false : stryMutAct_9fa48("380") ? true : stryMutAct_9fa48("379") ? pattern.test(label) : (stryCov_9fa48("379", "380", "381"), !pattern.test(label))) return stryMutAct_9fa48("382") ? `` : (stryCov_9fa48("382"), `has ${quoted(label)} in it, which cannot be part of a host name`);
      }
    }
    return null;
  }
};
const isPlainAscii = stryMutAct_9fa48("383") ? () => undefined : (stryCov_9fa48("383"), (() => {
  const isPlainAscii = (text: string): boolean => (stryMutAct_9fa48("387") ? /^[^\u0021-\u007e]*$/ : stryMutAct_9fa48("386") ? /^[\u0021-\u007e]$/ : stryMutAct_9fa48("385") ? /^[\u0021-\u007e]*/ : stryMutAct_9fa48("384") ? /[\u0021-\u007e]*$/ : (stryCov_9fa48("384", "385", "386", "387"), /^[\u0021-\u007e]*$/)).test(text);
  return isPlainAscii;
})());

/** A name of labels, absolute when it ends in a dot: then the look-up must not try it in the search list. */
const readDnsName = (text: string): ReadName => {
  if (stryMutAct_9fa48("388")) {
    {}
  } else {
    stryCov_9fa48("388");
    const relative = text.replace(new RegExp(stryMutAct_9fa48("389") ? `` : (stryCov_9fa48("389"), `${DOTS.source}$`)), stryMutAct_9fa48("390") ? "Stryker was here!" : (stryCov_9fa48("390"), ''));
    if (stryMutAct_9fa48("393") ? relative !== '' : stryMutAct_9fa48("392") ? false : stryMutAct_9fa48("391") ? true : (stryCov_9fa48("391", "392", "393"), relative === (stryMutAct_9fa48("394") ? "Stryker was here!" : (stryCov_9fa48("394"), '')))) return stryMutAct_9fa48("395") ? {} : (stryCov_9fa48("395"), {
      why: stryMutAct_9fa48("396") ? "" : (stryCov_9fa48("396"), 'is not a host name')
    });
    const typed = relative.split(DOTS);
    const wrongAsTyped = whyNoLabel(typed, TYPED_LABEL);
    if (stryMutAct_9fa48("399") ? wrongAsTyped === null : stryMutAct_9fa48("398") ? false : stryMutAct_9fa48("397") ? true : (stryCov_9fa48("397", "398", "399"), wrongAsTyped !== null)) return stryMutAct_9fa48("400") ? {} : (stryCov_9fa48("400"), {
      why: wrongAsTyped
    });
    const name = isPlainAscii(relative) ? stryMutAct_9fa48("401") ? relative.toUpperCase() : (stryCov_9fa48("401"), relative.toLowerCase()) : domainToASCII(relative);
    if (stryMutAct_9fa48("404") ? name === '' && name.length > MOST : stryMutAct_9fa48("403") ? false : stryMutAct_9fa48("402") ? true : (stryCov_9fa48("402", "403", "404"), (stryMutAct_9fa48("406") ? name !== '' : stryMutAct_9fa48("405") ? false : (stryCov_9fa48("405", "406"), name === (stryMutAct_9fa48("407") ? "Stryker was here!" : (stryCov_9fa48("407"), '')))) || (stryMutAct_9fa48("410") ? name.length <= MOST : stryMutAct_9fa48("409") ? name.length >= MOST : stryMutAct_9fa48("408") ? false : (stryCov_9fa48("408", "409", "410"), name.length > MOST)))) return stryMutAct_9fa48("411") ? {} : (stryCov_9fa48("411"), {
      why: stryMutAct_9fa48("412") ? "" : (stryCov_9fa48("412"), 'is not a host name')
    });
    const labels = name.split(stryMutAct_9fa48("413") ? "" : (stryCov_9fa48("413"), '.'));
    const wrong = whyNoLabel(labels, LABEL);
    if (stryMutAct_9fa48("416") ? wrong === null : stryMutAct_9fa48("415") ? false : stryMutAct_9fa48("414") ? true : (stryCov_9fa48("414", "415", "416"), wrong !== null)) return stryMutAct_9fa48("417") ? {} : (stryCov_9fa48("417"), {
      why: wrong
    });
    if (stryMutAct_9fa48("420") ? labels.length === typed.length : stryMutAct_9fa48("419") ? false : stryMutAct_9fa48("418") ? true : (stryCov_9fa48("418", "419", "420"), labels.length !== typed.length)) return stryMutAct_9fa48("421") ? {} : (stryCov_9fa48("421"), {
      why: stryMutAct_9fa48("422") ? "" : (stryCov_9fa48("422"), 'is not a host name')
    });
    if (stryMutAct_9fa48("424") ? false : stryMutAct_9fa48("423") ? true : (stryCov_9fa48("423", "424"), (stryMutAct_9fa48("430") ? /^(\d+|0x[^0-9a-f]*)$/ : stryMutAct_9fa48("429") ? /^(\d+|0x[0-9a-f])$/ : stryMutAct_9fa48("428") ? /^(\D+|0x[0-9a-f]*)$/ : stryMutAct_9fa48("427") ? /^(\d|0x[0-9a-f]*)$/ : stryMutAct_9fa48("426") ? /^(\d+|0x[0-9a-f]*)/ : stryMutAct_9fa48("425") ? /(\d+|0x[0-9a-f]*)$/ : (stryCov_9fa48("425", "426", "427", "428", "429", "430"), /^(\d+|0x[0-9a-f]*)$/)).test(stryMutAct_9fa48("431") ? labels.at(-1) && '' : (stryCov_9fa48("431"), labels.at(stryMutAct_9fa48("432") ? +1 : (stryCov_9fa48("432"), -1)) ?? (stryMutAct_9fa48("433") ? "Stryker was here!" : (stryCov_9fa48("433"), '')))))) return stryMutAct_9fa48("434") ? {} : (stryCov_9fa48("434"), {
      why: stryMutAct_9fa48("435") ? "" : (stryCov_9fa48("435"), 'ends in a number like an address, but is none')
    });
    return stryMutAct_9fa48("436") ? {} : (stryCov_9fa48("436"), {
      name: (stryMutAct_9fa48("439") ? relative !== text : stryMutAct_9fa48("438") ? false : stryMutAct_9fa48("437") ? true : (stryCov_9fa48("437", "438", "439"), relative === text)) ? name : stryMutAct_9fa48("440") ? `` : (stryCov_9fa48("440"), `${name}.`)
    });
  }
};

/**
 * Reads a host name, in any script, into the ASCII form that is looked up. `DOMAIN\PC` and `PC$`, as Windows and Active
 * Directory write a computer and its account, mean the PC. A name that ends in a dot keeps it. Nothing of the text is cut off
 * or decoded on the way: what is no name as a whole is refused.
 */
export const readName = (text: string): ReadName => {
  if (stryMutAct_9fa48("441")) {
    {}
  } else {
    stryCov_9fa48("441");
    const [, domain, computer = text] = stryMutAct_9fa48("442") ? /^([^\\]*)\\(.*)$/s.exec(text) && [] : (stryCov_9fa48("442"), (stryMutAct_9fa48("447") ? /^([^\\]*)\\(.)$/s : stryMutAct_9fa48("446") ? /^([\\]*)\\(.*)$/s : stryMutAct_9fa48("445") ? /^([^\\])\\(.*)$/s : stryMutAct_9fa48("444") ? /^([^\\]*)\\(.*)/s : stryMutAct_9fa48("443") ? /([^\\]*)\\(.*)$/s : (stryCov_9fa48("443", "444", "445", "446", "447"), /^([^\\]*)\\(.*)$/s)).exec(text) ?? (stryMutAct_9fa48("448") ? ["Stryker was here"] : (stryCov_9fa48("448"), [])));
    if (stryMutAct_9fa48("451") ? domain !== undefined || 'why' in readDnsName(domain) || canonicalIp(computer) !== null : stryMutAct_9fa48("450") ? false : stryMutAct_9fa48("449") ? true : (stryCov_9fa48("449", "450", "451"), (stryMutAct_9fa48("453") ? domain === undefined : stryMutAct_9fa48("452") ? true : (stryCov_9fa48("452", "453"), domain !== undefined)) && (stryMutAct_9fa48("455") ? 'why' in readDnsName(domain) && canonicalIp(computer) !== null : stryMutAct_9fa48("454") ? true : (stryCov_9fa48("454", "455"), (stryMutAct_9fa48("456") ? "" : (stryCov_9fa48("456"), 'why')) in readDnsName(domain) || (stryMutAct_9fa48("458") ? canonicalIp(computer) === null : stryMutAct_9fa48("457") ? false : (stryCov_9fa48("457", "458"), canonicalIp(computer) !== null)))))) return stryMutAct_9fa48("459") ? {} : (stryCov_9fa48("459"), {
      why: stryMutAct_9fa48("460") ? "" : (stryCov_9fa48("460"), 'has a backslash in it, but is no DOMAIN\\COMPUTER')
    });
    return readDnsName(computer.replace(stryMutAct_9fa48("461") ? /\$/ : (stryCov_9fa48("461"), /\$$/), stryMutAct_9fa48("462") ? "Stryker was here!" : (stryCov_9fa48("462"), '')));
  }
};
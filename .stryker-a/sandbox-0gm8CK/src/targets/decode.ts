/** Byte order marks. Windows PowerShell's `>` and Export-Csv -Encoding Unicode write UTF-16LE with one. */function stryNS_9fa48() {
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
const MARKS: readonly (readonly [readonly number[], string])[] = stryMutAct_9fa48("79") ? [] : (stryCov_9fa48("79"), [stryMutAct_9fa48("80") ? [] : (stryCov_9fa48("80"), [stryMutAct_9fa48("81") ? [] : (stryCov_9fa48("81"), [0xef, 0xbb, 0xbf]), stryMutAct_9fa48("82") ? "" : (stryCov_9fa48("82"), 'utf-8')]), stryMutAct_9fa48("83") ? [] : (stryCov_9fa48("83"), [stryMutAct_9fa48("84") ? [] : (stryCov_9fa48("84"), [0xff, 0xfe]), stryMutAct_9fa48("85") ? "" : (stryCov_9fa48("85"), 'utf-16le')]), stryMutAct_9fa48("86") ? [] : (stryCov_9fa48("86"), [stryMutAct_9fa48("87") ? [] : (stryCov_9fa48("87"), [0xfe, 0xff]), stryMutAct_9fa48("88") ? "" : (stryCov_9fa48("88"), 'utf-16be')])]);

/** Bytes that are read to recognise what a file is. */
const LOOKED_AT = 512;

/** UTF-16 without a mark: what lists and configurations hold is mostly ASCII, so that every other byte is zero. */
const unmarked = (bytes: Uint8Array): string | null => {
  if (stryMutAct_9fa48("89")) {
    {}
  } else {
    stryCov_9fa48("89");
    const head = bytes.subarray(0, LOOKED_AT);
    const zeros = (stryMutAct_9fa48("90") ? [] : (stryCov_9fa48("90"), [0, 1])).map(stryMutAct_9fa48("91") ? () => undefined : (stryCov_9fa48("91"), odd => stryMutAct_9fa48("92") ? head.length : (stryCov_9fa48("92"), head.filter(stryMutAct_9fa48("93") ? () => undefined : (stryCov_9fa48("93"), (byte, place) => stryMutAct_9fa48("96") ? place % 2 === odd || byte === 0 : stryMutAct_9fa48("95") ? false : stryMutAct_9fa48("94") ? true : (stryCov_9fa48("94", "95", "96"), (stryMutAct_9fa48("98") ? place % 2 !== odd : stryMutAct_9fa48("97") ? true : (stryCov_9fa48("97", "98"), (stryMutAct_9fa48("99") ? place * 2 : (stryCov_9fa48("99"), place % 2)) === odd)) && (stryMutAct_9fa48("101") ? byte !== 0 : stryMutAct_9fa48("100") ? true : (stryCov_9fa48("100", "101"), byte === 0))))).length)));
    const [even = 0, odd = 0] = zeros;
    const most = stryMutAct_9fa48("102") ? head.length * 4 : (stryCov_9fa48("102"), head.length / 4);
    if (stryMutAct_9fa48("105") ? odd > most || even === 0 : stryMutAct_9fa48("104") ? false : stryMutAct_9fa48("103") ? true : (stryCov_9fa48("103", "104", "105"), (stryMutAct_9fa48("108") ? odd <= most : stryMutAct_9fa48("107") ? odd >= most : stryMutAct_9fa48("106") ? true : (stryCov_9fa48("106", "107", "108"), odd > most)) && (stryMutAct_9fa48("110") ? even !== 0 : stryMutAct_9fa48("109") ? true : (stryCov_9fa48("109", "110"), even === 0)))) return stryMutAct_9fa48("111") ? "" : (stryCov_9fa48("111"), 'utf-16le');
    return (stryMutAct_9fa48("114") ? even > most || odd === 0 : stryMutAct_9fa48("113") ? false : stryMutAct_9fa48("112") ? true : (stryCov_9fa48("112", "113", "114"), (stryMutAct_9fa48("117") ? even <= most : stryMutAct_9fa48("116") ? even >= most : stryMutAct_9fa48("115") ? true : (stryCov_9fa48("115", "116", "117"), even > most)) && (stryMutAct_9fa48("119") ? odd !== 0 : stryMutAct_9fa48("118") ? true : (stryCov_9fa48("118", "119"), odd === 0)))) ? stryMutAct_9fa48("120") ? "" : (stryCov_9fa48("120"), 'utf-16be') : null;
  }
};

/** The text of a file: UTF-8, UTF-16 with and without a byte order mark, else the western ANSI code page. */
export const decodeText = (bytes: Uint8Array): string => {
  if (stryMutAct_9fa48("121")) {
    {}
  } else {
    stryCov_9fa48("121");
    const encoding = stryMutAct_9fa48("122") ? MARKS.find(([mark]) => mark.every((byte, place) => bytes[place] === byte))?.[1] && unmarked(bytes) : (stryCov_9fa48("122"), (stryMutAct_9fa48("123") ? MARKS.find(([mark]) => mark.every((byte, place) => bytes[place] === byte))[1] : (stryCov_9fa48("123"), MARKS.find(stryMutAct_9fa48("124") ? () => undefined : (stryCov_9fa48("124"), ([mark]) => stryMutAct_9fa48("125") ? mark.some((byte, place) => bytes[place] === byte) : (stryCov_9fa48("125"), mark.every(stryMutAct_9fa48("126") ? () => undefined : (stryCov_9fa48("126"), (byte, place) => stryMutAct_9fa48("129") ? bytes[place] !== byte : stryMutAct_9fa48("128") ? false : stryMutAct_9fa48("127") ? true : (stryCov_9fa48("127", "128", "129"), bytes[place] === byte))))))?.[1])) ?? unmarked(bytes));
    if (stryMutAct_9fa48("132") ? encoding === null : stryMutAct_9fa48("131") ? false : stryMutAct_9fa48("130") ? true : (stryCov_9fa48("130", "131", "132"), encoding !== null)) return new TextDecoder(encoding).decode(bytes);
    try {
      if (stryMutAct_9fa48("133")) {
        {}
      } else {
        stryCov_9fa48("133");
        return new TextDecoder(stryMutAct_9fa48("134") ? "" : (stryCov_9fa48("134"), 'utf-8'), stryMutAct_9fa48("135") ? {} : (stryCov_9fa48("135"), {
          fatal: stryMutAct_9fa48("136") ? false : (stryCov_9fa48("136"), true)
        })).decode(bytes);
      }
    } catch {
      if (stryMutAct_9fa48("137")) {
        {}
      } else {
        stryCov_9fa48("137");
        // Excel saves CSV in the ANSI code page. The columns with addresses are ASCII, the others must only do no harm.
        return new TextDecoder(stryMutAct_9fa48("138") ? "" : (stryCov_9fa48("138"), 'windows-1252')).decode(bytes);
      }
    }
  }
};

/** How files begin that people take for lists. */
const OTHERS: readonly (readonly [readonly number[], string])[] = stryMutAct_9fa48("139") ? [] : (stryCov_9fa48("139"), [stryMutAct_9fa48("140") ? [] : (stryCov_9fa48("140"), [stryMutAct_9fa48("141") ? [] : (stryCov_9fa48("141"), [0x50, 0x4b, 3, 4]), stryMutAct_9fa48("142") ? "" : (stryCov_9fa48("142"), 'is a workbook or a ZIP file')]), stryMutAct_9fa48("143") ? [] : (stryCov_9fa48("143"), [stryMutAct_9fa48("144") ? [] : (stryCov_9fa48("144"), [0xd0, 0xcf, 0x11, 0xe0]), stryMutAct_9fa48("145") ? "" : (stryCov_9fa48("145"), 'is a workbook or another document of old Office')]), stryMutAct_9fa48("146") ? [] : (stryCov_9fa48("146"), [stryMutAct_9fa48("147") ? [] : (stryCov_9fa48("147"), [0x25, 0x50, 0x44, 0x46]), stryMutAct_9fa48("148") ? "" : (stryCov_9fa48("148"), 'is a PDF')])]);

/** What a file is that is not text, or null. */
export const whyNoText = (bytes: Uint8Array): string | null => {
  if (stryMutAct_9fa48("149")) {
    {}
  } else {
    stryCov_9fa48("149");
    const known = stryMutAct_9fa48("150") ? OTHERS.find(([mark]) => mark.every((byte, place) => bytes[place] === byte))[1] : (stryCov_9fa48("150"), OTHERS.find(stryMutAct_9fa48("151") ? () => undefined : (stryCov_9fa48("151"), ([mark]) => stryMutAct_9fa48("152") ? mark.some((byte, place) => bytes[place] === byte) : (stryCov_9fa48("152"), mark.every(stryMutAct_9fa48("153") ? () => undefined : (stryCov_9fa48("153"), (byte, place) => stryMutAct_9fa48("156") ? bytes[place] !== byte : stryMutAct_9fa48("155") ? false : stryMutAct_9fa48("154") ? true : (stryCov_9fa48("154", "155", "156"), bytes[place] === byte))))))?.[1]);
    if (stryMutAct_9fa48("159") ? known === undefined : stryMutAct_9fa48("158") ? false : stryMutAct_9fa48("157") ? true : (stryCov_9fa48("157", "158", "159"), known !== undefined)) return known;
    return decodeText(bytes.subarray(0, LOOKED_AT)).includes(stryMutAct_9fa48("160") ? "" : (stryCov_9fa48("160"), '\0')) ? stryMutAct_9fa48("161") ? "" : (stryCov_9fa48("161"), 'is not text') : null;
  }
};
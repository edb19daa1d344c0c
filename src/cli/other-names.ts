// What people call the words that options and keys take. A word may stand in several lists of accepted words; only those of the list
// in question count.

const WINDOWS = '(?:(?:microsoft[ _-]?)?win(?:dows)?[ _-]?)?';
const EDITION = '(?:[ _.-]?(?:sp\\d|r2|x64|64|pro|home|enterprise|ltsc|\\d\\dh\\d))*';
const versions = (...some: readonly string[]): RegExp =>
  new RegExp(`^${WINDOWS}(?:${some.join('|')})${EDITION}$`);

/** For each word what else is meant by it, in small letters. */
export const OTHER_NAMES: ReadonlyMap<string, RegExp> = new Map([
  ['vista-or-later', versions('vista|7|8|8\\.1|1\\d', '(?:server[ _-]?)?20(?:08|1\\d|2\\d)')],
  ['xp-2003', versions('xp', '(?:server[ _-]?)?2003')],
  ['xp-x64-sp1', /^(?:win(?:dows)?[ _-]?)?xp[ _-]?(?:pro[ _-]?)?(?:x?64)(?:[ _-]?sp\d)?$/],
  ['xp-sp2', versions('xp')],
  ['server-2003-sp1', versions('(?:server[ _-]?)?2003')],
  ['syn', /^(?:half-?open|raw|ss|masscan|nmap)$/],
  ['node', /^(?:js|portable|socket|sockets)$/],
  ['windows', /^win(?:32|64)?$/],
  ['linux', /^(?:unix|kernel)$/],
  ['table', /^(?:te?xt|plain|human|console|terminal)$/],
  ['ndjson', /^json-?l(?:ines)?$/],
  ['csv', /^(?:xlsx?|excel|tsv|spreadsheet)$/],
  ['nmap-xml', /^ox$/],
  ['html', /^(?:htm|web|page)$/],
  ['nagios', /^(?:icinga\d?|naemon|check[-_]?mk)$/],
  ['prometheus', /^(?:prom|metrics|openmetrics|textfile)$/],
  ['powershell', /^(?:ps1?|pwsh)$/],
  ['pol', /^(?:gpo|registry\.pol)$/],
  ['reg', /^reg(?:edit|istry)$/],
  ['ok', /^(?:okay|pass|ready|success|yes)$/],
  ['warn', /^(?:fail|error|critical|no)$/],
  ['mended', /^(?:fixed|repaired|resolved|recovered)$/],
  ['failure', /^(?:fails?|failed|errors?)$/],
]);

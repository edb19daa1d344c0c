import { statSync } from 'node:fs';
import { readItem } from '../targets/item.ts';
import { isList } from './is-list-file.ts';

// People come from nmap, masscan and PortQry. What they type there is answered with what does the same here.

const OUTPUT = 'writes one format at a time here';

/** Options of other scanners, whole words. First match wins. */
const HABITS: readonly (readonly [RegExp, string])[] = [
  [/^-oX$/, `${OUTPUT}: --format nmap-xml -o FILE`],
  [/^-oN$/, `${OUTPUT}: -o FILE (a table)`],
  [/^-oG$/, `${OUTPUT}: --format csv -o FILE`],
  [/^-oJ$/, `${OUTPUT}: --format json -o FILE`],
  [/^-o[ASLDB]$/, `${OUTPUT}: --format NAME -o FILE`],
  [/^-iL$/, 'is --list FILE here'],
  [/^-P[n0ND]$/, 'is not needed: whether a host answers an echo decides nothing here (--no-ping sends none)'],
  [/^-P[SAUYEPMO]/, 'does not exist here: no host is left out for not answering an echo'],
  [/^-sS$/, 'is --engine syn here, on Linux'],
  [/^-sT$/, `is --engine ${process.platform === 'win32' ? 'windows' : 'linux'} or --engine node here`],
  [/^-s[A-Z]$/, 'does not exist here: TCP 135, TCP 3389 and a sample of the dynamic RPC ports are probed'],
  [/^-s[nPL]$/, 'does not exist here: every host is probed on TCP (audit --sample 1 probes least)'],
  [
    /^-p(?:-|[\d,T:-]+)?$/,
    'does not exist here: the ports are known; --rpc-ports RANGE narrows the dynamic ones',
  ],
  [
    /^--(?:top-ports|port|ports|exclude-ports)(?:=.*)?$/,
    'does not exist here: the ports are known; --rpc-ports RANGE narrows the dynamic ones',
  ],
  [/^-T[0-5]$/, 'is --rate N here, probes a second'],
  [/^--(?:min|max)-rate(?:=.*)?$/, 'is --rate N here'],
  [/^--excludefile(?:=.*)?$/, 'is --exclude-file FILE here'],
  [/^-(?:A|O|F|R)$/, 'does not exist here: what Remote Assistance needs is probed, and nothing else'],
  [/^-(?:n|e|c)$/, 'is an option of another program; --help lists those of this one'],
];

/** What to say to options of other scanners among the arguments, or null. Looks no further than `--`. */
export const foreignOption = (argv: readonly string[]): string | null => {
  const end = argv.indexOf('--');
  for (const word of end < 0 ? argv : argv.slice(0, end)) {
    const answer = HABITS.find(([pattern]) => pattern.test(word))?.[1];
    if (answer !== undefined) return `${word}: ${answer}`;
  }
  return null;
};

/** Files that are meant when somebody gives their name as a target: no host is called so. */
const LIKE_A_LIST = /\.(?:txt|csv|tsv|lst|list|log|xlsx?|xml|json|conf)$|[/\\]/i;

/** Whether a target is the name of a list that lies here, and was meant to be read. */
export const isForgottenList = (text: string): boolean =>
  LIKE_A_LIST.test(text) && statSync(text, { throwIfNoEntry: false })?.isFile() === true;

/** An error as Windows writes it, in hexadecimal or by its symbol: no host is called so. */
const ERROR_CODE = /^(?:0x[0-9a-f]{1,8}|(?:E|CO|RPC|EPT|REGDB|ERROR|WSA|SAFERROR)_\w+)$/i;

/** The command that somebody meant who gave a target, or an error, where a command stands, or null. */
export const meantCommand = (word: string): string | null => {
  if (ERROR_CODE.test(word)) return `explain ${word}`;
  if (isForgottenList(word)) return `audit --list ${word}`;
  if (isList(word)) return `audit ${word}`;
  try {
    return `${readItem({ text: word, at: 'target' }).kind === 'span' ? 'audit' : 'check'} ${word}`;
  } catch {
    return null;
  }
};

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OWN_NETWORK, whyNoNetwork } from '../contract/elsewhere/elsewhere.ts';
import { finish } from '../lab/shell.ts';
import { findProgram } from '../lab/tools.ts';

/** The folder that .ci/windows fills. */
const PARTS = process.env['RA_WINDOWS'] ?? '';
/** The packed program as npm installs it. */
const PROGRAM = join(PARTS, 'app/node_modules/ra-preflight/bin/ra-preflight.js');
const PORTABLE = join(PARTS, 'portable');

/** The unzipped folder of the portable zip; its name has blanks, an ampersand and an umlaut above it. */
export const portableFolder = (): string => {
  const above = join(PORTABLE, 'J\u00f6rg & S\u00f6hne');
  const [name = ''] = existsSync(above) ? readdirSync(above) : [];
  return join(above, name);
};

/** Why these tests cannot run here, or null. */
export const whyNoWine = async (): Promise<string | null> => {
  if (PARTS === '') return 'RA_WINDOWS names no folder; .ci/windows FOLDER fills one';
  if (!findProgram('wine')) return 'no wine on this machine';
  for (const file of [join(portableFolder(), 'node.exe'), PROGRAM]) {
    if (!existsSync(file)) return `there is no ${file}`;
  }
  return whyNoNetwork();
};

/** Loopback of a network of its own: 127.0.0.1 listens on 135, rejects 5003 and 5004; 127.0.0.3 is silent. */
const NETWORK = `ip link set lo up
nft -f - <<'N'
table inet f {
 chain in {
  type filter hook input priority 0
  ip daddr 127.0.0.3 drop
  tcp dport 5003 reject with icmp type host-prohibited
  tcp dport 5004 reject with icmp type prot-unreachable
 }
}
N
`;
const LISTENER = `require('net').createServer((s) => s.on('error', () => {})).listen(135, '127.0.0.1', () => console.log('up'))`;

/** How a command line ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How to start the program: by the npm package and node.exe, or by the command of the portable zip. */
export type Start = 'package' | 'portable';

const STARTS: Readonly<Record<Start, string>> = {
  package: 'NODE_OPTIONS=$FIX timeout --foreground 120 wine "$WIN_NODE" "$PROGRAM"',
  // cmd.exe of Wine takes the first word for the whole of a quoted path: the command is started in its own folder.
  portable: 'cd "$PORTABLE" && NODE_OPTIONS=$FIX timeout --foreground 120 wine cmd /c ra-preflight.cmd',
};

/** What the starts above need to know. `folder`: where the program runs. */
export const wineEnvironment = (folder: string): Record<string, string> => ({
  AT: folder,
  WIN_NODE: join(portableFolder(), 'node.exe'),
  PROGRAM,
  PORTABLE: portableFolder(),
  FIX: `--import=file:///Z:${join(import.meta.dirname, 'wine-icmp.mjs')}`,
  LC_ALL: 'C.UTF-8',
  WINEPREFIX: join(PARTS, 'prefix'),
  WINEDEBUG: '-all',
});

/** A shell script that runs one command line of the packed program where standard output is a terminal, and ends as it does. */
export const inTerminal = (line: string): string =>
  `ip link set lo up; cd "$AT"; ${STARTS.package} ${line}; code=$?; wineserver -k; exit $code`;

/** Command lines under Wine. */
export class UnderWine {
  readonly folder = mkdtempSync(join(tmpdir(), 'ra wine '));
  readonly #ended = new Map<string, Ended>();

  /** Runs shell lines by name, one after the other. Standard output of Wine must be a file. */
  async run(start: Start, lines: Readonly<Record<string, string>>): Promise<void> {
    const at = this.folder;
    const script = [
      NETWORK,
      `cd "$AT"; "$NODE" -e "$LISTENER" > up & listener=$!`,
      'for i in $(seq 100); do [ -s up ] && break; sleep 0.1; done',
      ...Object.entries(lines).map(
        ([name, line]) =>
          `code=0; (${STARTS[start]} ${line}) < /dev/null > "$AT/${name}.out" 2> "$AT/${name}.err" || code=$?; echo $code > "$AT/${name}.code"`,
      ),
      'kill $listener; wineserver -k || true',
    ].join('\n');
    const [command = '', ...args] = OWN_NETWORK;
    const env = { ...process.env, ...wineEnvironment(at), NODE: process.execPath, LISTENER };
    const { code, stderr } = await finish(command, [...args, 'bash', '-euc', script], { cwd: at, env });
    if (code !== 0) throw new Error(`the runs under Wine ended with ${code}: ${stderr}`);
    for (const name of Object.keys(lines)) {
      const read = (ending: string): string => readFileSync(join(at, `${name}.${ending}`), 'utf8');
      this.#ended.set(name, { code: Number(read('code')), out: read('out'), err: read('err') });
    }
  }

  of(name: string): Ended {
    const ended = this.#ended.get(name);
    if (!ended) throw new Error(`${name} was not run`);
    return ended;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

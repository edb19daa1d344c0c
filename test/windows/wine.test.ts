import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OWN_NETWORK, whyNoNetwork } from '../contract/elsewhere/elsewhere.ts';
import { finish } from '../lab/shell.ts';
import { findProgram } from '../lab/tools.ts';

/** The folder that .ci/windows fills. */
const PARTS = process.env['RA_WINDOWS'] ?? '';
const NODE = join(PARTS, 'package/bin/node.exe');
const PROGRAM = join(PARTS, 'app/node_modules/ra-preflight/bin/ra-preflight.js');

const whyNoWine = async (): Promise<string | null> => {
  if (PARTS === '') return 'RA_WINDOWS names no folder; .ci/windows FOLDER fills one';
  if (!findProgram('wine')) return 'no wine on this machine';
  for (const file of [NODE, PROGRAM]) if (!existsSync(file)) return `there is no ${file}`;
  return whyNoNetwork();
};
const why = await whyNoWine();

/** Loopback of a network of its own: 127.0.0.1 listens on 135, rejects 5003; 127.0.0.3 is silent. */
const NETWORK = `ip link set lo up
nft -f - <<'N'
table inet f {
 chain in {
  type filter hook input priority 0
  ip daddr 127.0.0.3 drop
  tcp dport 5003 reject with icmp type host-prohibited
 }
}
N
`;
const LISTENER = `require('net').createServer((s) => s.on('error', () => {})).listen(135, '127.0.0.1', () => console.log('up'))`;

/** The command lines, by what they show. Standard output of Wine must be a file. */
const RUNS: Readonly<Record<string, string>> = {
  doctor: 'doctor --format json',
  check: 'check 127.0.0.1 --rpc-ports 5002-5003 --seed 7 --no-ping --format json',
  audit: `audit '@list.txt' --rpc-ports 5002-5003 --seed 7 --no-ping --format json --db 'M\u00fcller.db'`,
  history: "history --format json --db 'M\u00fcller.db'",
  report: "report latest --format csv --db 'M\u00fcller.db' -o out.csv",
  device: 'check 127.0.0.1 -o NUL --no-ping',
  usage: 'check --engine linux 127.0.0.1 --no-ping',
};

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('the packed program on the win32 build of Node, under Wine', () => {
  const at = mkdtempSync(join(tmpdir(), 'ra wine '));
  const ended = new Map<string, Ended>();

  beforeAll(async () => {
    if (why) return;
    writeFileSync(join(at, 'list.txt'), Buffer.from('\ufeff127.0.0.2\r\n127.0.0.3\r\n', 'utf16le'));
    const script = [
      NETWORK,
      `"$NODE" -e "$LISTENER" > up & listener=$!`,
      'for i in $(seq 100); do [ -s up ] && break; sleep 0.1; done',
      ...Object.entries(RUNS).map(
        ([name, line]) =>
          `code=0; timeout 120 wine "$WIN_NODE" "$PROGRAM" ${line} < /dev/null > ${name}.out 2> ${name}.err || code=$?; echo $code > ${name}.code`,
      ),
      'kill $listener; wineserver -k || true',
    ].join('\n');
    const [command = '', ...args] = OWN_NETWORK;
    const env = {
      ...process.env,
      NODE: process.execPath,
      LISTENER,
      WIN_NODE: NODE,
      PROGRAM,
      WINEPREFIX: join(PARTS, 'prefix'),
      WINEDEBUG: '-all',
    };
    const { code, stderr } = await finish(command, [...args, 'bash', '-euc', script], { cwd: at, env });
    if (code !== 0) throw new Error(`the runs under Wine ended with ${code}: ${stderr}`);
    for (const name of Object.keys(RUNS)) {
      const read = (ending: string): string => readFileSync(join(at, `${name}.${ending}`), 'utf8');
      ended.set(name, { code: Number(read('code')), out: read('out'), err: read('err') });
    }
  }, 300_000);
  afterAll(() => rmSync(at, { recursive: true, force: true }));

  const runOf = (name: string): Ended => {
    const run = ended.get(name);
    if (!run) throw new Error(`${name} was not run`);
    return run;
  };

  test('doctor names the engines of Windows and no others', ({ skip }) => {
    if (why) return skip(why);
    const { code, out } = runOf('doctor');
    const { findings } = JSON.parse(out) as { findings: { name: string; ok: boolean }[] };
    expect(code).toBe(0);
    expect(findings.map(({ name }) => name)).toEqual([
      'engine node',
      'engine windows',
      'ICMP echo',
      'history',
    ]);
    expect(findings.map(({ ok }) => ok)).toEqual([true, true, expect.any(Boolean), true]);
  });

  test('a check takes the windows engine, and tells open, refused and rejected', ({ skip }) => {
    if (why) return skip(why);
    const { code, out } = runOf('check');
    const { run, hosts } = JSON.parse(out);
    expect(run).toMatchObject({
      engine: 'windows',
      engineWhy: expect.stringContaining('older than Windows 10 2004'),
    });
    const states = Object.fromEntries(
      hosts[0].ports.map(({ port, state }: { port: number; state: string }) => [port, state]),
    );
    expect(states).toMatchObject({ 135: 'open', 3389: 'closed', 5002: 'closed', 5003: 'filtered' });
    expect(code).toBe(1);
  });

  test('an audit reads a list in UTF-16 with CRLF, and the history keeps it', ({ skip }) => {
    if (why) return skip(why);
    const { code, out } = runOf('audit');
    const verdicts = JSON.parse(out).hosts.map(
      ({ target, verdict }: { target: string; verdict: string }) => `${target} ${verdict}`,
    );
    expect(verdicts).toEqual(['127.0.0.2 blocked', '127.0.0.3 unreachable']);
    expect(code).toBe(1);
    expect(existsSync(join(at, 'M\u00fcller.db'))).toBe(true);
    expect(JSON.parse(runOf('history').out).runs).toHaveLength(1);
    expect(runOf('report').code).toBeLessThanOrEqual(1);
    expect(readFileSync(join(at, 'out.csv'), 'utf8')).toMatch(/^target,.*\r\n127\.0\.0\.2,/s);
  });

  test('what cannot be is refused in one line, with exit code 2', ({ skip }) => {
    if (why) return skip(why);
    expect(runOf('device')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('name of a device'),
    });
    expect(runOf('usage')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/runs on Linux.*win32/),
    });
  });
});

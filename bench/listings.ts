import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindAck, FIRST, HANDLE, LAST, listing, response } from '../test/probes/server-side.ts';

// How much memory an audit takes of hosts that each list thousands of endpoints. Method: docs/bench.md.

/** Loopback answers for all of 127.0.0.0/8, and so does one listener on 0.0.0.0. */
const [BLOCKS, PAGES, ENTRIES] = [{ 256: '127.64.0.0/24', 4096: '127.64.0.0/20' }, 9, 500];
/** Where the host writes its own number, so that no two hosts say the same. */
const MARK = '#HOST#';
const FRAGMENT = 4256;
const OPTIONS =
  '--sample 4 --no-ping --no-map --no-locate --rate 20000 --subnet-rate 20000 --yes --quiet --format nagios';
const LOOK_MS = 200;
const [BIND, REQUEST, LOOKUP] = [11, 0, 2];

const annotation = (at: number): string => `${MARK} ${String(at).padStart(6, '0')} `.padEnd(63, 'x');

/** The fragments of one page, as they answer a call; the first call of an association is its bind. */
const pageOf = (page: number): Buffer[] => {
  const entries = Array.from({ length: ENTRIES }, (_, i) => {
    const at = page * ENTRIES + i;
    const uuid = `12345778-1234-abcd-ef00-${at.toString(16).padStart(12, '0')}`;
    return { uuid, major: 1, minor: 0, port: 49_152 + at, annotation: annotation(at) };
  });
  const stub = listing(entries, page + 1 < PAGES ? { handle: HANDLE } : {});
  const count = Math.ceil(stub.length / FRAGMENT);
  return Array.from({ length: count }, (_, i) =>
    response(stub.subarray(i * FRAGMENT, (i + 1) * FRAGMENT), {
      callId: page + 2,
      flags: (i === 0 ? FIRST : 0) | (i === count - 1 ? LAST : 0),
    }),
  );
};

const marksIn = (bytes: Buffer): number[] => {
  const found: number[] = [];
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) found.push(at);
  return found;
};

/** Plays the endpoint mapper of every loopback address. */
export const serveListings = (): void => {
  const pages = Array.from({ length: PAGES }, (_, page) =>
    pageOf(page).map((bytes) => ({ bytes, marks: marksIn(bytes) })),
  );
  const server = createServer((socket) => {
    let page = 0;
    const own = (socket.localAddress ?? '').split('.').slice(2).join('.').padEnd(MARK.length);
    socket.on('error', () => {});
    socket.on('data', (pdu) => {
      if (pdu[2] === BIND) socket.write(bindAck(0, 0, { callId: pdu.readUInt32LE(12) }));
      if (pdu[2] !== REQUEST || pdu.readUInt16LE(22) !== LOOKUP) return;
      for (const { bytes, marks } of pages[page++] ?? []) {
        const said = Buffer.from(bytes);
        for (const mark of marks) said.write(own, mark, 'latin1');
        socket.write(said);
      }
    });
  });
  server.listen({ host: '0.0.0.0', port: 135, backlog: 4096 }, () => console.log('ready'));
};

const SCRIPT = `
ip link set lo up
"$0" --input-type=module -e 'const [bundle] = process.argv.slice(1); (await import(bundle)).serveListings();' "$1" > "$2/ready" &
server=$!
trap 'kill $server' EXIT
until grep -q ready "$2/ready"; do sleep 0.05; done
shift 2
"$@"
`;

const kilobytes = (status: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);

/** The process that runs this command line, among those below `pid`. */
const programBelow = async (pid: number): Promise<number | undefined> => {
  const below = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const child of below.split(' ').filter(Boolean).map(Number)) {
    const words = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
    if (words.includes('ra-preflight.js')) return child;
    const deeper = await programBelow(child);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
};

const measure = async (engine: string, hosts: keyof typeof BLOCKS) => {
  const folder = await mkdtemp(join(tmpdir(), 'ra-bench-'));
  const db = join(folder, 'history.db');
  const audit = ['audit', BLOCKS[hosts], ...OPTIONS.split(' '), '--engine', engine, '--db', db];
  const program = [process.execPath, join(process.cwd(), 'bin/ra-preflight.js'), ...audit];
  const began = performance.now();
  try {
    const child = spawn(
      'unshare',
      ['-rn', 'sh', '-ec', SCRIPT, process.execPath, fileURLToPath(import.meta.url), folder, ...program],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    let peak = 0;
    let pid: number | undefined;
    const look = setInterval(async () => {
      pid ??= await programBelow(child.pid ?? 0);
      if (pid === undefined) return;
      peak = Math.max(
        peak,
        kilobytes(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''), 'VmHWM'),
      );
    }, LOOK_MS);
    const code = await new Promise((resolve) => child.on('close', resolve));
    clearInterval(look);
    const seconds = (performance.now() - began) / 1000;
    const size = await stat(db).then(
      ({ size }) => size,
      () => Number.NaN,
    );
    return { code, said: said.trim(), seconds, peakMiB: peak / 1024, bytesPerHost: size / Number(hosts) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Runs the bench. `argv`: engines, all by default; `--small` for 256 hosts instead of 4,096. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const hosts = argv.includes('--small') ? 256 : 4096;
  const engines = argv.filter((word) => word !== '--small');
  for (const engine of engines.length > 0 ? engines : ['linux', 'syn', 'node']) {
    const { code, said, seconds, peakMiB, bytesPerHost } = await measure(engine, hosts);
    console.log(
      `${engine.padEnd(6)} ${hosts} hosts  ${seconds.toFixed(1).padStart(6)} s  peak ${peakMiB.toFixed(0)} MiB, ${bytesPerHost.toFixed(0)} bytes a host on disk, exit ${code}: ${said.split('\n')[0]}`,
    );
  }
};

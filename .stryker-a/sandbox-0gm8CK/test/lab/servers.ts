import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inRange } from '../../src/model/target.ts';
import type { HostName } from './layout.ts';
import type { Namespaces } from './namespaces.ts';
import { run } from './shell.ts';
import { findProgram } from './tools.ts';

/** How long a server may take until it listens, milliseconds. */
const START_MS = 15_000;
const POLL_MS = 50;

/** Where Samba puts its dynamic endpoints; which service gets which port differs from start to start. */
const DYNAMIC = { from: 49_152, to: 49_200 };

/** Whether a port is one of Samba's dynamic endpoints. */
export const isEndpoint = (port: number): boolean => inRange(port, DYNAMIC);

const SAMBA = `[global]
  netbios name = RPCLAB
  workgroup = LAB
  server role = standalone server
  rpc start on demand helpers = no
  private dir = /run/lab/private
  lock directory = /run/lab/lock
  state directory = /run/lab/state
  cache directory = /run/lab/cache
  pid directory = /run/lab/pid
  ncalrpc dir = /run/lab/ncalrpc
  winbindd socket directory = /run/lab/winbindd
  log file = /run/lab/log.%m
  rpc server dynamic port range = ${DYNAMIC.from}-${DYNAMIC.to}
`;

const XRDP = `[Globals]
ini_version=1
fork=true
port=3389
use_vsock=false
security_layer=negotiate
crypt_level=high
certificate=/run/lab/cert.pem
key_file=/run/lab/key.pem
ssl_protocols=TLSv1.2, TLSv1.3
max_bpp=32

[Logging]
LogFile=/run/lab/xrdp.log
LogLevel=INFO
EnableSyslog=false

[Xorg]
name=Xorg
lib=libxup.so
username=ask
password=ask
ip=127.0.0.1
port=-1
code=20
`;

/**
 * FreeRDP's shadow server shares an X display, so it gets an empty one, and waits until that is really there. It opens
 * the display twice, and without -noreset the X server would start over in between.
 */
const SHADOW = `#!/bin/sh
Xvfb :77 -screen 0 320x240x24 -nolisten tcp -noreset -displayfd 3 3>display &
until [ -s display ]; do kill -0 $! || exit 1; sleep 0.05; done
exec freerdp-shadow-cli /port:3389 /sec:nla /sam-file:/run/lab/sam
`;

/** TCP ports on which something listens in a namespace. */
export const listeningPorts = async (spaces: Namespaces, name: string): Promise<number[]> => {
  const tables = await spaces.shell(name, 'cat /proc/net/tcp /proc/net/tcp6');
  const listening = tables.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0A /gm);
  const ports = [...listening].map(([, hex]) => Number.parseInt(hex ?? '', 16));
  return [...new Set(ports)].sort((a, b) => a - b);
};

/** Before a server's command line: backlog.c, which is in its folder. */
const PRELOADED = ['env', 'LD_PRELOAD=/run/lab/backlog.so'];

const folderOf = async (spaces: Namespaces, server: string, files: Readonly<Record<string, string>>) => {
  const folder = join(spaces.folder, server);
  await mkdir(folder);
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  return folder;
};

/** Starts a server sealed into its folder and waits until it listens. Its process id is what `unshare` became. */
const serve = async (
  spaces: Namespaces,
  host: HostName,
  folder: string,
  command: readonly string[],
  port: number,
): Promise<number> => {
  const backlog = join(import.meta.dirname, 'backlog.c');
  await run('cc', ['-O2', '-shared', '-fPIC', '-o', join(folder, 'backlog.so'), backlog]);
  const logFile = join(folder, 'output');
  const log = openSync(logFile, 'w');
  const script = join(import.meta.dirname, 'sealed.sh');
  const child = spaces.start(host, ['unshare', '-m', 'sh', script, folder, ...PRELOADED, ...command], log);
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command[0]} could not be started`);
  const deadline = Date.now() + START_MS;
  while (!(await listeningPorts(spaces, host)).includes(port)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(
        `${command[0]} does not listen on ${port}: ${(await readFile(logFile, 'utf8')).slice(-2000)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return pid;
};

/** Samba's own endpoint mapper on TCP 135 with dynamic endpoints behind it, without a domain. */
const startSamba = async (spaces: Namespaces, host: HostName): Promise<number> => {
  const folder = await folderOf(spaces, `samba-${host}`, { 'smb.conf': SAMBA });
  const folders = ['private', 'lock', 'state', 'cache', 'pid', 'winbindd', 'ncalrpc'];
  await Promise.all(folders.map((name) => mkdir(join(folder, name))));
  const program = findProgram('samba-dcerpcd') ?? 'samba-dcerpcd';
  const config = ['--configfile=/run/lab/smb.conf', '-d', '1', '--debug-stdout'];
  return serve(spaces, host, folder, [program, '-F', '--libexec-rpcds', ...config], 135);
};

const startXrdp = async (spaces: Namespaces, host: HostName): Promise<number> => {
  const folder = await folderOf(spaces, `xrdp-${host}`, { 'xrdp.ini': XRDP });
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=lab',
    ...files,
  ]);
  return serve(spaces, host, folder, ['xrdp', '--nodaemon', '--config', '/run/lab/xrdp.ini'], 3389);
};

/** A Remote Desktop server that speaks CredSSP and nothing else. */
const startShadow = async (spaces: Namespaces, host: HostName): Promise<number> => {
  const sam = 'probe:::8846f7eaee8fb117ad06bdd830b7586c:::\n';
  const folder = await folderOf(spaces, `shadow-${host}`, { sam, 'start.sh': SHADOW });
  await mkdir(join(folder, 'home'));
  return serve(spaces, host, folder, ['env', 'HOME=/run/lab/home', 'DISPLAY=:77', 'sh', 'start.sh'], 3389);
};

/** The programs that the hosts run. Starting is what `Part`s are asked for; a part that is missing is not started. */
export const startServers = async (
  spaces: Namespaces,
  has: (part: 'samba' | 'xrdp' | 'credssp') => boolean,
) => {
  const samba = has('samba');
  const started = await Promise.all([
    samba ? startSamba(spaces, 'stopped') : null,
    samba ? startSamba(spaces, 'server') : null,
    samba ? startSamba(spaces, 'responder') : null,
    samba ? startSamba(spaces, 'credssp') : null,
    has('xrdp') ? startXrdp(spaces, 'server') : null,
    has('credssp') ? startShadow(spaces, 'credssp') : null,
  ]);
  // The kernel goes on accepting for it: an endpoint mapper that hangs.
  if (started[0] !== null) process.kill(started[0], 'SIGSTOP');
};

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Namespaces } from '../lab/namespaces.ts';

const ROOT = join(import.meta.dirname, '../..');

/** ICMP errors are never held back, and nobody waits for duplicate addresses. */
const PLAIN = `
sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=100000
sysctl -qw net.ipv6.icmp.ratelimit=0 net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip link set lo up
`;

/** Addresses on the way: expert .1 - .2 r1 .1 - .2 r2 .1 - .2 target. */
export const R1 = { 4: '10.71.1.2', 6: 'fd71:1::2' } as const;
export const R2 = { 4: '10.71.2.2', 6: 'fd71:2::2' } as const;
export const TARGET = { 4: '10.71.3.2', 6: 'fd71:3::2' } as const;

const port = (link: number, end: 1 | 2): string => `
ip addr add 10.71.${link}.${end}/24 dev link${link}
ip -6 addr add fd71:${link}::${end}/64 dev link${link} nodad
ip link set link${link} up
`;

const via = (link: number, end: 1 | 2, what: string): string => {
  const six = what === 'default' ? what : what.replace(/^10\.71\.(\d)\.0\/24$/, 'fd71:$1::/64');
  return `ip route add ${what} via 10.71.${link}.${end}\nip -6 route add ${six} via fd71:${link}::${end}\n`;
};

const rules = (hook: 'forward' | 'input' | 'output', lines: readonly string[]): string => `
nft add table inet f
nft add chain inet f c '{ type filter hook ${hook} priority 0; }'
${lines.map((line) => `nft 'add rule inet f c tcp ${line}'`).join('\n')}
`;

/**
 * Expert, two routers and a target, each in a namespace. `r1` and `target` are nft rules after the word `tcp`, for what
 * router 1 forwards and for what the target says.
 */
export const openPath = async (r1: readonly string[], target: readonly string[]): Promise<Namespaces> => {
  const spaces = await Namespaces.open(['expert', 'r1', 'r2', 'target']);
  const cable = (link: number, from: string, to: string): Promise<string> =>
    spaces.shell(from, `ip link add link${link} type veth peer name link${link} netns ${spaces.nameOf(to)}`);
  try {
    await cable(1, 'expert', 'r1');
    await cable(2, 'r1', 'r2');
    await cable(3, 'r2', 'target');
    await Promise.all([
      spaces.shell('expert', `${PLAIN}${port(1, 1)}`),
      spaces.shell('r1', `${PLAIN}${port(1, 2)}${port(2, 1)}`),
      spaces.shell('r2', `${PLAIN}${port(2, 2)}${port(3, 1)}`),
      spaces.shell('target', `${PLAIN}${port(3, 2)}`),
    ]);
    await spaces.shell('expert', via(1, 2, 'default'));
    await spaces.shell('r1', `${via(2, 2, '10.71.3.0/24')}${rules('forward', r1)}`);
    await spaces.shell('r2', via(2, 1, '10.71.1.0/24'));
    await spaces.shell('target', `${via(3, 1, 'default')}${rules('output', target)}`);
    return spaces;
  } catch (error) {
    await spaces.close();
    throw error;
  }
};

/** A command that runs the rest of its line at the expert's, as user nobody and without a single capability. */
export const asNobody = (spaces: Namespaces): readonly string[] => [
  ...['ip', 'netns', 'exec', spaces.nameOf('expert')],
  ...[
    'setpriv',
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    '--inh-caps=-all',
    '--bounding-set=-all',
  ],
];

/** Starts a script of this folder at the target's and waits for its first word. */
export const startAtTarget = async (spaces: Namespaces, script: string): Promise<void> => {
  const command = [
    'netns',
    'exec',
    spaces.nameOf('target'),
    process.execPath,
    join(import.meta.dirname, script),
  ];
  const child = spawn('ip', command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
    child.stdout.once('data', () => resolve());
  });
};

import { accessSync, constants } from 'node:fs';
import { finish } from './shell.ts';

/** Programs that a part of the lab stands on, with the Debian package that brings them. */
const PARTS = {
  namespaces: { programs: ['ip', 'nft', 'unshare', 'mount'], from: 'iproute2 nftables util-linux' },
  samba: { programs: ['samba-dcerpcd'], from: 'samba' },
  xrdp: { programs: ['xrdp', 'openssl'], from: 'xrdp openssl' },
  credssp: { programs: ['freerdp-shadow-cli', 'Xvfb'], from: 'freerdp2-shadow-x11 xvfb' },
  delay: { programs: ['cc'], from: 'gcc libc6-dev' },
  'iptables-nft': { programs: ['iptables-nft', 'ip6tables-nft'], from: 'iptables' },
  'iptables-legacy': { programs: ['iptables-legacy', 'ip6tables-legacy'], from: 'iptables' },
  nmap: { programs: ['nmap'], from: 'nmap' },
} as const;

export type Part = keyof typeof PARTS;

/** Debian keeps the lab's programs here; /usr/sbin is not on everybody's PATH. */
const FOLDERS = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/usr/libexec/samba',
];

/** Where a program is, or null. */
export const findProgram = (name: string): string | null => {
  for (const folder of FOLDERS) {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return `${folder}/${name}`;
    } catch {}
  }
  return null;
};

/** Why a part of the lab cannot be built on this machine, or null. */
export const whyMissing = (part: Part): string | null => {
  const { programs, from } = PARTS[part];
  const absent = programs.filter((name) => findProgram(name) === null);
  return absent.length === 0 ? null : `${absent.join(', ')} not installed (Debian: ${from})`;
};

/** Why no lab can be built here at all, or null. Makes a namespace of its own to find out, and removes it. */
export const whyNoLab = async (): Promise<string | null> => {
  if (process.platform !== 'linux') return `network namespaces need Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const missing = whyMissing('namespaces');
  if (missing) return missing;
  const { code, stderr } = await finish('unshare', ['-n', 'nft', 'add', 'table', 'inet', 'lab']);
  return code === 0
    ? null
    : `this kernel or container does not let us filter in a namespace: ${stderr.trim()}`;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a lab that was skipped is a failure: in CI, and where RA_LAB=require says so. */
export const isRequired = (env: Environment): boolean =>
  env['RA_LAB'] === 'require' || (env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false');

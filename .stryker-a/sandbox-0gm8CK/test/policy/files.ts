import { readPolicy } from '../../src/policy/read/read.ts';
import type { PolicyFile, Source } from '../../src/policy/setting.ts';

export const SOURCE: Source = { file: 'a.pol', gpo: null, precedence: null };

export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** An entry of Registry.pol as MS-GPREG 2.2.1 writes it, made apart from the writers that ship. */
export const entry = (key: string, name: string, type: number, data: Buffer, size = data.length): Buffer =>
  Buffer.concat([
    utf16(`[${key}\0;${name}\0;`),
    number(type),
    utf16(';'),
    number(size),
    utf16(';'),
    data,
    utf16(']'),
  ]);

export const pol = (...entries: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('PReg'), number(1), ...entries]);

export const TS = 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
export const FW = 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall';
export const OLE = 'SOFTWARE\\Microsoft\\Ole';

export const dword = (key: string, name: string, value: number): Buffer => entry(key, name, 4, number(value));
export const sz = (key: string, name: string, text: string): Buffer =>
  entry(key, name, 1, utf16(`${text}\0`));

/** Reads a file as the command does. */
export const read = (bytes: Uint8Array | string, source: Partial<Source> = {}): PolicyFile =>
  readPolicy(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, { ...SOURCE, ...source }, 'HKLM');

/** A firewall rule of group policy. */
export const rule = (id: string, fields: string): Buffer =>
  sz(`${FW}\\FirewallRules`, id, `v2.30|${fields}|`);

const IN = 'Dir=In|Protocol=6';
export const RULES = {
  mapper: `Action=Allow|Active=TRUE|${IN}|Profile=Domain|LPort=135|App=%SystemRoot%\\system32\\svchost.exe|Svc=rpcss`,
  raserver: `Action=Allow|Active=TRUE|${IN}|Profile=Domain|App=%SystemRoot%\\system32\\raserver.exe`,
  msra: `Action=Allow|Active=TRUE|${IN}|Profile=Domain|Profile=Private|App=%SystemRoot%\\system32\\msra.exe`,
};

/** The entries that let offers through on Windows Vista and later, by what they are for. */
export const VISTA: Readonly<Record<string, readonly Buffer[]>> = {
  offers: [dword(TS, 'fAllowUnsolicited', 1)],
  control: [dword(TS, 'fAllowUnsolicitedFullControl', 1)],
  helpers: [sz(`${TS}\\RAUnsolicit`, 'CONTOSO\\Helpdesk', 'CONTOSO\\Helpdesk')],
  dcom: [sz(OLE, 'EnableDCOM', 'Y')],
  mapper: [rule('RemoteAssistance-DCOM-In-TCP-NoScope-Active', RULES.mapper)],
  raserver: [rule('RemoteAssistance-RAServer-In-TCP-NoScope-Active', RULES.raserver)],
  msra: [rule('RemoteAssistance-In-TCP-EdgeScope-Active', RULES.msra)],
};

const DOMAIN = `${FW}\\DomainProfile`;
const listed = (list: string, text: string): Buffer => sz(`${DOMAIN}\\${list}\\List`, text, text);

/** The same for Windows XP SP2. */
export const XP: Readonly<Record<string, readonly Buffer[]>> = {
  offers: [dword(TS, 'fAllowUnsolicited', 1)],
  control: [dword(TS, 'fAllowUnsolicitedFullControl', 1)],
  helpers: [sz(`${TS}\\RAUnsolicit`, 'CONTOSO\\Helpdesk', 'CONTOSO\\Helpdesk')],
  dcom: [sz(OLE, 'EnableDCOM', 'Y')],
  connections: [dword(TS, 'fDenyTSConnections', 0)],
  ports: [dword(`${DOMAIN}\\GloballyOpenPorts`, 'Enabled', 1)],
  programs: [dword(`${DOMAIN}\\AuthorizedApplications`, 'Enabled', 1)],
  mapper: [listed('GloballyOpenPorts', '135:TCP:*:Enabled:Offer Remote Assistance')],
  sessmgr: [listed('AuthorizedApplications', '%WINDIR%\\SYSTEM32\\Sessmgr.exe:*:Enabled:Remote Assistance')],
  helpsvc: [
    listed(
      'AuthorizedApplications',
      '%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpsvc.exe:*:Enabled:Offer Remote Assistance',
    ),
  ],
  helpctr: [
    listed(
      'AuthorizedApplications',
      '%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpctr.exe:*:Enabled:Remote Assistance – Windows Messenger and Voice',
    ),
  ],
};

/** A Registry.pol of parts, of which some are replaced or left out. */
export const polOf = (
  parts: Readonly<Record<string, readonly Buffer[]>>,
  changes: Readonly<Record<string, readonly Buffer[]>> = {},
): Buffer => pol(...Object.values({ ...parts, ...changes }).flat());

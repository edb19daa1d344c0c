import { entry, FW, sz, utf16 } from './files.ts';

export const DOMAIN = `${FW}\\DomainProfile`;

export const DCOM = 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\DCOM';

export const RPC = 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\Rpc';

export const INTERNET = 'SOFTWARE\\Microsoft\\Rpc\\Internet';

export const list = (name: string, key: string, ...items: readonly string[]) =>
  entry(key, name, 7, utf16(`${items.map((item) => `${item}\0`).join('')}\0`));

export const exception = (kind: 'GloballyOpenPorts' | 'AuthorizedApplications', text: string) =>
  sz(`${DOMAIN}\\${kind}\\List`, text, text);

export const internet = (ports: readonly string[], available: string, use: string) => [
  list('Ports', INTERNET, ...ports),
  sz(INTERNET, 'PortsInternetAvailable', available),
  sz(INTERNET, 'UseInternetPorts', use),
];

export type Parts = Readonly<Record<string, readonly Buffer[]>>;

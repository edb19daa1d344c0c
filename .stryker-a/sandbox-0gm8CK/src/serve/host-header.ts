import { isLoopbackHost, readIp } from '../ip/ip.ts';

/** Whether it means all addresses of the machine. */
export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

const OURS = ['localhost', '127.0.0.1', '::1'];

/**
 * Says of a Host header whether it names this server. A page elsewhere can point a name of its own at our address (DNS
 * rebinding) but cannot choose an address as its name: on all addresses of a machine any address literal will do. The
 * port is not looked at: a tunnel may have changed it, and it protects nothing.
 */
export const hostCheck = (
  host: string,
  names: readonly string[],
): ((header: string | undefined) => boolean) => {
  const known = new Set(
    [host, ...names, ...(isLoopbackHost(host) || isWildcard(host) ? OURS : [])].map((name) =>
      name.toLowerCase(),
    ),
  );
  return (header) => {
    const parts = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::\d{1,5})?$/i.exec(header ?? '');
    if (!parts) return false;
    const [, six, name = ''] = parts;
    const asked = (six ?? name).toLowerCase().replace(/\.$/, '');
    return known.has(asked) || (isWildcard(host) && (six !== undefined || readIp(asked)?.family === 4));
  };
};

/** The address to type into a browser. All addresses become the loopback address of their family. */
export const urlOf = (host: string, port: number): string => {
  const name = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/`;
};

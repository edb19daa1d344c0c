import { UsageError } from '../model/fault.ts';
import { DYNAMIC_PORTS, type PortRange } from '../model/target.ts';
import { quoted } from '../text/quoted.ts';

const EXPECTED = 'expected one range like 49152-65535 within 1025-65535, or one port';

const parsePort = (part: string, text: string): number => {
  if (!/^\d{1,5}$/.test(part)) throw new UsageError(`port range ${quoted(text)}: ${EXPECTED}`);
  const port = Number(part);
  if (port < 1 || port > 65_535) {
    throw new UsageError(`port range ${quoted(text)}: ${port} is not a TCP port (1-65535); ${EXPECTED}`);
  }
  return port;
};

/**
 * Reads the range in which a novice allocates dynamic RPC ports: `49152-65535` or a single port, above 1024 as KB301527
 * says. One range, as `netsh int ipv4 show dynamicport` and the usual KB300083 setting give one. Throws UsageError.
 */
export const parsePortRange = (text: string): PortRange => {
  const [first = '', last, ...rest] = text.split('-').map((part) => part.trim());
  if (rest.length > 0) throw new UsageError(`port range ${quoted(text)}: ${EXPECTED}`);
  const from = parsePort(first, text);
  const to = last === undefined ? from : parsePort(last, text);
  if (from > to) throw new UsageError(`port range ${quoted(text)}: is reversed, did you mean ${to}-${from}?`);
  if (from < DYNAMIC_PORTS.from) {
    throw new UsageError(`port range ${quoted(text)}: dynamic RPC ports are above 1024; ${EXPECTED}`);
  }
  return { from, to };
};

import type { RequiredException } from '../required.ts';
import type { FirewallRule } from '../setting.ts';
import { programPath } from './exception-list.ts';

const TCP = 6;
/** Dynamic ports of Windows Vista and later (KB929851). */
const DYNAMIC = { from: 49_152, to: 65_535 };

/** How much of what an offer needs a rule speaks of: all of it, some, or nothing. */
export type Reach = 'all' | 'some' | 'none';

interface Span {
  readonly from: number;
  readonly to: number;
}

const spanOf = (text: string): Span | null => {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim());
  return match ? { from: Number(match[1]), to: Number(match[2] ?? match[1]) } : null;
};

const portReach = ({ localPorts }: FirewallRule, { port }: RequiredException): Reach => {
  if (localPorts === null) return 'all';
  const words = localPorts.map((text) => text.toLowerCase());
  const spans = localPorts.flatMap((text) => spanOf(text) ?? []);
  if (port !== null) {
    const named = words.includes('rpc-epmap') || spans.some(({ from, to }) => from <= port && port <= to);
    return named ? 'all' : 'none';
  }
  // `RPC` are the ports that RPC servers took, as raserver.exe does; msra.exe listens for the session by itself.
  if (words.includes('rpc')) return 'all';
  const reaches = spans.filter(({ from, to }) => from <= DYNAMIC.to && to >= DYNAMIC.from);
  if (reaches.some(({ from, to }) => from <= DYNAMIC.from && to >= DYNAMIC.to)) return 'all';
  return reaches.length > 0 ? 'some' : 'none';
};

/** Whether a rule speaks of TCP to the program and service that an offer needs. */
const isAbout = (rule: FirewallRule, exception: RequiredException): boolean => {
  if (rule.direction !== 'in' || (rule.protocol !== null && rule.protocol !== TCP)) return false;
  const wanted = exception.rule;
  if (wanted === null) return false;
  if (rule.program !== null && programPath(rule.program) !== programPath(wanted.program)) return false;
  const service = rule.service?.toLowerCase() ?? null;
  if (service === null) return true;
  return service === '*' ? wanted.service !== null : service === wanted.service;
};

/** How much of the connections of an exception a rule covers, whatever program makes them. */
export const reachOf = (rule: FirewallRule, exception: RequiredException): Reach =>
  isAbout(rule, exception) ? portReach(rule, exception) : 'none';

/** Whether a rule is the built-in one for this exception, by its name. */
export const isBuiltIn = (rule: FirewallRule, exception: RequiredException): boolean =>
  exception.rule !== null && rule.name.toLowerCase() === exception.rule.name.toLowerCase();

/** Whether a rule speaks of callers from anywhere. */
export const isForAll = ({ remoteAddresses, conditions }: FirewallRule): boolean =>
  remoteAddresses === null && conditions.length === 0;

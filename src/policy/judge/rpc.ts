import type { PolicyFinding } from '../../model/policy.ts';
import type { PolicyFacts } from '../policy-facts.ts';
import { KEYS } from '../required.ts';
import { REG, type SetValue } from '../setting.ts';
import { CONTROLS } from './controls.ts';
import { dataWords, dwordOf, finding, type Judge, placeOf, sourceOf, wrongType } from './finding.ts';

const CLIENTS = 'Restrict Unauthenticated RPC clients';
const MAPPER = 'Enable RPC Endpoint Mapper Client Authentication';
const PORTS = 'RPC port restriction (HKLM\\SOFTWARE\\Microsoft\\Rpc\\Internet)';

const clients: Judge = ({ facts }) => {
  const found = facts.find(KEYS.rpc, 'RestrictRemoteClients');
  const where = placeOf(KEYS.rpc, 'RestrictRemoteClients');
  const common = { setting: CLIENTS, where, source: sourceOf(found), expected: '0 or 1' };
  if (!found.value)
    return [
      finding({
        ...common,
        code: facts.isLocalised ? 'localised-report' : 'rpc-clients-accepted',
        state: facts.isLocalised ? 'unknown' : 'ok',
        text: facts.isLocalised
          ? `${CLIENTS} is not known: localised report, give Registry.pol.`
          : 'No policy sets it; neither default stops offers.',
        decides: facts.isLocalised,
      }),
    ];
  const value = dwordOf(found.value);
  if (value === null) return [wrongType(found.value, CLIENTS, REG.dword, false)];
  if (value < 2)
    return [
      finding({
        ...common,
        code: 'rpc-clients-accepted',
        state: 'ok',
        value: String(value),
        control: value === 1 ? CONTROLS.rpcAuthenticated : null,
        text:
          value === 1
            ? 'Authenticated callers only, with the exceptions that DCOM asks for: offers authenticate.'
            : 'All RPC callers are accepted.',
      }),
    ];
  return [
    finding({
      ...common,
      code: 'rpc-clients-refused',
      state: 'unknown',
      value: String(value),
      text: 'Authenticated callers only, without exceptions. DCOM asks the resolver without authentication (MS-DCOM 3.2.4.1.2.1), so offers may fail; Microsoft warns of this value.',
      remedy: 'Set it to 1 (Authenticated), which the security baselines ask for, and restart.',
      decides: true,
    }),
  ];
};

const mapper: Judge = ({ facts }) => {
  const { value } = facts.find(KEYS.rpc, 'EnableAuthEpResolution');
  if (!value) return [];
  return [
    finding({
      code: 'mapper-authentication',
      state: 'ok',
      setting: MAPPER,
      source: value.source,
      value: dataWords(value.data),
      where: placeOf(KEYS.rpc, 'EnableAuthEpResolution'),
      control: value.data === 1 ? CONTROLS.mapperAuthentication : null,
      text: 'It counts for calls that this computer makes, and does not stop offers to it.',
    }),
  ];
};

/** Fewest ports, and the lowest that may be among them: KB154596 asks for ports above 5000, and takes 5000-6000 itself. */
const FEWEST = 100;
const LOWEST = 5000;
const HIGHEST = 65_535;

interface Span {
  readonly from: number;
  readonly to: number;
}

const spanOf = (text: string): Span | null => {
  const match = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(text);
  if (!match) return null;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from <= to && to <= HIGHEST ? { from, to } : null;
};

/** The same ports in order, without overlaps. */
const merged = (spans: readonly Span[]): Span[] => {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && span.from <= last.to + 1)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else result.push(span);
  }
  return result;
};

/** All other ports. RPC servers take none below 1025 by themselves. */
const others = (spans: readonly Span[]): Span[] => {
  const result: Span[] = [];
  let next = 1025;
  for (const { from, to } of spans) {
    if (from > next) result.push({ from: next, to: from - 1 });
    next = Math.max(next, to + 1);
  }
  return next <= HIGHEST ? [...result, { from: next, to: HIGHEST }] : result;
};

/** `5000-5199, 6000` */
export const spanWords = (spans: readonly Span[]): string =>
  spans.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');

const yesNo = (value: SetValue | null): boolean | null => {
  const text = typeof value?.data === 'string' ? value.data.trim().toUpperCase() : '';
  if (text === 'Y') return true;
  return text === 'N' ? false : null;
};

/** What the three values of `Rpc\Internet` say together. */
export type PortRestriction =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'ports'; readonly spans: readonly Span[] };

/**
 * Which ports RPC servers take (KB300083, KB154596). The ports are those for the Internet or, with PortsInternetAvailable = N, those
 * that are not; servers use the first kind with UseInternetPorts = Y, else the other.
 */
export const portRestriction = (facts: PolicyFacts): PortRestriction => {
  const [ports, available, use] = ['Ports', 'PortsInternetAvailable', 'UseInternetPorts'].map(
    (name) => facts.find(KEYS.rpcInternet, name).value,
  );
  if (!ports && !available && !use) return { kind: 'none' };
  if (!ports) return { kind: 'invalid', why: 'there is no value Ports' };
  if (ports.type !== REG.multiSz || !Array.isArray(ports.data))
    return { kind: 'invalid', why: 'Ports is not a REG_MULTI_SZ' };
  const texts: readonly string[] = ports.data;
  const bad = texts.find((text) => spanOf(text) === null);
  if (bad !== undefined)
    return { kind: 'invalid', why: `'${dataWords(bad)}' is neither a port nor a range of ports` };
  if (texts.length === 0) return { kind: 'invalid', why: 'Ports is empty' };
  const [isInternet, usesInternet] = [yesNo(available ?? null), yesNo(use ?? null)];
  if (isInternet === null) return { kind: 'invalid', why: 'PortsInternetAvailable is neither Y nor N' };
  if (usesInternet === null) return { kind: 'invalid', why: 'UseInternetPorts is neither Y nor N' };
  const listed = merged(texts.flatMap((text) => spanOf(text) ?? []));
  const spans = isInternet === usesInternet ? listed : others(listed);
  return spans.length === 0
    ? { kind: 'invalid', why: 'no port is left for RPC servers' }
    : { kind: 'ports', spans };
};

const ports: Judge = ({ facts }) => {
  const found = facts.find(KEYS.rpcInternet, 'Ports');
  const restriction = portRestriction(facts);
  const common = {
    setting: PORTS,
    where: placeOf(KEYS.rpcInternet, 'Ports'),
    source: sourceOf(found),
    value: found.value ? dataWords(found.value.data) : null,
  };
  if (restriction.kind === 'none')
    return [
      finding({
        ...common,
        code: 'rpc-ports-default',
        state: 'ok',
        text: 'RPC servers are not restricted to ports by these files.',
      }),
    ];
  if (restriction.kind === 'invalid')
    return [
      finding({
        ...common,
        code: 'rpc-ports-invalid',
        state: 'wrong',
        expected: 'ports or ranges from 0 to 65535, and Y or N for the two switches',
        text: `The whole setting is invalid, for ${restriction.why}: RPC servers cannot listen over TCP (KB154596).`,
        remedy: 'Correct the entry, or delete the key, and restart.',
        decides: true,
      }),
    ];
  const { spans } = restriction;
  const count = spans.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const result: PolicyFinding[] = [
    finding({
      ...common,
      code: 'rpc-ports-restricted',
      state: 'ok',
      text: `RPC servers take the ports ${spanWords(spans.slice(0, 8))}: the network must let these through, and TCP 135. On Vista and later the session itself uses the dynamic ports of netsh.`,
      decides: true,
    }),
  ];
  const lowest = spans[0]?.from ?? 0;
  if (count < FEWEST || lowest < LOWEST)
    result.push(
      finding({
        ...common,
        code: 'rpc-ports-few',
        state: 'wrong',
        expected: `at least ${FEWEST} ports from ${LOWEST} on`,
        text: `${count} ports from ${lowest} on; Microsoft asks for at least ${FEWEST}, none below ${LOWEST} (KB154596), or RPC servers may run out of them.`,
        remedy: 'Widen the range.',
      }),
    );
  return result;
};

/** What the policy says about RPC. */
export const RPC: readonly Judge[] = [clients, mapper, ports];

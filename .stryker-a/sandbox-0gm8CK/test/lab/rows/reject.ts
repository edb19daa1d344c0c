import type { PortReason } from '../../../src/model/reply.ts';
import { type Place, type Row, type Rule, r1, r2 } from '../row.ts';
import { HEALTHY, over6, UNREACHABLE, WITHOUT_135, WITHOUT_BLOCK } from './common.ts';

const AT = { r1, r2 } as const;

/** What the node wire says of a filter that looks like the host's own refusal. */
const LOOKS_CLOSED = {
  knownLimit:
    'an ICMP port unreachable becomes ECONNREFUSED, as does a TCP reset: the port looks closed by the host',
  confidence: 'likely',
  ports: { 135: 'closed conn-refused' },
} as const;

/**
 * Without delay a router's answer would come back inside of connect() itself, where Linux keeps an ICMPv6 error until the
 * second SYN, a second later. No real link is that fast, so IPv6 is rejected behind one that takes its time.
 */
const AWAY = '10ms';

/** What every rejection loses on the node wire, whatever its code. */
const ERRNO_ONLY = 'only an errno tells of the rejection: nobody knows who sent it';

/** TCP 135 rejected with an ICMP error of one kind; `seen` is what its errno still tells, when that is less. */
const rejected = (
  at: 'r1' | 'r2',
  family: 4 | 6,
  code: string,
  reason: PortReason,
  seen?: { readonly reason: PortReason; readonly why: string },
): Row => ({
  name: `reject-${code}${family === 6 ? '-v6' : ''}`,
  about: `router ${at[1]} rejects TCP 135 with ICMP${family === 6 ? 'v6' : ''} ${code}`,
  host: 'server',
  family,
  ...(family === 6 ? { way: AWAY } : {}),
  rules: [AT[at](`$to tcp dport 135 reject with ${family === 4 ? 'icmp' : 'icmpv6'} type ${code}`)],
  expect: {
    ...WITHOUT_135,
    confidence: 'proven',
    ports: { ...WITHOUT_135.ports, 135: `filtered ${reason} from ${at}` },
    filters: [`135 icmp after ${at} by ${at}`],
  },
  node:
    reason === 'port-unreach'
      ? LOOKS_CLOSED
      : {
          knownLimit: seen ? `${ERRNO_ONLY}, and ${seen.why}` : ERRNO_ONLY,
          confidence: 'likely',
          ...(seen ? { ports: { 135: `filtered ${seen.reason}` } } : {}),
        },
});

const netOnly = { reason: 'net-unreach', why: 'codes 0 and 9 both become ENETUNREACH' } as const;
const hostOnly = { reason: 'host-unreach', why: 'codes 1, 10 and 13 all become EHOSTUNREACH' } as const;

/** The block 50000-54999 of WITHOUT_BLOCK, stopped by an answer instead of by silence. */
const blocked = (name: string, about: string, rule: Rule, said: 'reset' | PortReason, by: Place): Row => ({
  name,
  about,
  host: 'server',
  rules: [rule],
  expect: {
    ...WITHOUT_BLOCK,
    ports: {
      ...HEALTHY.ports,
      '50000-54999': `filtered ${said === 'reset' ? 'middlebox-reset' : said} from ${by}`,
    },
    // The sender of a reset is that router or the device behind it.
    filters: [said === 'reset' ? `50000-54999 reset after ${by}` : `50000-54999 icmp after ${by} by ${by}`],
  },
});

/** The same block to a wire that takes those answers for the host's: the most harmful of the known limits. */
const blockLooksClosed = {
  ...HEALTHY,
  ports: { '50000-54999': 'closed conn-refused' },
} as const;

const reset135: Row = {
  name: 'reset-135-r1',
  about: 'router 1 resets connections to TCP 135 in the name of the host',
  host: 'server',
  rules: [r1('$to tcp dport 135 reject with tcp reset')],
  expect: {
    ...WITHOUT_135,
    ports: { ...WITHOUT_135.ports, 135: 'filtered middlebox-reset from r1' },
    filters: ['135 reset after r1'],
  },
  node: {
    knownLimit: 'cannot see where a reset comes from: the port looks closed by the host',
    confidence: 'likely',
    ports: { 135: 'closed conn-refused' },
  },
};

const resetBlock2: Row = {
  ...blocked(
    'reset-block-r2',
    'router 2, the last before the host, resets connections to a block of the dynamic range',
    r2('$to tcp dport 50000-54999 reject with tcp reset'),
    'reset',
    'r2',
  ),
  node: { ...blockLooksClosed, knownLimit: 'cannot see where a reset comes from' },
};

const ADMIN = 'filtered admin-prohibited from r2';

const rejectAll: Row = {
  name: 'reject-all',
  about: 'router 2 forbids all TCP: the word of a filter, although nothing of the host was ever seen',
  host: 'server',
  way: AWAY,
  rules: [r2('$to meta l4proto tcp reject with icmpx type admin-prohibited')],
  expect: {
    verdict: 'blocked',
    confidence: 'proven',
    generation: 'unknown',
    requirements: { 'endpoint-mapper': 'fail', 'remote-desktop': 'fail', 'dynamic-rpc': 'fail' },
    ports: { 135: ADMIN, 3389: ADMIN, rest: ADMIN },
    filters: ['135-65535 icmp after r2 by r2'],
  },
};

const iptables = (at: 'r1' | 'r2' | 'host', flavour: 'nft' | 'legacy', rule: string): Rule => ({
  at,
  iptables: flavour,
  rule,
});

/** Filters that answer: ICMP errors and forged resets. */
export const rejectRows: readonly Row[] = [
  rejected('r1', 4, 'net-unreachable', 'net-unreach'),
  rejected('r2', 4, 'host-unreachable', 'host-unreach'),
  rejected('r1', 4, 'prot-unreachable', 'proto-unreach'),
  rejected('r2', 4, 'port-unreachable', 'port-unreach'),
  rejected('r1', 4, 'net-prohibited', 'net-prohibited', netOnly),
  rejected('r2', 4, 'host-prohibited', 'host-prohibited', hostOnly),
  rejected('r1', 4, 'admin-prohibited', 'admin-prohibited', hostOnly),
  rejected('r2', 6, 'no-route', 'net-unreach'),
  rejected('r2', 6, 'admin-prohibited', 'admin-prohibited'),
  rejected('r2', 6, 'addr-unreachable', 'host-unreach'),
  rejected('r2', 6, 'port-unreachable', 'port-unreach'),
  rejected('r2', 6, 'policy-fail', 'admin-prohibited'),
  rejected('r2', 6, 'reject-route', 'admin-prohibited'),
  {
    ...blocked(
      'reject-block-r1',
      'router 1 rejects a block of the dynamic range as administratively prohibited',
      r1('$to tcp dport 50000-54999 reject with icmp type admin-prohibited'),
      'admin-prohibited',
      'r1',
    ),
    node: {
      knownLimit: `${ERRNO_ONLY}, and ${hostOnly.why}`,
      confidence: 'likely',
      ports: { '50000-54999': 'filtered host-unreach' },
    },
  },
  {
    ...blocked(
      'reject-block-quietly-r2',
      'router 2 rejects a block of the dynamic range as if nothing listened there (port unreachable)',
      r2('$to tcp dport 50000-54999 reject with icmp type port-unreachable'),
      'port-unreach',
      'r2',
    ),
    node: { ...blockLooksClosed, knownLimit: LOOKS_CLOSED.knownLimit },
  },
  reset135,
  over6(reset135),
  {
    ...blocked(
      'reset-block-r1',
      'router 1 resets connections to a block of the dynamic range',
      r1('$to tcp dport 50000-54999 reject with tcp reset'),
      'reset',
      'r1',
    ),
    node: {
      ...blockLooksClosed,
      knownLimit: 'cannot see where a reset comes from: the block looks as if the host refused it',
    },
  },
  {
    ...reset135,
    name: 'reset-135-r2',
    about: 'router 2, the last before the host, resets connections to TCP 135',
    rules: [r2('$to tcp dport 135 reject with tcp reset')],
    expect: {
      ...WITHOUT_135,
      ports: { ...WITHOUT_135.ports, 135: 'filtered middlebox-reset from r2' },
      filters: ['135 reset after r2'],
    },
  },
  resetBlock2,
  {
    ...rejectAll,
    node: {
      knownLimit: `${hostOnly.why}: a ban on everything and a host that is gone look the same`,
      ...UNREACHABLE,
      confidence: 'likely',
      ports: { 135: 'filtered host-unreach', 3389: 'filtered host-unreach', rest: 'filtered host-unreach' },
    },
  },
  { ...over6(rejectAll), node: { knownLimit: ERRNO_ONLY, confidence: 'likely' } },
  {
    name: 'iptables-drop-legacy',
    about: 'router 1 drops TCP 135, written for the old iptables',
    host: 'server',
    rules: [iptables('r1', 'legacy', '-A FORWARD -d $address -p tcp --dport 135 -j DROP')],
    expect: { ...WITHOUT_135, filters: ['135 drop after r1'] },
  },
  {
    name: 'iptables-reject-default',
    about: 'router 1 rejects TCP 135 as iptables does when it is not told how: port unreachable',
    host: 'server',
    rules: [iptables('r1', 'nft', '-A FORWARD -d $address -p tcp --dport 135 -j REJECT')],
    expect: {
      ...WITHOUT_135,
      ports: { ...WITHOUT_135.ports, 135: 'filtered port-unreach from r1' },
      filters: ['135 icmp after r1 by r1'],
    },
    node: LOOKS_CLOSED,
  },
  {
    name: 'iptables-reject-default-v6',
    about: 'router 2 rejects TCP 135 over IPv6 with the default of ip6tables',
    host: 'server',
    family: 6,
    way: AWAY,
    rules: [iptables('r2', 'legacy', '-A FORWARD -d $address -p tcp --dport 135 -j REJECT')],
    expect: {
      ...WITHOUT_135,
      ports: { ...WITHOUT_135.ports, 135: 'filtered port-unreach from r2' },
      filters: ['135 icmp after r2 by r2'],
    },
    node: LOOKS_CLOSED,
  },
  {
    name: 'iptables-reset',
    about: 'router 1 resets connections to TCP 135, by iptables',
    host: 'server',
    rules: [
      iptables('r1', 'legacy', '-A FORWARD -d $address -p tcp --dport 135 -j REJECT --reject-with tcp-reset'),
    ],
    expect: reset135.expect,
    ...(reset135.node ? { node: reset135.node } : {}),
  },
];

import { output, type Row, type Rule, r1, r2 } from '../row.ts';
import { over6 } from './common.ts';

/** The host answers nothing where nobody listens, as a Windows client with its firewall on. */
const STEALTH = output('$from tcp flags & rst == rst drop');

/** What happens to connections to these ports is done on the host itself, before its own listeners: a proxy next to it. */
const redirect = (ports: string, to: number): Rule => ({
  at: 'host',
  iptables: 'nft',
  rule: `-t nat -A PREROUTING -d $address -p tcp --dport ${ports} -j DNAT --to-destination $address:${to}`,
});

const THERE = 'ip saddr . tcp sport . tcp dport';
const BACK = 'ip daddr . tcp dport . tcp sport';

/** A firewall with state: a packet of a connection that it does not know, or not any more, is dropped. */
const FORGETS: readonly Rule[] = [
  `$to tcp flags & (syn | ack) == syn update @$flows { ${THERE} timeout 30s } accept`,
  `$to ${THERE} @$flows update @$flows { ${THERE} timeout 30s } accept`,
  `$from ${BACK} @$flows update @$flows { ${BACK} timeout 30s } accept`,
  '$to meta l4proto tcp drop',
  '$from meta l4proto tcp drop',
].map(r1);

const CLEAR: Row = {
  name: 'responder-clear',
  about: 'a stealthy host with a responder, and nothing is filtered',
  host: 'responder',
  rules: [STEALTH],
  responder: {},
  expect: {
    verdict: 'ready',
    confidence: 'proven',
    byGeneration: { 'xp-2003': 'ready', 'vista-or-later': 'ready' },
    requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'pass' },
    ranges: ['about 1025-65535 reachable'],
    filters: [],
    because: ['responder-path-proven'],
    says: ['Network path proven', 'per program'],
    noRemedyAt: 'network',
  },
};

const BLOCKED = {
  verdict: 'blocked',
  byGeneration: { 'vista-or-later': 'blocked' },
  requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'fail' },
  stretches: ['50000-54999 filtered', '1025-49999 reachable', '55000-65535 reachable'],
} as const;

const blocked = (
  name: string,
  about: string,
  rules: readonly Rule[],
  expect: Partial<Row['expect']>,
): Row => ({
  ...CLEAR,
  name,
  about,
  rules: [STEALTH, ...rules],
  expect: { ...BLOCKED, ...expect },
});

const FILTERED: Row = {
  ...blocked(
    'responder-drop-range',
    'a stealthy host with a responder behind a router that drops a part of the range',
    [r1('$to tcp dport 50000-54999 drop')],
    { confidence: 'proven', because: ['dynamic-dropped-on-way'] },
  ),
  node: {
    knownLimit: 'it cannot trace, so the responder alone shows the filter',
    because: ['responder-filtered'],
  },
};

const SYN_ACK = '$from tcp flags & (syn | ack) == (syn | ack) tcp sport 50000-54999 drop';

/** The rows in which a responder runs on the host; each is undetermined without one. */
export const responderRows: readonly Row[] = [
  CLEAR,
  over6(CLEAR),
  { ...CLEAR, name: 'responder-clear-far', about: 'the same, 150 ms away', way: '150ms' },
  FILTERED,
  over6(FILTERED),
  blocked(
    'responder-drop-modern',
    'the router drops all of 49152-65535',
    [r2('$to tcp dport 49152-65535 drop')],
    {
      confidence: 'proven',
      stretches: ['49152-65535 filtered', '1025-49151 reachable'],
      because: ['responder-filtered'],
    },
  ),
  blocked(
    'responder-drop-all',
    'the router drops every port above 1024, so nothing of the responder is heard',
    [r2('$to tcp dport > 1024 drop')],
    { confidence: 'weak', stretches: [], because: ['responder-filtered'] },
  ),
  {
    ...blocked(
      'responder-half-path',
      'one of two equal routers drops the range since Vista',
      [{ at: 'a', hook: 'forward', nft: '$to tcp dport 49152-65535 drop' }],
      {},
    ),
    way: 'twin',
    seeds: [1, 2, 3],
    expect: {
      verdict: 'blocked',
      byGeneration: { 'vista-or-later': 'blocked' },
      requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'fail' },
      multipath: ['a', 'b'],
    },
  },
  {
    ...blocked(
      'responder-proxy-accepts',
      'a transparent proxy accepts every port above 1024 and never says a word',
      [redirect('1025:65535', 1024)],
      { confidence: 'likely|weak', stretches: [], because: ['responder-intercepted'] },
    ),
    listen: { 1024: 'mute' },
  },
  {
    ...blocked(
      'responder-proxy-resets',
      'a SYN proxy accepts a part of the range and resets when data comes',
      [redirect('50000:54999', 1024)],
      { confidence: 'proven', because: ['responder-intercepted'] },
    ),
    listen: { 1024: 'reset' },
  },
  blocked('responder-syn-ack-lost', 'the router drops the replies of a part of the range', [r1(SYN_ACK)], {
    confidence: 'proven',
    because: ['responder-filtered'],
  }),
  {
    ...blocked(
      'responder-reset-range',
      'router 2 resets a part of the range, on which the responder listens',
      [r2('$to tcp dport 50000-54999 reject with tcp reset')],
      {
        confidence: 'proven',
        filters: ['50000-54999 reset after r2'],
        because: ['dynamic-reset-on-way'],
      },
    ),
    node: {
      knownLimit:
        'cannot see the TTL of a reset: that the responder listens there tells that it is not the host',
      confidence: 'likely',
      because: ['responder-reset'],
    },
  },
  {
    ...CLEAR,
    name: 'responder-nat',
    about: 'the address that the expert dials is translated into another one of the host',
    rules: [
      STEALTH,
      {
        at: 'r1',
        iptables: 'nft',
        rule: '-t nat -A PREROUTING -d $address -j DNAT --to-destination 10.77.64.250',
      },
    ],
    expect: {
      verdict: 'blocked',
      confidence: 'likely',
      requirements: { 'dynamic-rpc': 'pass' },
      because: ['address-translation', 'responder-path-proven'],
      says: ['10.77.64.250'],
    },
  },
  {
    ...CLEAR,
    name: 'responder-mtu-hole',
    about: 'packets of more than 1,300 bytes are lost both ways, without an ICMP error',
    rules: [STEALTH, r1('$to meta length > 1300 drop'), r1('$from meta length > 1300 drop')],
    expect: {
      verdict: 'blocked',
      confidence: 'proven',
      requirements: { 'dynamic-rpc': 'fail' },
      because: ['responder-large-lost'],
    },
  },
  {
    ...CLEAR,
    name: 'responder-idle-lost',
    about: 'router 1 forgets connections on which nothing is sent for 30 seconds',
    options: ['--idle'],
    rules: [STEALTH, ...FORGETS],
    expect: { ...CLEAR.expect, because: ['responder-path-proven', 'responder-idle-lost'] },
  },
  {
    ...CLEAR,
    name: 'responder-idle-kept',
    about: 'nothing is filtered, and connections survive an idle minute',
    options: ['--idle'],
    expect: { ...CLEAR.expect, because: ['responder-path-proven', '!responder-idle-lost'] },
  },
  {
    ...blocked(
      'responder-control-lost-there',
      'the responder tells over its control connection that nothing arrives in a part of its range',
      [r1('$to tcp dport 50000-50499 drop')],
      {
        confidence: 'proven',
        stretches: ['50000-50499 filtered', '50500-50999 reachable'],
        because: ['responder-lost-there'],
      },
    ),
    wires: ['node'],
    responder: { ports: '50000-50999', dials: 47_001 },
  },
  {
    ...blocked(
      'responder-control-lost-back',
      'the responder tells that connections arrive whose replies the router drops',
      [r1('$from tcp flags & (syn | ack) == (syn | ack) tcp sport 51000-51499 drop')],
      {
        confidence: 'proven',
        stretches: ['51000-51499 filtered', '51500-51999 reachable'],
        because: ['responder-lost-back'],
      },
    ),
    wires: ['linux'],
    responder: { ports: '51000-51999', dials: 47_002 },
  },
  {
    ...blocked(
      'responder-control-drop-all',
      'nothing of the host answers but its control connection, which it dials itself',
      [r2('$to tcp flags & (syn | ack) == syn drop')],
      { confidence: 'likely', because: ['responder-lost-there'] },
    ),
    wires: ['linux'],
    responder: { ports: '52000-52999', dials: 47_003 },
    expect: {
      verdict: 'blocked',
      confidence: 'likely',
      requirements: { 'dynamic-rpc': 'fail' },
      because: ['responder-lost-there'],
    },
  },
];

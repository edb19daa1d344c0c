import { input, output, type Row, type Rule, r1, r2 } from '../row.ts';
import { HEALTHY } from './common.ts';

const QUESTION = 'tcp flags & (syn|ack) == syn';
const most = (at: (nft: string) => Rule, what: string, rate: number): Rule =>
  at(`${what} limit rate over ${rate}/second burst ${rate} packets drop`);

/** Nothing is filtered: no finding, and no neighbour is said to be blocked or gone. */
const unfiltered = (name: string, about: string, rules: readonly Rule[]): Row => ({
  name: `audit-${name}`,
  about,
  host: 'server',
  remembers: true,
  rules,
  audit: { groups: [] },
  expect: {
    verdict: 'ready|undetermined',
    confidence: 'likely|weak',
    stretches: ['1025-65535 reachable'],
    filters: [],
    noRemedyAt: 'network',
  },
});

/** Shuts out who opens more than `burst` connections to all of them together, refilled at `rate`. */
const shutOut = (rate: string, burst: number): string[] => [
  '$to $source @$banned meta l4proto tcp drop',
  `$to ${QUESTION} limit rate over ${rate} burst ${burst} packets add @$banned { $source timeout 60s } drop`,
];

/** Sixteen neighbours at once: what one host would not show, and what all of them must agree on. */
export const neighbourRows: readonly Row[] = [
  unfiltered('open', 'sixteen healthy neighbours', []),
  unfiltered(
    'ban-r2',
    'router 2 shuts out who opens 100 connections in two seconds: the neighbours asked later look switched off',
    shutOut('50/second', 100).map(r2),
  ),
  unfiltered('ban-stealth', 'hosts that are silent where nothing listens, and shut out too: they look gone', [
    ...shutOut('20/minute', 60).map(input),
    input('$to tcp dport { 135, 3389, 49152-49200 } accept'),
    input('$to meta l4proto tcp drop'),
  ]),
  unfiltered(
    'limit-syn-50-r1',
    'router 1 passes 50 new connections a second for all of them together: all look filtered',
    [most(r1, `$to ${QUESTION}`, 50)],
  ),
  unfiltered('limit-rst-200-host', 'the hosts together send 200 resets a second', [
    most(output, '$from tcp flags & rst == rst', 200),
  ]),
  {
    name: 'audit-pinhole-r1',
    about:
      'router 1 passes 135, 3389 and what the mapper lists, and drops the rest: one host shows it, so it is so for all',
    host: 'server',
    rules: [r1('$to tcp dport != { 135, 3389, 49152-49200 } drop')],
    audit: { agree: true },
    expect: {
      verdict: 'ready|blocked|undetermined',
      ports: { ...HEALTHY.ports, rest: 'filtered no-response' },
    },
  },
  {
    name: 'audit-reset-half-r2',
    about:
      'router 2 resets everything of every second group of eight: hosts without RPC look the same but for the TTL',
    host: 'server',
    // A wire that cannot tell these resets from refusals finds no filter.
    wires: ['linux', 'syn'],
    rules: [r2('$to ip daddr & 0.0.0.8 == 0.0.0.8 reject with tcp reset')],
    audit: { groups: [['reset', 8]] },
    expect: { verdict: 'ready|blocked' },
  },
];

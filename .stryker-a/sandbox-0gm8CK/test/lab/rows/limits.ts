import { type Expectation, input, output, type Row, type Rule, r1, r2 } from '../row.ts';
import { over6, WITHOUT_BLOCK } from './common.ts';

const QUESTION = 'tcp flags & (syn|ack) == syn';

interface Ban {
  /** New connections that are let pass at once, and then at what rate. */
  readonly burst?: number;
  readonly rate?: string;
  readonly seconds?: number;
  /** What happens to whoever is banned, and to which of their packets. */
  readonly fate?: string;
  readonly which?: string;
}

/** Whoever opens too many connections is shut out for a while. */
const ban = (
  at: (nft: string) => Rule,
  { burst = 20, rate = '20/minute', seconds = 60, fate = 'drop', which = 'meta l4proto tcp' }: Ban = {},
): Rule[] => [
  at(`$to $source @$banned ${which} ${fate}`),
  at(
    `$to ${QUESTION} limit rate over ${rate} burst ${burst} packets add @$banned { $source timeout ${seconds}s } ${fate}`,
  ),
];

const most = (at: (nft: string) => Rule, what: string, rate: number): Rule =>
  at(`${what} limit rate over ${rate}/second burst ${rate} packets drop`);

const OPEN = ['1025-65535 reachable'] as const;

/** Nothing is filtered. Only a port that answered before, asked again, tells that from ports that are dropped. */
const STOPPED: Expectation = {
  verdict: 'undetermined|ready',
  confidence: 'weak|likely',
  stretches: OPEN,
  filters: [],
  because: ['stopped-answering if undetermined'],
  noRemedyAt: 'network',
};

/** Questions that came too fast are lost; asked slowly, all of them are answered. */
const SLOWED: Expectation = {
  verdict: 'undetermined|ready',
  confidence: 'weak|likely',
  stretches: OPEN,
  filters: [],
  because: ['!dynamic-selective'],
  noRemedyAt: 'network',
};

const banned = (name: string, about: string, rules: readonly Rule[]): Row => ({
  name: `ban-${name}`,
  about,
  host: 'server',
  remembers: true,
  rules,
  expect: STOPPED,
});

const slowed = (name: string, about: string, rule: Rule): Row => ({
  name: `limit-${name}`,
  about,
  host: 'server',
  remembers: true,
  rules: [rule],
  expect: SLOWED,
});

const banAtHost = banned(
  '20-host',
  'the host shuts out for a minute who opens 20 connections: from then on every port looks dropped',
  ban(input),
);

const slowRouter = slowed(
  'syn-10-r1',
  'router 1 passes 10 new connections a second: what is lost looks like ports that are dropped',
  most(r1, `$to ${QUESTION}`, 10),
);

/** Networks that answer for a while: limits, and scan detection. */
export const limitRows: readonly Row[] = [
  banAtHost,
  over6(banAtHost),
  banned('20-r1', 'router 1 does the same: the silence looks like a filter in front of the host', ban(r1)),
  banned(
    '30-r2',
    'router 2 does so after 30 connections, most of the way through a sample',
    ban(r2, { burst: 30, rate: '30/minute' }),
  ),
  banned(
    '100-in-2s-r2',
    'router 2 does so after 100 connections in two seconds, as firewalls are delivered',
    ban(r2, { burst: 100, rate: '50/second' }),
  ),
  banned(
    '3s-host',
    'the host shuts out for three seconds: what is asked meanwhile looks dropped, what is asked later does not',
    ban(input, { seconds: 3 }),
  ),
  banned(
    'spares-135',
    'the host shuts out but for TCP 135, so that a control on 135 alone sees nothing',
    ban(input, { which: 'tcp dport != 135' }),
  ),
  banned(
    'icmp-r2',
    'router 2 rejects who opens 20 connections, in the words of a filter (prohibited)',
    ban(r2, { fate: 'reject with icmpx type admin-prohibited' }),
  ),
  {
    ...banned(
      'over-filter',
      'router 1 drops a block, and the host shuts out who asks too much: one silence is a filter, the other is not',
      [...ban(input), r1('$to tcp dport 50000-54999 drop')],
    ),
    expect: {
      verdict: 'undetermined|blocked',
      stretches: WITHOUT_BLOCK.ranges ?? [],
      because: ['stopped-answering if undetermined'],
    },
  },
  banned(
    'stealth',
    'a Windows host that is silent where nothing listens, and shuts out too: only its listeners can tell the two apart',
    [
      ...ban(input),
      input('$to tcp dport { 135, 3389, 49152-49200 } accept'),
      input('$to meta l4proto tcp drop'),
    ],
  ),
  slowRouter,
  over6(slowRouter),
  slowed(
    'syn-50-r1',
    'router 1 passes 50 new connections a second, fewer than a map asks',
    most(r1, `$to ${QUESTION}`, 50),
  ),
  slowed(
    'syn-200-r1',
    'router 1 passes 200 new connections a second, a little fewer than the default rate',
    most(r1, `$to ${QUESTION}`, 200),
  ),
  slowed(
    'rst-200-host',
    'the host sends 200 resets a second, as BSD and appliances do: a closed port that says nothing looks dropped',
    most(output, '$from tcp flags & rst == rst', 200),
  ),
];

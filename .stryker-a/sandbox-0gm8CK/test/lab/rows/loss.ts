import { type Row, type Rule, r1 } from '../row.ts';
import { HEALTHY, over6, WITHOUT_135, WITHOUT_BLOCK } from './common.ts';

/** Loses packets at random, each way. */
const lose = (percent: number): Rule[] =>
  ['$to', '$from'].map((match) => r1(`${match} numgen random mod 100 < ${percent} drop`));

const { confidence: _, ...healthy } = HEALTHY;

const loss1: Row = {
  name: 'loss-1',
  about: 'one packet in a hundred is lost, each way',
  host: 'server',
  lossy: true,
  rules: lose(1),
  expect: healthy,
};

/** A block that is really filtered, on a way that loses so much that many a silence beside it is none. */
const lossyBlock = (percent: number, how: 'drop' | 'reset'): Row => ({
  name: `loss-${percent}-${how}-block-edges`,
  about: `${percent} of 100 packets are lost each way, and router 1 ${how}s a block: what is called exact must be so`,
  host: 'server',
  lossy: true,
  seeds: [1, 2],
  rules: [
    ...lose(percent),
    r1(`$to tcp dport 55000-59999 ${how === 'drop' ? 'drop' : 'reject with tcp reset'}`),
  ],
  expect: {
    verdict: 'blocked',
    requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'fail' },
    stretches: ['1025-54999 reachable', '55000-59999 filtered', '60000-65535 reachable'],
  },
  ...(how === 'reset'
    ? {
        node: {
          knownLimit: 'cannot see the TTL of a reset: the block looks closed by the host',
          verdict: 'ready',
          requirements: { 'endpoint-mapper': 'pass', 'dynamic-rpc': 'pass' },
          stretches: ['1025-65535 reachable'],
        },
      }
    : {}),
});

/** Networks that lose packets without meaning it. */
export const lossRows: readonly Row[] = [
  lossyBlock(3, 'drop'),
  lossyBlock(3, 'reset'),
  lossyBlock(5, 'drop'),
  lossyBlock(5, 'reset'),
  loss1,
  over6(loss1),
  { ...loss1, name: 'loss-5', about: 'one packet in twenty is lost, each way', rules: lose(5) },
  {
    ...loss1,
    name: 'loss-5-150ms',
    about: 'one packet in twenty is lost, each way, 150 ms away',
    rules: lose(5),
    way: '150ms',
  },
  {
    ...loss1,
    name: 'loss-5-drop-135',
    about: 'one packet in twenty is lost, and router 1 drops TCP 135',
    rules: [...lose(5), r1('$to tcp dport 135 drop')],
    expect: WITHOUT_135,
  },
  {
    ...loss1,
    name: 'loss-1-drop-block',
    about: 'one packet in a hundred is lost, and router 1 drops a block: its edges are found all the same',
    rules: [...lose(1), r1('$to tcp dport 50000-54999 drop')],
    // A control that is lost leaves it likely.
    expect: { ...WITHOUT_BLOCK, confidence: 'proven|likely', filters: ['50000-54999 drop after r1'] },
  },
  {
    ...loss1,
    name: 'loss-1-drop-block-10ms',
    about: 'the same 10 ms away',
    way: '10ms',
    rules: [...lose(1), r1('$to tcp dport 50000-54999 drop')],
    expect: { ...WITHOUT_BLOCK, confidence: 'proven|likely' },
  },
  {
    ...loss1,
    name: 'loss-1-iptables',
    about: 'one packet in a hundred is lost, by the statistic match of iptables',
    rules: ['-d', '-s'].map((side) => ({
      at: 'r2',
      iptables: 'legacy',
      rule: `-A FORWARD ${side} $address -m statistic --mode random --probability 0.01 -j DROP`,
    })),
  },
];

import type { Random } from '../simulation/random.ts';
import { type Scenario, scenarioOf } from './load.ts';

const ROUTERS = ['10.0.1.1', '10.0.2.1', '10.0.3.1'] as const;
const SILENCES = ['silent 1', 'silent 2', 'silent 3', 'silent 6', 'silent 9', 'silent 12'] as const;

type Words = readonly [string, ...string[]];

/** Answers by kind, in the words of notation.ts. */
const ANSWERS: readonly [Words, ...Words[]] = [
  ['accepted', 'accepted'],
  ['accepted spoke', 'accepted refused', 'accepted foreign', 'accepted mute', 'accepted hung-up'],
  ['accepted keyed', 'accepted keyed large lost-there', 'accepted keyed large lost-back idle lost'],
  ['refused', 'refused target', 'refused own'],
  ['refused alien', 'refused alien 10.0.2.1', 'refused middlebox 10.0.1.1', 'refused middlebox'],
  ['rejected 13 from 10.0.1.1', 'rejected 13 from 10.9.0.7', 'rejected 9 from 10.0.2.1 x3'],
  [
    'rejected 1 from 10.0.3.1',
    'rejected 0 from 10.0.1.1 x3',
    'rejected 11/0 from 10.0.2.1',
    'rejected EHOSTUNREACH',
  ],
  SILENCES,
  SILENCES,
  [
    'accepted spoke x12 flows 4/8',
    'accepted x9 flows 7/8 over 10.0.2.1',
    'accepted spoke x64 flows 20/64 beside 64',
  ],
  ['accepted spoke x6 lost 5', 'accepted spoke x4 lost 2', 'refused own x3 lost 2'],
  ['fault no-route', 'fault descriptors'],
];

/** What comes back where no host is. */
const NOTHING: Words = [
  ...SILENCES,
  'rejected 1 from 10.0.3.1',
  'rejected 1 from 10.0.3.1 x3',
  'rejected 0 from 10.0.2.1',
  'rejected EHOSTUNREACH',
  'fault no-route',
];

const CONTROLS: Words = [
  '9 of 9',
  '9 of 9',
  '9 of 9',
  '9 of 9',
  '9 of 9',
  '8 of 9',
  '4 of 8',
  '2 of 2',
  'none',
  '5 of 6 stopped 24',
  'neighbour 3 of 9',
];

/** Networks of which every part is in one case or another: most hosts are plain, and a few things of each differ. */
export const drawScenario = (random: Random): { readonly name: string; readonly scenario: Scenario } => {
  const isDead = random.happens(0.1);
  const answer = (): string => random.pick(isDead ? NOTHING : random.pick(ANSWERS));
  const some = <Value>(chance: number, draw: () => Value): Value | undefined =>
    random.happens(chance) ? draw() : undefined;
  const port = (): number => random.pick([1100, 3000, 7000, 27_000, 50_000, 55_000, 60_000]);
  const stretch = (): string => {
    const from = port();
    return `${from}-${from + random.whole(0, 9000)}`;
  };
  const way = (): string =>
    ROUTERS.slice(0, random.whole(1, 3))
      .map((one) => (random.happens(0.2) ? '*' : one))
      .join(' ');
  const end = (): string =>
    random.pick(['', '', ' doubted', ' unasked', ' at 2', ' at 3', ' at 1', ' > reset', ' > target']);
  const listed = (): Record<string, string> =>
    Object.fromEntries(
      [1026, 49_664, 49_665, 49_670]
        .slice(random.whole(0, 2))
        .map((one) => [one, random.happens(0.6) ? 'accepted spoke' : answer()]),
    );
  const isAsked = random.happens(0.25);
  const dynamic =
    !isDead && random.happens(0.7)
      ? random.pick(['silent 7', 'silent 7', 'refused own', 'refused target', 'refused', 'accepted keyed'])
      : answer();
  const drawn = {
    wire: some(0.2, () => 'node'),
    novice: some(0.2, () => random.pick(['xp-2003', 'vista-or-later'])),
    rpcPorts: some(0.1, () =>
      random.pick([
        [50_000, 50_003],
        [5000, 5049],
        [50_000, 50_999],
      ]),
    ),
    mapper: !isDead && random.happens(0.65) ? 'accepted spoke' : answer(),
    desktop: !isDead && random.happens(0.3) ? 'silent 7' : answer(),
    dynamic,
    except: some(0.6, () => Object.fromEntries([stretch(), stretch()].map((one) => [one, answer()]))),
    listed: some(0.3, listed),
    listing: some(0.1, () => random.pick(['cut', 'refused', 'none'])),
    stalled: some(0.05, () => true),
    resolver: some(0.2, () => random.pick(['answered 5.7', 'answered 5.6', 'refused', 'silent'])),
    ownAddresses: some(0.15, () => random.pick([['10.9.0.7'], ['192.168.1.7', 'PC1'], ['fd00::7']])),
    negotiated: some(0.1, () => false),
    control: random.pick(CONTROLS),
    echo: some(0.3, () => random.pick(['reply', 'unreachable 10.0.2.1', 'no raw socket'])),
    traces: some(0.6, () =>
      [
        `135: ${way()}${random.happens(0.8) ? ' > target' : end()}`,
        `3389: ${way()}${end()}`,
        `${port()}: ${way()}${end()}`,
        `${stretch().split('-')[0]}: ${way()}${end()}`,
      ].slice(random.whole(0, 1)),
    ),
    multipath: some(0.1, () => ['2: 10.0.2.1 10.0.2.9']),
    mapped: some(0.2, () => {
      const [a, b] = [random.whole(1100, 49_000), random.whole(50_000, 64_000)];
      const middle = random.pick(['filtered', 'reachable', 'about filtered', 'mixed']);
      const [state = '', about = ''] = middle.split(' ').reverse();
      const outside = state === 'reachable' ? 'filtered' : 'reachable';
      return [
        `1025-${a} ${outside}`,
        `${about ? 'about ' : ''}${a + 1}-${b} ${state}`,
        `${b + 1}-65535 ${outside}`,
      ];
    }),
    others: some(0.1, () => ({ '10.9.0.8': answer() })),
    loss: some(0.15, () => random.pick([0.06, 0.2, 0.3])),
    link: some(0.1, () => '10.9.0.1/24'),
    withoutNeighbour: some(0.03, () => true),
    onWindows: some(0.1, () => true),
    interrupted: some(0.05, () => true),
    responder: some(isAsked || dynamic.includes('keyed') ? 0.8 : 0.05, () => ({
      firewall: random.pick(['none', 'lets-in', 'blocks', 'unknown']),
      ended: random.happens(0.2),
      limited: random.happens(0.1),
      shared: random.happens(0.1),
      ...(random.happens(0.3)
        ? { arrived: random.pick([[], [3389], [50_000, 51_000, 52_000], [1100, 1500]]) }
        : {}),
      ...(random.happens(0.2) ? { challenged: [50_000, 51_000] } : {}),
      ...(random.happens(0.2) ? { taken: random.pick([[135], [3389], [135, 3389]]) } : {}),
      ...(random.happens(0.1) ? { local: '192.168.1.7' } : {}),
      ...(random.happens(0.1) ? { source: '10.1.1.2' } : {}),
    })),
  };
  const given = Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined));
  return {
    name: JSON.stringify(given),
    scenario: scenarioOf({ name: 'drawn', ...given, expect: { verdict: 'ready', rules: [] } }),
  };
};

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Way } from './layout.ts';
import { output, type Row, type Rule, r1, r2, WIRES } from './row.ts';

type Draw = (from: number, to: number) => number;

/** Narrower blocks may lie between two drawn ports, 512 apart on average where Windows allocates since Vista. */
const NARROWEST = 1024;
const STEALTH = output('$from tcp flags & rst == rst drop');

/** A block of ports, and whether an offer needs one of them: the host's endpoints show that it is no XP. */
const blockOf = (draw: Draw) => {
  const isNeeded = draw(0, 3) > 0;
  const from = isNeeded ? draw(49_300, 64_000) : draw(1025, 40_000);
  const to = isNeeded ? Math.min(65_535, from + draw(NARROWEST, 16_000)) : from + draw(NARROWEST, 9000);
  return { ports: `${from}-${to}`, isNeeded };
};

interface Picture {
  readonly about: string;
  readonly rules: readonly Rule[];
  readonly verdict: 'ready' | 'blocked';
  readonly way?: Way;
  readonly only4?: true;
  readonly listen?: Row['listen'];
  readonly lossy?: true;
}

const dnat = (ports: string): Rule => ({
  at: 'host',
  iptables: 'nft',
  rule: `-t nat -A PREROUTING -d $address -p tcp --dport ${ports.replace('-', ':')} -j DNAT --to-destination $address:1024`,
});

const onRouter = (draw: Draw, nft: string): Rule => (draw(0, 1) === 0 ? r1 : r2)(nft);

const filtered = (draw: Draw, how: string, nft: (ports: string) => string): Picture => {
  const { ports, isNeeded } = blockOf(draw);
  return {
    about: `${how} ${ports}`,
    rules: [onRouter(draw, nft(ports))],
    verdict: isNeeded ? 'blocked' : 'ready',
  };
};

const proxied = (draw: Draw, manner: 'mute' | 'reset' | 'web' | 'banner'): Picture => {
  const { ports, isNeeded } = blockOf(draw);
  return {
    about: `a proxy (${manner}) in front of ${ports}`,
    rules: [dnat(ports)],
    listen: { 1024: manner },
    only4: true,
    verdict: isNeeded ? 'blocked' : 'ready',
  };
};

/** Networks that people have, each drawn anew. */
const PICTURES: readonly ((draw: Draw) => Picture)[] = [
  () => ({ about: 'clear', rules: [], verdict: 'ready' }),
  (draw) => filtered(draw, 'dropped on the way there:', (ports) => `$to tcp dport ${ports} drop`),
  (draw) =>
    filtered(
      draw,
      'every SYN-ACK dropped:',
      (ports) => `$from tcp flags & (syn | ack) == (syn | ack) tcp sport ${ports} drop`,
    ),
  (draw) => filtered(draw, 'everything dropped on the way back:', (ports) => `$from tcp sport ${ports} drop`),
  (draw) => filtered(draw, 'reset by a router:', (ports) => `$to tcp dport ${ports} reject with tcp reset`),
  (draw) => filtered(draw, 'rejected by a router:', (ports) => `$to tcp dport ${ports} reject`),
  (draw) => proxied(draw, 'mute'),
  (draw) => proxied(draw, 'reset'),
  (draw) => proxied(draw, draw(0, 1) === 0 ? 'web' : 'banner'),
  () => ({
    about: 'one of two equal routers drops the range since Vista',
    rules: [{ at: 'a', hook: 'forward', nft: '$to tcp dport 49152-65535 drop' }],
    way: 'twin',
    only4: true,
    verdict: 'blocked',
  }),
  () => ({ about: 'two equal routers, clear', rules: [], way: 'twin', only4: true, verdict: 'ready' }),
  (draw) => ({
    about: 'translated to another address',
    rules: [
      {
        at: 'r1',
        iptables: 'nft',
        rule: `-t nat -A PREROUTING -d $address -j DNAT --to-destination 10.77.64.${draw(240, 250)}`,
      },
    ],
    way: 'direct',
    only4: true,
    verdict: 'blocked',
  }),
  (draw) => {
    const size = draw(1100, 1380);
    const directions = draw(0, 2);
    return {
      about: `an MTU hole of ${size} bytes (${['there', 'back', 'both'][directions]})`,
      rules: [
        ...(directions === 1 ? [] : [r1(`$to meta length > ${size} drop`)]),
        ...(directions === 0 ? [] : [r2(`$from meta length > ${size} drop`)]),
      ],
      verdict: 'blocked',
    };
  },
  (draw) => ({ about: '135 dropped', rules: [onRouter(draw, '$to tcp dport 135 drop')], verdict: 'blocked' }),
  (draw) => ({
    about: 'one packet of fifty lost each way, clear',
    rules: [
      onRouter(draw, '$to tcp dport > 0 numgen random mod 50 0 drop'),
      onRouter(draw, '$from tcp sport > 0 numgen random mod 50 0 drop'),
    ],
    lossy: true,
    verdict: 'ready',
  }),
];

const WAYS: readonly Way[] = ['direct', 'direct', '10ms', '150ms'];

/** So many pictures, with a responder on the host of each; each for one engine. The same seed draws the same. */
export const responderPictures = (seed: number, count: number): readonly Row[] => {
  const random = xoroshiro128plus(seed);
  const draw: Draw = (from, to) => uniformInt(random, from, to);
  return Array.from({ length: count }, (_, number) => {
    const make = PICTURES[number % PICTURES.length] ?? PICTURES[0];
    if (!make) throw new Error('no pictures');
    const { about, rules, verdict, way, only4, listen, lossy } = make(draw);
    const wire = WIRES[draw(0, WIRES.length - 1)] ?? 'node';
    const isStealthy = draw(0, 4) > 0;
    return {
      name: `picture-${seed}-${number}`,
      about: `${about}${isStealthy ? '' : ', on a host that resets'}`,
      host: 'responder',
      way: way ?? WAYS[draw(0, WAYS.length - 1)] ?? 'direct',
      family: only4 || draw(0, 3) > 0 ? 4 : 6,
      rules: [...(isStealthy ? [STEALTH] : []), ...rules],
      responder: {},
      wires: [wire],
      ...(listen ? { listen } : {}),
      ...(lossy ? { lossy } : {}),
      expect: { verdict },
    };
  });
};

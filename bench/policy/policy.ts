import Table from 'cli-table3';
import { DYNAMIC_PORTS, type TargetSpace } from '../../src/model/target.ts';
import { RateControl } from '../../src/scanner/limits/rate-control.ts';
import { samplePorts } from '../../src/scanner/sample.ts';
import { scan } from '../../src/scanner/scan.ts';
import { permutation } from '../../src/targets/permutation.ts';
import { address, fakeProbes, noNames, noPing, plan, run } from '../../test/scanner/fakes.ts';
import { JumpingClock } from '../../test/scanner/jumping-clock.ts';
import { FakeNetwork, type Port } from '../../test/scanner/network.ts';
import { addressOf, type Truth, truthOf } from '../peers/campus.ts';
import { SAMPLE, SEED } from '../peers/contenders.ts';

/** The hosts, rates and losses (each way) of `peers`. */
const HOSTS = [1024, 4096] as const;
const LOSSES = [0, 0.01, 0.05] as const;
const WIRES = [
  { name: 'connecting', rate: 20_000, capabilities: { ttl: true, minTtl: true } },
  { name: 'syn', rate: 100_000, capabilities: { ttl: true, seesTtl: true } },
] as const;
const PER_HOST_SHARE = 0.15;
/** Linux answers a SYN on half of a connection no more often than this (tcp_invalid_ratelimit), milliseconds. */
const HALF_OPEN_MS = 500;

const DOES: Readonly<Record<Truth, Port>> = {
  open: 'accept',
  closed: 'refuse',
  'router-reset': 'refuse',
  filtered: 'drop',
};

const numberOf = (of: string): number => {
  const [, , third = 0, fourth = 0] = of.split('.').map(Number);
  return 256 * third + fourth;
};

/** One audit by a machine that takes no time. `wrong`: pairs of address and port with another state than they have. */
const audit = async (hosts: number, loss: number, wire: (typeof WIRES)[number], seed: number) => {
  const clock = new JumpingClock({ seed: seed + 1000 });
  clock.install();
  try {
    const { wire: network } = new FakeNetwork({
      hosts: (to) => ({ port: (port) => DOES[truthOf(numberOf(to), port)], halfOpenMs: HALF_OPEN_MS }),
      ...{ loss, seed, capabilities: wire.capabilities },
    });
    const space: TargetSpace = { size: hosts, at: (index) => address(addressOf(index)) };
    const settings = plan({
      ...{ bulk: true, retries: 1, concurrency: 16_384, hostsAtOnce: 16_384 },
      ...{ rate: wire.rate, perSubnetRate: wire.rate, perHostRate: wire.rate * PER_HOST_SHARE },
      sample: samplePorts(DYNAMIC_PORTS, SAMPLE, SEED),
    });
    const deps = {
      ...{ wire: network, resolver: noNames, pinger: noPing, probes: fakeProbes, guard: () => null },
      control: new RateControl(wire.rate),
    };
    let wrong = 0;
    const read = async (): Promise<void> => {
      const order = [...Array(hosts).keys()].map(permutation(hosts, seed));
      for await (const event of scan({ space, order }, settings, deps, run, new AbortController().signal)) {
        if (event.type !== 'host-finished') continue;
        const number = numberOf(event.evidence.address ?? '');
        for (const { port, reply } of event.evidence.ports) {
          const does = DOES[truthOf(number, port)];
          const seen = reply.kind === 'accepted' ? 'accept' : reply.kind === 'refused' ? 'refuse' : 'drop';
          if (seen !== does) wrong++;
        }
      }
    };
    await clock.run(read());
    return { seconds: clock.now / 1000, probes: network.sent.length, wrong };
  } finally {
    clock.uninstall();
  }
};

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(2);

/** `npm run bench -- policy [RUNS]` */
export const main = async ([runs = '20']: readonly string[]): Promise<void> => {
  const table = new Table({
    head: ['hosts', 'loss', 'wire', 'median s', '90 % s', 'longest s', 'probes', 'wrong pairs a run'],
    style: { head: [], border: [] },
  });
  for (const hosts of HOSTS) {
    for (const loss of LOSSES) {
      for (const wire of WIRES) {
        const all: Awaited<ReturnType<typeof audit>>[] = [];
        for (let seed = 1; seed <= Number(runs); seed++) all.push(await audit(hosts, loss, wire, seed));
        const seconds = all.map((one) => one.seconds).sort((a, b) => a - b);
        const mean = (of: 'probes' | 'wrong'): number =>
          all.reduce((sum, one) => sum + one[of], 0) / all.length;
        table.push([
          ...[hosts, `${100 * loss} %`, wire.name, at(seconds, 0.5), at(seconds, 0.9), at(seconds, 1)],
          ...[mean('probes').toFixed(0), mean('wrong').toFixed(1)],
        ]);
      }
    }
  }
  console.log(`${runs} runs of each, seeds from 1 on; seconds of a machine that takes no time`);
  console.log(table.toString());
};

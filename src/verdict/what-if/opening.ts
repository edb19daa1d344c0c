import { MODERN_PORTS, type PortRange } from '../../model/target.ts';
import type { OpeningStep } from '../../model/what-if.ts';
import { shortList } from '../../text/and-list.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { type Bits, bit } from '../groups/bits.ts';
import { type Block, type Extent, sameExtent } from '../groups/block.ts';
import type { Cause, Place } from '../groups/cause.ts';
import { cover, prefixWords } from '../groups/prefixes.ts';
import { openingCommands, portRanges, signatureOf, stableId } from '../groups/words.ts';

/** Prefixes that a title names. */
const MOST_NAMED = 4;

/** A filter of the network, and in each block the hosts that meet it and those that opening it may make ready. */
export class Opening {
  readonly #hosts = new Map<bigint, { met: Bits; needing: Bits }>();
  #extent: Extent;
  /** Hosts of the plan that need it. */
  needed = 0;

  constructor(readonly cause: Cause) {}

  /** Takes a host of a block that meets the filter. */
  add(block: bigint, low: number, isOpenable: boolean): void {
    const known = this.#hosts.get(block) ?? { met: 0n, needing: 0n };
    this.#hosts.set(block, known);
    known.met |= bit(low);
    if (!isOpenable) return;
    known.needing |= bit(low);
    this.needed += 1;
  }

  /** Takes what is known of the ports that the filter stops. */
  narrow(extent: Extent): void {
    this.#extent = sameExtent(this.#extent, extent);
  }

  /** The opening as a ticket. */
  ticket(blocks: ReadonlyMap<bigint, Block>): Omit<OpeningStep, 'makesReady' | 'ready'> {
    const { cause } = this;
    const extent = this.#extent ?? null;
    const slices = [...this.#hosts].map(([block, { met, needing }]) => ({
      block,
      pieces: cover(needing, (blocks.get(block)?.answered ?? 0n) & ~met),
    }));
    const prefixes = prefixWords(slices);
    const ports = portRanges(cause.needs, extent);
    const where = whereWords(cause);
    const signature = signatureOf(cause);
    return {
      id: stableId(signature),
      signature,
      title: `open TCP ${rangesWords(ports)}${where} for ${shortList(prefixes.map(blockWords), MOST_NAMED)}`,
      text: textOf({ cause, ports, prefixes, where }),
      ports,
      prefixes,
      needed: this.needed,
      ...openingCommands({ cause, prefixes, extent }),
    };
  }
}

const rangesWords = (ports: readonly PortRange[]): string => ports.map(rangeWords).join(', ');

/** A prefix of one address without its length. */
const blockWords = (prefix: string): string => prefix.replace(/(?<=\.\d+)\/32$|\/128$/, '');

const whereWords = ({ how, by, afterHop, beforeHop }: Place & Pick<Cause, 'how'>): string => {
  if (by !== null) return ` at ${by}`;
  if (afterHop !== null)
    return how === 'reset' ? ` at ${afterHop} or the device behind it` : ` after ${afterHop}`;
  return beforeHop === undefined ? ' at an unknown place' : ` before ${beforeHop}`;
};

const FILTER = {
  drop: 'silently drops these ports',
  'some-flows': 'silently drops these ports on some of several paths',
  icmp: 'rejects these ports with ICMP',
  reset: "answers with resets on the hosts' behalf",
  refused: 'refuses these ports',
} as const;

const textOf = ({
  cause,
  ports,
  prefixes,
  where,
}: {
  readonly cause: Cause;
  readonly ports: readonly PortRange[];
  readonly prefixes: readonly string[];
  readonly where: string;
}): string => {
  const whole = ports.some(({ from, to }) => from === MODERN_PORTS.from && to === MODERN_PORTS.to);
  const old = whole ? ' XP and Server 2003 need 1025-5000 instead of 49152-65535.' : '';
  return `Allow TCP ${rangesWords(ports)} from the experts' network to ${prefixes.join(', ')}, and return traffic: a filter${where} ${FILTER[cause.how]}. Replace EXPERT with the experts' network.${old}`;
};

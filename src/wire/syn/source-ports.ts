import type { Flow, WireProbe } from '../../model/wire.ts';
import type { LocalPorts } from './bpf-filter.ts';

/** Share of the claimed ports that is kept for flows, so that no probe without one ever has the port of a flow. */
const FOR_FLOWS = 1 / 4;
/** Counters of flows. Targets that share one only skip ports. */
const COUNTERS = 1 << 16;

const MULTIPLIER = 0x9e3779b1;

/** Of a target, as a whole number. */
const hashOf = ({ address, port }: Target): number => {
  let hash = port;
  for (let i = 0; i < address.length; i++)
    hash = Math.imul(hash ^ address.charCodeAt(i), MULTIPLIER) ^ (hash >>> 15);
  return hash >>> 8;
};

/** Where a probe goes: an address in its canonical text, and a port. */
type Target = Pick<WireProbe, 'address' | 'port'>;

/** Which local port a SYN leaves from. */
export class SourcePorts {
  readonly ports: LocalPorts;
  readonly #firstOfFlows: number;
  /** How many flows the targets of each counter have: two flows to one target with the same port would be one. */
  readonly #used = new Uint8Array(COUNTERS);

  constructor(ports: LocalPorts) {
    this.ports = ports;
    this.#firstOfFlows = ports.last + 1 - Math.floor((ports.last - ports.first + 1) * FOR_FLOWS);
  }

  /** The port of a flow to a target; a new one is written into it where it has none that is ours. */
  ofFlow(flow: Flow, target: Target): number {
    const { sourcePort } = flow;
    if (sourcePort !== null && sourcePort >= this.#firstOfFlows && sourcePort <= this.ports.last)
      return sourcePort;
    const hash = hashOf(target);
    const used = this.#used[hash % COUNTERS] ?? 0;
    this.#used[hash % COUNTERS] = used + 1;
    const port = this.#firstOfFlows + ((hash + used) % (this.ports.last + 1 - this.#firstOfFlows));
    flow.sourcePort = port;
    return port;
  }

  /** The port of a probe without a flow: it depends on the probe alone; `tries` gives others where that is taken. */
  ofProbe(address: Int32Array, port: number, tries: number): number {
    const count = this.#firstOfFlows - this.ports.first;
    const first = (Math.imul((address[0] ?? 0) ^ (address[3] ?? 0) ^ port, MULTIPLIER) >>> 8) % count;
    return this.ports.first + ((first + tries) % count);
  }
}

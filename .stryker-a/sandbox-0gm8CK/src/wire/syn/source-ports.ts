import type { Flow } from '../../model/wire.ts';
import type { LocalPorts } from './bpf-filter.ts';

/** Share of the claimed ports that is kept for flows, so that no probe without one ever has the port of a flow. */
const FOR_FLOWS = 1 / 4;

/** Which local port a SYN leaves from. */
export class SourcePorts {
  readonly ports: LocalPorts;
  readonly #firstOfFlows: number;
  #nextFlow: number;

  constructor(ports: LocalPorts) {
    this.ports = ports;
    this.#firstOfFlows = ports.last + 1 - Math.floor((ports.last - ports.first + 1) * FOR_FLOWS);
    this.#nextFlow = this.#firstOfFlows;
  }

  /** The port of a flow; a new one is written into it where it has none that is ours. */
  ofFlow(flow: Flow): number {
    const { sourcePort } = flow;
    if (sourcePort !== null && sourcePort >= this.#firstOfFlows && sourcePort <= this.ports.last)
      return sourcePort;
    const port = this.#nextFlow;
    this.#nextFlow = port === this.ports.last ? this.#firstOfFlows : port + 1;
    flow.sourcePort = port;
    return port;
  }

  /** The port of a probe without a flow: it depends on the probe alone; `tries` gives others where that is taken. */
  ofProbe(address: Int32Array, port: number, tries: number): number {
    const count = this.#firstOfFlows - this.ports.first;
    const first = (Math.imul((address[0] ?? 0) ^ (address[3] ?? 0) ^ port, 0x9e3779b1) >>> 8) % count;
    return this.ports.first + ((first + tries) % count);
  }
}

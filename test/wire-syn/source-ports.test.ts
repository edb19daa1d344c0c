import { describe, expect, it } from 'vitest';
import { SourcePorts } from '../../src/wire/syn/source-ports.ts';

const ports = () => new SourcePorts({ first: 61_000, last: 61_255 });
const newFlow = (): { sourcePort: number | null } => ({ sourcePort: null });

describe('the port of a flow', () => {
  it('differs between the flows to one port of a host, however many flows to others begin meanwhile', () => {
    const known = ports();
    const flows = Array.from({ length: 40 }, () => {
      for (let other = 0; other < 63; other++)
        known.ofFlow(newFlow(), { address: `192.0.2.${other}`, port: 135 });
      return known.ofFlow(newFlow(), { address: '198.51.100.7', port: 3389 });
    });
    expect(new Set(flows).size).toBe(40);
  });

  it('stays, once it is chosen', () => {
    const known = ports();
    const flow = newFlow();
    const target = { address: '192.0.2.1', port: 135 };
    const first = known.ofFlow(flow, target);
    expect(flow.sourcePort).toBe(first);
    expect(known.ofFlow(flow, target)).toBe(first);
  });

  it('is none that a probe without a flow may have', () => {
    const known = ports();
    const address = Int32Array.of(0x0a010203, 0, 0, 0);
    const ofProbes = Array.from({ length: 256 }, (_, tries) => known.ofProbe(address, 135, tries));
    const ofFlows = Array.from({ length: 256 }, () =>
      known.ofFlow(newFlow(), { address: '10.1.2.3', port: 135 }),
    );
    expect(ofFlows.filter((port) => ofProbes.includes(port))).toEqual([]);
    expect(Math.min(...ofProbes)).toBe(61_000);
    expect(Math.max(...ofFlows)).toBe(61_255);
  });

  it('is chosen anew for a flow that began on another wire', () => {
    expect(ports().ofFlow({ sourcePort: 40_000 }, { address: '192.0.2.1', port: 135 })).toBeGreaterThan(
      61_100,
    );
  });
});

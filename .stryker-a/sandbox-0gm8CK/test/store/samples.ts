import type { HostReport, PortReport } from '../../src/model/report.ts';
import { blocked } from '../output/reports.ts';

/** Repeatable numbers that look drawn. */
const drawn = (seed: number, most: number): number => (Math.imul(seed + 1, 2_654_435_761) >>> 0) % most;

const refusal = (host: number, port: number, requirement: PortReport['requirement']): PortReport => ({
  port,
  requirement,
  state: 'closed',
  reason: 'conn-refused',
  from: `10.77.${host >> 8}.${host & 255}`,
  ttl: 126,
  rttMs: (4000 + drawn(host * 64 + port, 9000)) / 1000,
  attempts: 1,
  flows: { asked: 1, answered: 1 },
  service: null,
  detail: null,
});

/** What a host that refuses everything gives: 135, 3389 and the 32 dynamic ports that a run draws for all its hosts. */
export const refused = (host: number): HostReport => ({
  ...blocked,
  target: `10.77.${host >> 8}.${host & 255}`,
  address: `10.77.${host >> 8}.${host & 255}`,
  names: [],
  verdict: 'ready',
  ports: [
    refusal(host, 135, 'endpoint-mapper'),
    refusal(host, 3389, 'remote-desktop'),
    ...Array.from({ length: 32 }, (_, at) =>
      refusal(host, 1025 + at * 2000 + drawn(at, 2000), 'dynamic-rpc'),
    ),
  ],
  ranges: [{ from: 1025, to: 65_535, state: 'reachable', exact: false }],
  endpoints: [],
  path: { hops: [], filters: [], multipath: [] },
  remedies: [],
});

/** A report as small as they get, for tests of very many. */
export const small = (host: number): HostReport => ({
  ...refused(host),
  because: [],
  requirements: [],
  ports: [],
  ranges: [],
});

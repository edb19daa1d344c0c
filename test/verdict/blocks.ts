import type { HostReport } from '../../src/model/report.ts';
import { ENOUGH } from '../../src/verdict/groups/block.ts';
import { needsOf } from '../../src/verdict/groups/cause.ts';
import { HOPS, range } from './networks.ts';
import { type Sketch, type Stop, sketch } from './reports.ts';

export const MAPPER = needsOf(['endpoint-mapper']);
export const DESKTOP = needsOf(['remote-desktop']);
export const DYNAMIC = needsOf(['dynamic-rpc']);
export const FILTER: Stop = { what: ['dynamic-rpc'], how: 'drop', after: '10.0.3.1' };
export const host = (low: number, of: Sketch): HostReport =>
  sketch({ address: `10.1.2.${low}`, hops: HOPS, ...of });
export const met = (low: number, ...stops: Stop[]): HostReport => host(low, { stops });
export const enough = (make: (low: number) => HostReport, count = ENOUGH): HostReport[] =>
  range(1, count).map(make);

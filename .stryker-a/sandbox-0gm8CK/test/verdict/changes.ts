import type { ChangeKind } from '../../src/model/history.ts';
import type { HostReport } from '../../src/model/report.ts';
import { diffHosts } from '../../src/verdict/diff.ts';
import { type Sketch, type Stop, sketch } from './reports.ts';

/** A filter that drops TCP 135. */
export const MAPPER: Stop = { what: ['endpoint-mapper'], how: 'drop', after: '10.0.3.1' };
export const ADDRESS = '10.1.2.3';

/** The host that changes. */
export const host = (of: Sketch = {}): HostReport => sketch({ address: ADDRESS, ...of });

const listOf = (report: HostReport | null): HostReport[] => (report ? [report] : []);

/** What changed when one host was so in one run and so in the next, null for nothing. */
export const changeBetween = (before: HostReport | null, after: HostReport | null) =>
  diffHosts(listOf(before), listOf(after)).changes[0] ?? null;

export const kindBetween = (before: HostReport | null, after: HostReport | null): ChangeKind | null =>
  changeBetween(before, after)?.kind ?? null;

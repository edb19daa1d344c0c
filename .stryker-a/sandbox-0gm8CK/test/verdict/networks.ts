import type { HostReport } from '../../src/model/report.ts';
import { Tally } from '../../src/verdict/tally.ts';
import type { Sketch, Stop } from './reports.ts';

/** A tally of these hosts, numbered in their order. */
export const tallied = (hosts: Iterable<HostReport>): Tally => {
  const tally = new Tally();
  let index = 0;
  for (const host of hosts) tally.add(index++, host);
  return tally;
};

/** The groups of these hosts without their ids. */
export const groupsOf = (hosts: Iterable<HostReport>) =>
  tallied(hosts)
    .groups()
    .map(({ id: _, ...group }) => group);

/** All numbers from one to another. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A filter that drops TCP 3389: at an unknown place, and behind 10.0.3.1 on the way HOPS. */
export const DROP: Stop = { what: ['remote-desktop'], how: 'drop' };
export const LOCATED: Stop = { ...DROP, after: '10.0.3.1' };
export const HOPS = ['10.0.0.1', '10.0.3.1', '10.0.3.2'];

/** A stealthy Windows client since Vista, of which only TCP 135 answers. */
export const STEALTH: Sketch = {
  mapper: ['pass', 'mapper-answers', 'proven'],
  desktop: ['not-needed', 'desktop-not-needed', 'proven'],
  dynamic: ['undetermined', 'dynamic-silent', 'weak'],
};

import type { NewRun } from '../../src/store/history.ts';
import { reportOf } from '../output/reports.ts';

/** A run as it ends. */
export const ended = reportOf([]).run;

/** A run that begins. */
export const newRun = (id: string, hosts = 100): NewRun => {
  const { finishedAt: _, probesSent: __, durationMs: ___, interrupted: ____, ...start } = ended;
  return {
    run: { ...start, id },
    targets: ['10.77.0.0/24', 'odd\u0000\u202ename'],
    hosts,
    plan: { options: { sample: 32 }, targets: { kind: 'cidr' } },
  };
};

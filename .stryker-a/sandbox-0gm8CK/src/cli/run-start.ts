import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { RunStart } from '../model/report.ts';
import type { Engine } from './engine.ts';
import type { ScanOptions } from './options.ts';

/** Run ids sort by time and do not meet: second of the start, then six random hex digits. */
export const runIdOf = (startedAt: Date): string =>
  `${startedAt.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;

/** What is known of a run that begins now on this machine. */
export const startRun = ({ wire, why }: Engine, { novice }: ScanOptions, seed: number): RunStart => {
  const startedAt = new Date();
  return {
    id: runIdOf(startedAt),
    startedAt: startedAt.toISOString(),
    vantage: hostname(),
    engine: wire.name,
    engineWhy: why,
    novice,
    seed,
  };
};

import { NOVICE_CHOICES } from '../model/plan.ts';
import type { Group, RunStart } from '../model/report.ts';
import { WIRE_NAMES } from '../model/wire.ts';
import { isTime } from './column-values.ts';

/** JSON columns of a run. They have no checksum, so their form is checked when they are read. */

const ENGINES: readonly unknown[] = WIRE_NAMES;
const NOVICES: readonly unknown[] = NOVICE_CHOICES;

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isFleet = (value: unknown): boolean =>
  isObject(value) && isText(value['run']) && isTexts(value['vantages']);

const isRange = (value: unknown): boolean =>
  isObject(value) && Number.isSafeInteger(value['from']) && Number.isSafeInteger(value['count']);

const isShard = (value: unknown): boolean =>
  isObject(value) &&
  [value['number'], value['of'], value['hosts']].every(Number.isSafeInteger) &&
  isText(value['space']) &&
  isTexts(value['targets']) &&
  isObject(value['how']) &&
  Array.isArray(value['ranges']) &&
  value['ranges'].every(isRange);

const isShardRun = (value: unknown): boolean =>
  isObject(value) &&
  [value['number'], value['hosts'], value['probesSent']].every(Number.isSafeInteger) &&
  [value['id'], value['vantage']].every(isText) &&
  ENGINES.includes(value['engine']) &&
  [value['startedAt'], value['finishedAt']].every(isTime);

const isShardRuns = (value: unknown): boolean => Array.isArray(value) && value.every(isShardRun);

const isStart = (value: unknown): boolean =>
  isObject(value) &&
  isTime(value['startedAt']) &&
  [value['id'], value['vantage'], value['engineWhy']].every(isText) &&
  ENGINES.includes(value['engine']) &&
  NOVICES.includes(value['novice']) &&
  Number.isSafeInteger(value['seed']) &&
  (value['schedule'] === undefined || isText(value['schedule'])) &&
  (value['fleet'] === undefined || isFleet(value['fleet'])) &&
  (value['shards'] === undefined || isShardRuns(value['shards'])) &&
  (value['shard'] === undefined || isShard(value['shard']));

const isGroup = (value: unknown): boolean =>
  isObject(value) &&
  [value['id'], value['signature'], value['text']].every(isText) &&
  Number.isSafeInteger(value['hosts']) &&
  isTexts(value['prefixes']) &&
  isTexts(value['commands']);

const checked = <T>(text: string, isOne: (value: unknown) => boolean): T => {
  const value: unknown = JSON.parse(text);
  if (!isOne(value)) throw new RangeError('another form than was written');
  return value as T;
};

/** How a run began; `id` is what its row says. Throws for another form. */
export const startIn = (text: string, id: string): RunStart => {
  const start = checked<RunStart>(text, isStart);
  if (start.id !== id) throw new RangeError('the id of another run');
  return start;
};

/** The targets of the run, as typed. Throws for another form. */
export const targetsIn = (text: string): string[] => checked(text, isTexts);

/** How far each of the processes that made a run began hosts. Throws for another form. */
export const begunIn = (text: string): number[] =>
  checked(
    text,
    (value) => Array.isArray(value) && value.every((place) => Number.isSafeInteger(place) && place >= 0),
  );

/** The groups of a run. Throws for another form. */
export const groupsIn = (text: string): Group[] =>
  checked(text, (value) => Array.isArray(value) && value.every(isGroup));

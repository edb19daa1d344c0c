import type { VantageStatus, WorkerStatus } from '../../../model/fleet.ts';
import { countedGrouped, grouped } from '../../../text/counts.ts';
import { aboutDuration } from '../../../text/duration.ts';
import { wrap } from '../../../text/fit-text.ts';
import { BLANK, lineWidth, type StyledLine, span, type Tone } from '../../kit/layout/line.ts';

/** Prose in lines of at most so many columns, behind a margin. */
const prose = (text: string, margin: string, columns: number, tone: Tone = 'plain'): StyledLine[] =>
  wrap(text, columns - margin.length).map((line) => [span(`${margin}${line}`, tone)]);

/** What a worker does, in few words. */
const stateLines = ({ live, trouble, inHand, rate, most }: WorkerStatus, columns: number): StyledLine[] => {
  if (!live) return [[span('  silent', 'doubt')]];
  if (inHand.length === 0) return [[span('  idle', 'quiet')]];
  const shards = span(
    `  ${inHand.length === 1 ? 'shard' : 'shards'} ${inHand.join(', ')}`,
    trouble === null ? 'good' : 'plain',
  );
  const speed = span(`  ${grouped(rate)} of at most ${grouped(most)} packets/s`);
  return lineWidth([shards, speed]) <= columns ? [[shards, speed]] : [[shards], [speed]];
};

const workerLines = (worker: WorkerStatus, columns: number): StyledLine[] => [
  [span(worker.id, 'strong')],
  ...stateLines(worker, columns),
  ...(worker.trouble === null ? [] : prose(worker.trouble, '  ', columns, 'bad')),
  ...prose(
    `${worker.version}, engine ${worker.engine}; ${countedGrouped(worker.sent, 'packet')}, ${countedGrouped(worker.hosts, 'host')}, ${countedGrouped(worker.shards, 'shard')} since its start`,
    '  ',
    columns,
    'quiet',
  ),
];

const runLines = ({ run }: VantageStatus, columns: number): StyledLine[] => {
  if (!run) return [[span('No run', 'quiet')]];
  const { id, startedAt, judged, hosts, shards, sent, rate, etaSeconds } = run;
  const title = [span(`Run ${id}`, 'strong'), span(`  since ${startedAt}`, 'quiet')];
  return [
    ...(lineWidth(title) <= columns ? [title] : title.map((one) => [one])),
    [span(`  ${grouped(judged)} of ${countedGrouped(hosts, 'host')}`)],
    [span(`  ${grouped(shards.done)} of ${countedGrouped(shards.of, 'shard')} done`)],
    ...prose(`${countedGrouped(sent, 'packet')} sent, at most ${grouped(rate)} a second`, '  ', columns),
    [span(`  ${etaSeconds === null ? 'time left not known yet' : `${aboutDuration(etaSeconds)} left`}`)],
  ];
};

/** Everything about one vantage: its run, its queues, its workers. */
export const vantageLines = (vantage: VantageStatus, columns: number): StyledLine[] => [
  ...runLines(vantage, columns),
  BLANK,
  ...prose(
    `${countedGrouped(vantage.queued, 'shard')} wait, ${vantage.active} in hand, ${countedGrouped(vantage.results, 'batch', 'batches')} on their way back`,
    '',
    columns,
  ),
  BLANK,
  ...(vantage.workers.length === 0 ? [[span('No worker', 'bad')]] : []),
  ...vantage.workers.flatMap((worker) => workerLines(worker, columns)),
];

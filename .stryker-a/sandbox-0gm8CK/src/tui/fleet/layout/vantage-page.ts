import type { VantageStatus, WorkerStatus } from '../../../model/fleet.ts';
import { countedGrouped, grouped } from '../../../text/counts.ts';
import { aboutDuration } from '../../../text/duration.ts';
import { wrap } from '../../../text/fit-text.ts';
import { BLANK, type StyledLine, span } from '../../kit/layout/line.ts';

/** What a worker does, in few words. */
const stateOf = ({ live, trouble, inHand, rate, most }: WorkerStatus): StyledLine => {
  if (!live) return [span('silent', 'doubt')];
  if (inHand.length === 0) return [span('idle', 'quiet')];
  const shards = `${inHand.length === 1 ? 'shard' : 'shards'} ${inHand.join(', ')}`;
  return [
    span(shards, trouble === null ? 'good' : 'plain'),
    span(`  ${grouped(rate)} of at most ${grouped(most)} packets/s`),
  ];
};

const workerLines = (worker: WorkerStatus, columns: number): StyledLine[] => [
  [span(worker.id, 'strong')],
  [span('  '), ...stateOf(worker)],
  ...(worker.trouble === null
    ? []
    : wrap(worker.trouble, columns - 2).map((line) => [span(`  ${line}`, 'bad')])),
  [
    span(
      `  ${worker.version}, engine ${worker.engine}; ${countedGrouped(worker.sent, 'packet')}, ${countedGrouped(worker.hosts, 'host')}, ${countedGrouped(worker.shards, 'shard')} since its start`,
      'quiet',
    ),
  ],
];

const runLines = ({ run }: VantageStatus): StyledLine[] => {
  if (!run) return [[span('No run', 'quiet')]];
  const { id, startedAt, judged, hosts, shards, sent, rate, etaSeconds } = run;
  return [
    [span(`Run ${id}`, 'strong'), span(`  since ${startedAt}`, 'quiet')],
    [span(`  ${grouped(judged)} of ${countedGrouped(hosts, 'host')}`)],
    [span(`  ${grouped(shards.done)} of ${countedGrouped(shards.of, 'shard')} done`)],
    [span(`  ${countedGrouped(sent, 'packet')} sent, at most ${grouped(rate)} a second`)],
    [span(`  ${etaSeconds === null ? 'time left not known yet' : `${aboutDuration(etaSeconds)} left`}`)],
  ];
};

/** Everything about one vantage: its run, its queues, its workers. */
export const vantageLines = (vantage: VantageStatus, columns: number): StyledLine[] => [
  ...runLines(vantage),
  BLANK,
  [
    span(
      `${countedGrouped(vantage.queued, 'shard')} wait, ${vantage.active} in hand, ${countedGrouped(vantage.results, 'batch', 'batches')} on their way back`,
    ),
  ],
  BLANK,
  ...(vantage.workers.length === 0 ? [[span('No worker', 'bad')]] : []),
  ...vantage.workers.flatMap((worker) => workerLines(worker, columns)),
];
